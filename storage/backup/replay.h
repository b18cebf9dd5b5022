// Puts the ledger's decisions into a store that lacks them, before anybody is served: one that was
// restored from a backup, or one whose server died when the ledger had a decision and the store not
// yet.
//
// Erasures first: what was erased must not be looked at by anything that follows. Then people and
// roles: whoever lost one since the backup must not have it back for a minute. Then phases,
// versions and what else the server had decided, under the dots that they had, so that a tablet
// which holds the same holds the same bytes; and sessions, tablets and passphrases as they were
// last, but for those that the store knows as they were later: an old copy of the ledger must not
// undo what ended since.

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

// In batches of its own, each durable by itself; done again from the beginning after an
// interruption, without a second effect. Afterwards the directories and sessions in memory are to
// be loaded anew. DataLoss: a row of the ledger or the store cannot be read. Errors of
// Engine::Commit.
absl::StatusOr<Replayed> Replay(BatchContext& context, const Ledger& ledger);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_REPLAY_H_
