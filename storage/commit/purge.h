// What a tablet that greets must let go of at once: records that were erased since it last looked.
//
// A pull would say the same, and later: behind a year of pushes, or never, where the tablet is
// switched off in between. Only what the person's own scopes held is named, so that a greeting
// tells nobody of records that were not theirs.

#ifndef HALFTERM_STORAGE_COMMIT_PURGE_H_
#define HALFTERM_STORAGE_COMMIT_PURGE_H_
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// With more than so many the rest waits for the pull.
inline constexpr size_t kMaxPurged = 1024;

// The records erased after `seq` that one of the scopes held. Looks at every erased record of the
// school. DataLoss: a row cannot be read.
absl::StatusOr<std::vector<core::Id16>> ErasedSince(const Snapshot& snapshot, Tenant tenant,
                                                    const std::vector<core::Scope>& scopes,
                                                    uint64_t seq);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_PURGE_H_
