// Sessions that a provider's word opened, and what ends them.
//
// A provider does not tell when it closes an account. So its word is good for thirty days, after
// which the person is sent to it again, and whatever takes the word away ends what it opened: the
// administrator takes the link away, or the school has another provider or none.

#ifndef HALFTERM_STORAGE_ACCOUNTS_PROVIDER_SESSIONS_H_
#define HALFTERM_STORAGE_ACCOUNTS_PROVIDER_SESSIONS_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/disk/accounts.pb.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

inline constexpr int64_t kProvidersWordMs = int64_t{30} * 24 * 3'600'000;

// The link of that account; null: there is none.
disk::SubjectLink* LinkOf(disk::CredentialRow& credential, const std::string& issuer,
                          const std::string& subject);

// Notes a new session of the link's account, and forgets those that have ended.
void AddSession(Batch& batch, Tenant tenant, const core::Id16& session, disk::SubjectLink& link);

bool IsByProvider(const disk::CredentialRow& credential, const core::Id16& session);

// On the committer's thread; how many lasted. The second: of everybody, by that issuer's word.
absl::StatusOr<uint32_t> EndSessionsByProvider(Batch& batch, Tenant tenant,
                                               const disk::CredentialRow& credential);
absl::StatusOr<uint32_t> EndSessionsByIssuer(Batch& batch, Tenant tenant,
                                             const std::string& issuer);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_PROVIDER_SESSIONS_H_
