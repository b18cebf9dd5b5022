// A folder of backups of one store: generations that share the files which did not change.
//
// RocksDB's backup engine makes and keeps the files, checks their checksums, and removes what no
// generation needs any more. A generation is opened where it lies, read-only; nothing is copied for that.
//
// Every function opens the folder anew, for one caller at a time: two programs that write to one folder
// at once would delete each other's files, so whoever writes holds the folder's lock.

#ifndef HALFTERM_STORAGE_ROCKS_ROCKS_BACKUP_H_
#define HALFTERM_STORAGE_ROCKS_ROCKS_BACKUP_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::storage {

struct BackupInfo {
  uint32_t generation = 0;  // From 1, in the order of their making; never used twice.
  int64_t made_ms = 0;      // Milliseconds since 1970.
  uint64_t bytes = 0;       // Shared files included.
};

// The generations whose files are all there, oldest first. NotFound: the folder is not there, or holds
// no backups. Unavailable: it cannot be read.
absl::StatusOr<std::vector<BackupInfo>> ListBackups(const std::string& folder);

// Opens a generation read-only; every commit to it fails. NotFound: there is none of that number.
// DataLoss: its files are damaged.
absl::StatusOr<std::unique_ptr<Engine>> OpenBackup(const std::string& folder, uint32_t generation);

// That each file of a generation has the bytes that were written. Reads all of them. Errors as
// OpenBackup.
absl::Status CheckBackupFiles(const std::string& folder, uint32_t generation);

// Copies a generation into `directory`, which must not be there, and makes it durable. Errors as
// OpenBackup; ResourceExhausted: no room. What was begun is removed again.
absl::Status CopyBackupTo(const std::string& folder, uint32_t generation,
                          const std::string& directory);

// Removes a generation, and files that none needs. Removing one that is not there is no error.
absl::Status DeleteBackup(const std::string& folder, uint32_t generation);

// Keeps other programs from writing to a folder of backups until it is destroyed.
class BackupLock {
 public:
  // Makes the folder if its parent is there. FailedPrecondition: another program holds the lock.
  // NotFound: the parent is not there. Unavailable: the folder cannot be written.
  static absl::StatusOr<std::unique_ptr<BackupLock>> Take(const std::string& folder);
  ~BackupLock();
  BackupLock(const BackupLock&) = delete;
  BackupLock& operator=(const BackupLock&) = delete;

 private:
  explicit BackupLock(int file) : file_(file) {}
  const int file_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_ROCKS_BACKUP_H_
