// Puts the ledger's decisions into a store that was restored from a backup, before anybody is served.
//
// Erasures first: what was erased must not be looked at by anything that follows. Then people and roles:
// whoever lost one since the backup must not have it back for a minute. Then phases, versions and what
// else the server had decided, under the dots that they had, so that a tablet which holds the same holds
// the same bytes; and sessions, tablets and passphrases as they were last.

#ifndef HALFTERM_STORAGE_BACKUP_REPLAY_H_
#define HALFTERM_STORAGE_BACKUP_REPLAY_H_
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/backup/ledger.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

struct Replayed {
  uint64_t erased = 0;     // Records that the store still held, or knew nothing of.
  uint64_t decisions = 0;  // Facets of the server's own that were changed.
  uint64_t rows = 0;       // Sessions, tablets, grants and the like.
};

// Whether the store waits for it: a new epoch began, and this was not done in it yet.
bool NeedsReplay(const Epochs& epochs);

// In batches of its own, each durable by itself; done again from the beginning after an interruption,
// without a second effect. Afterwards the directories and sessions in memory are to be loaded anew.
// DataLoss: a row of the ledger or the store cannot be read. Errors of Engine::Commit.
absl::StatusOr<Replayed> Replay(BatchContext& context, const Ledger& ledger);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_REPLAY_H_
