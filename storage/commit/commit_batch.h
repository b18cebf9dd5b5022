// How a batch becomes durable: the one order in which nothing that was decided can be taken back.
//
// What follows from the batch is derived; the ledger has its decisions on its disk; then the store
// has the batch on its disk, in one atomic commit; then caches and listeners hear of it, and the
// witness. What the store refuses the ledger gives back: a decision that nobody was told of must
// not take effect in some later year.

#ifndef HALFTERM_STORAGE_COMMIT_COMMIT_BATCH_H_
#define HALFTERM_STORAGE_COMMIT_COMMIT_BATCH_H_
#include <cstdint>

#include "absl/status/status.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

// For the thread that commits. Not OK: nothing that the batch did may be acknowledged; the batch is
// forgotten, and is of no more use. Errors as Engine::Commit, the ledger's among them. `engine_us`,
// if not null, is set to the wall time inside the store's Engine::Commit, microseconds.
absl::Status CommitBatch(BatchContext& context, Batch& batch, uint64_t* engine_us = nullptr);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_COMMIT_BATCH_H_
