// The names (replicas) that one person's store on one tablet goes by, one after the other.
//
// A store gets another name when it was put back, copied, or the server was restored. Under an
// earlier name it writes no more, and in what it writes later it says that it has seen all of its
// own that was acknowledged under that name. Only the server knows which names those were.

#ifndef HALFTERM_STORAGE_COMMIT_STORE_NAMES_H_
#define HALFTERM_STORAGE_COMMIT_STORE_NAMES_H_
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/caller.h"
#include "storage/commit/batch.h"
#include "sync/core/rehome.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// The epoch in which the name was given. In a later one nothing is written under it.
uint32_t EpochOf(const disk::ReplicaRow& row);

bool IsStoreOf(const disk::ReplicaRow& row, const Caller& caller);

// A store of the caller's under a name that has no row, opened in `epoch`.
disk::ReplicaRow& AddStore(Batch& batch, const Caller& caller, uint64_t replica, uint32_t epoch);

// The name that was given last to the caller's store on this tablet; 0: none was.
absl::StatusOr<uint64_t> NewestNameOf(Batch& batch, const Caller& caller);
void NoteNewestName(Batch& batch, const Caller& caller, uint64_t replica);

// Whether a store's delta, by what its contexts say beyond the page that is held
// (sync::ClaimsBeyond), would swallow what somebody else writes next. It may name its own earlier
// names, up to what was taken under them; in a store that was restored the server may lack some of
// that, and none is still to come but what was acknowledged.
absl::StatusOr<bool> ClaimsTooMuch(Batch& batch, Tenant tenant, const disk::ReplicaRow& store,
                                   const std::vector<core::Dot>& claims);

// Whether the moves could be those of one store of the caller's: each goes on from the one before,
// no name comes twice, and none is known as the name of somebody else's store.
absl::StatusOr<bool> MayBeMovesOf(Batch& batch, const Caller& caller,
                                  const std::vector<core::Rehome>& moves);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_STORE_NAMES_H_
