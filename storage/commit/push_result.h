// The answer to one group, with the proof that its tablet keeps; whether such an answer is ours,
// and what was answered before.

#ifndef HALFTERM_STORAGE_COMMIT_PUSH_RESULT_H_
#define HALFTERM_STORAGE_COMMIT_PUSH_RESULT_H_
#include <optional>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/caller.h"
#include "storage/commit/batch.h"
#include "storage/commit/secrets.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// `dot` is the name under which the group was counted, `hash` of its bytes.
v1::PushResult ResultOf(const Caller& caller, const core::Dot& dot, const disk::ChainEntry& entry,
                        const core::Digest32& hash, const Secrets& secrets);

// Whether this server, before or after any restore, gave this answer to this person for the group.
bool IsOurs(const Caller& caller, uint64_t replica, const v1::PushResult& result,
            const core::Digest32& hash, const Secrets& secrets);

// What is held under a group's name and number, in its store's chain or handed back after a
// restore; nothing where no group is. DataLoss: it cannot be read.
absl::StatusOr<std::optional<disk::ChainEntry>> HeldAs(Batch& batch, Tenant tenant,
                                                       const core::Dot& dot);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_PUSH_RESULT_H_
