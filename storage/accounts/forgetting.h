// Forgets what nobody can use any more: invitations that ended a day ago, and what people on their
// way in left behind.

#ifndef HALFTERM_STORAGE_ACCOUNTS_FORGETTING_H_
#define HALFTERM_STORAGE_ACCOUNTS_FORGETTING_H_
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "storage/commit/committer.h"
#include "storage/keys.h"

namespace halfterm::storage {

// In those schools, and of no school. A row that cannot be read ends the work for its school, and
// for no other. None of it counts any more, so it may be done late; it is for upkeep.
std::unique_ptr<Job> MakeForgetting(std::vector<Tenant> schools,
                                    std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_FORGETTING_H_
