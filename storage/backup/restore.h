// Putting a kept generation in the place of the store of a server that is stopped.
//
// Nothing that is there is deleted: the old store stays beside the new one under another name. The
// generation is copied, opened and looked at first; then the ledger notes that a restore happens;
// then the copy gets the name that the old store is to have, and the two directories change places
// in one step of the file system, which is the last. So no name that this program ever clears away
// can be the old store's. Interrupted before that step, the server starts with its old store; after
// it, with the restored one; and either way it begins a new epoch, in which its tablets bring back
// what the store lacks.

#ifndef HALFTERM_STORAGE_BACKUP_RESTORE_H_
#define HALFTERM_STORAGE_BACKUP_RESTORE_H_
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/ledger.pb.h"
#include "storage/clock.h"

namespace halfterm::storage {

struct RestoreWish {
  std::string data;         // The server's data directory.
  std::string folder;       // Of the backups.
  uint32_t generation = 0;  // 0: the newest that counts.
  // Told before each step that changes the data directory, by its name: tests end the process
  // there.
  std::function<void(absl::string_view step)> before_step = nullptr;
};

struct Restored {
  disk::BackupRow from;
  std::string old_store;  // Where the old store is now; empty: there was none.
};

// FailedPrecondition: the server runs; the keys are missing or not this backup's; the backup is of
// another store, or of a newer format; the generation was never verified. NotFound: no such folder
// or generation. DataLoss: the generation is damaged. ResourceExhausted: too little room. In all of
// these the data directory is as it was. Unavailable: a step failed; what was there is there.
absl::StatusOr<Restored> RestoreStore(const RestoreWish& wish, const Clock& clock);

// DIR/store and DIR/ledger.
std::string StorePath(const std::string& data);
std::string LedgerPath(const std::string& data);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_RESTORE_H_
