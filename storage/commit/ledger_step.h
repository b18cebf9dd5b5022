// What a batch has to do with the steps of the ledger (storage/backup/ledger.h).

#ifndef HALFTERM_STORAGE_COMMIT_LEDGER_STEP_H_
#define HALFTERM_STORAGE_COMMIT_LEDGER_STEP_H_
#include <cstdint>

#include "absl/status/statusor.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

// Which step of its context's ledger the batch would be: the one after the last that the store took
// in. To be asked before ForLedger, which writes it. DataLoss: the store's row cannot be read.
absl::StatusOr<uint64_t> NextLedgerStep(Batch& batch);

// Whether the batch gives out dots of the server's own. Before its Writes(). DataLoss as above.
absl::StatusOr<bool> GivesOutDots(Batch& batch);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_LEDGER_STEP_H_
