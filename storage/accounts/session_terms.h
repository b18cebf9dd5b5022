// How long sessions last, and how they end.

#ifndef HALFTERM_STORAGE_ACCOUNTS_SESSION_TERMS_H_
#define HALFTERM_STORAGE_ACCOUNTS_SESSION_TERMS_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <set>

#include "absl/status/statusor.h"
#include "halfterm/v1/account.pb.h"
#include "storage/accounts/account_work.h"
#include "storage/commit/batch.h"
#include "sync/directory.h"

namespace halfterm::storage {

inline constexpr uint32_t kLeaseDays = 30;

struct SessionTerms {
  int64_t lasts_ms;
  int64_t idle_ms;    // 0: it may stay unused.
  int64_t in_all_ms;  // However often it is renewed; 0: for as long as it is.
};

// Twelve hours in all, and half an hour of idling, for whoever holds ADMIN, DPO, EXEC or GOVERNOR:
// they work at a desk. Seven days for everybody else, leaders too: they write where there is no
// signal, and RenewSession with the tablet's key goes on from there.
SessionTerms TermsFor(const sync::Directory& directory, const core::Id16& person);

// The roles of the person's live grants.
std::set<v1::Role> LiveRolesOf(const sync::Directory& directory, const core::Id16& person);
inline bool IsAdmin(const sync::Directory& directory, const core::Id16& person) {
  return directory.Holds(person, v1::ROLE_ADMIN);
}

// Ends one session; it stays for the groups that were written in it. NotFound: the school has no
// such session. A second end keeps the first's time and reason.
absl::Status EndSession(Batch& batch, Tenant tenant, const core::Id16& session, v1::SessionEnd why);
// Ends those that last and for which `which` holds; how many.
absl::StatusOr<uint32_t> EndSessions(Batch& batch, Tenant tenant, v1::SessionEnd why,
                                     const std::function<bool(const Session&)>& which);

// Ends what is over by its time, idle, of people who have left, or older than another of the same
// person and tablet; notes when sessions that must not idle were used. In those schools: a row that
// cannot be read ends the work for its school, and for no other. Gate does not wait for it.
std::unique_ptr<Job> MakeSessionClock(std::vector<Tenant> schools,
                                      std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_SESSION_TERMS_H_
