// Who is signed in where, and which tablets there are.

#ifndef HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_LISTS_H_
#define HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_LISTS_H_
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/account.pb.h"
#include "storage/commit/sessions.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Sessions that last now, newest first, at most 1,000. `person` null: everybody's. `own` (or null)
// is marked.
absl::StatusOr<std::vector<v1::SessionInfo>> SessionsOf(const Engine& engine,
                                                        const Sessions& sessions, Tenant tenant,
                                                        const core::Id16* person, int64_t now_ms,
                                                        const core::Id16* own);

// Tablets by label, at most 1,000. `person` null: all; else those on which they have a session that
// lasts.
absl::StatusOr<std::vector<v1::TabletInfo>> TabletsOf(const Engine& engine,
                                                      const Sessions& sessions, Tenant tenant,
                                                      const core::Id16* person, int64_t now_ms);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_LISTS_H_
