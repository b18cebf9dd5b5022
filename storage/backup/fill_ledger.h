// Brings a ledger that is behind its store up to it.
//
// A ledger is behind when an old copy of it was put beside the store, or none was. What must not
// fall back is then in the store alone, and the next restore of an older backup would undo it. So
// the rows that a ledger keeps are taken from the store, which is right about them all. Decisions
// about phases and versions are not: those that the store has are in its backups from now on.

#ifndef HALFTERM_STORAGE_BACKUP_FILL_LEDGER_H_
#define HALFTERM_STORAGE_BACKUP_FILL_LEDGER_H_
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/backup/ledger.h"
#include "storage/engine.h"

namespace halfterm::storage {

// How many rows the ledger lacked or had otherwise. Before anybody is served. Interrupted, it is
// done again from the beginning, because the ledger's step is written last. DataLoss: a row of
// either cannot be read. Errors of Engine::Commit.
absl::StatusOr<uint64_t> FillLedger(const Engine& store, Ledger& ledger);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_FILL_LEDGER_H_
