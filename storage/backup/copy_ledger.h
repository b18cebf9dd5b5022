// Copies the ledger of a server that was alone to the engine that several are to share.

#ifndef HALFTERM_STORAGE_BACKUP_COPY_LEDGER_H_
#define HALFTERM_STORAGE_BACKUP_COPY_LEDGER_H_
#include <cstdint>

#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace halfterm::storage {

// How many rows were copied; none where `to` is in use. What makes it be in use, its identity, is
// written last: interrupted, it is done again from the beginning. Errors of reading and of
// Engine::Commit.
absl::StatusOr<uint64_t> CopyLedger(const Engine& from, Engine& to);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_COPY_LEDGER_H_
