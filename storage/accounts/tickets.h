// What lets somebody sign in once on the tablet that was just enrolled for them.
//
// A ticket is 32 random bytes, of which the invitation's own row keeps the hash: the enrolment
// writes it, and the batch that opens the session takes it away. So it is good on any server and
// after a restart, a sign-in that is refused does not burn it, and the ledger, which keeps
// invitations, lets no restore bring a used one back.

#ifndef HALFTERM_STORAGE_ACCOUNTS_TICKETS_H_
#define HALFTERM_STORAGE_ACCOUNTS_TICKETS_H_
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/accounts/invitations.h"
#include "storage/commit/batch.h"
#include "storage/engine.h"

namespace halfterm::storage {

inline constexpr int64_t kTicketMs = 10 * 60 * 1000;
inline constexpr size_t kTicketBytes = 32;

// A new ticket for the invitation's person on the tablet that used it; earlier ones for the same
// person and tablet end. The caller puts the row.
absl::StatusOr<std::string> NewTicket(Batch& batch, FoundInvitation& invitation);

// The invitation whose ticket this is, on that tablet; a ticket of another tablet stays. The caller
// takes it away with TakeTicket, in the batch that opens the session. Unauthenticated: there is
// none, or it has ended.
absl::StatusOr<FoundInvitation> FindTicket(Batch& batch, Tenant tenant, const core::Id16& device,
                                           absl::string_view ticket);
void TakeTicket(Batch& batch, FoundInvitation& invitation);

// The same as FindTicket, of the store as it is: to refuse before a passphrase is hashed.
absl::Status CheckTicket(const Engine& engine, Tenant tenant, const core::Id16& device,
                         absl::string_view ticket, int64_t now_ms);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_TICKETS_H_
