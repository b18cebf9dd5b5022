// One backup from beginning to end: copied, opened where it lies, recomputed, and only then
// counted.
//
// The copy is made by the engine while work goes on. A copy that differs from its recomputation is
// damage of the store or of the disk; it stays in the folder for whoever looks into it, and does
// not count. What counts is on the ledger and, for a machine that has no ledger, in a file beside
// the copy.
//
// A backup in a folder that was not there when the newest one was made (a disk that broke, or lies
// in a drawer) does not count until it is there again.
//
// The folder must not lie within the data directory, and belongs to one store for ever.

#ifndef HALFTERM_STORAGE_BACKUP_BACKUP_RUN_H_
#define HALFTERM_STORAGE_BACKUP_BACKUP_RUN_H_
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/ledger.pb.h"
#include "halfterm/v1/admin.pb.h"
#include "storage/backup/ledger.h"
#include "storage/clock.h"
#include "storage/commit/epochs.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"

namespace halfterm::storage {

inline constexpr uint32_t kBackupsKept = 35;

struct BackupWish {
  std::string data;    // The server's data directory.
  std::string folder;  // An absolute path.
  uint32_t keep = kBackupsKept;
};

// Told now and then how far the recomputation has come; false stops it, with Cancelled.
using BackupProgress = std::function<bool(const v1::VerifyReply&)>;

// Takes as long as it takes; for one thread at a time. Codes as halfterm.v1.Backups.MakeBackup says
// them.
absl::StatusOr<disk::BackupRow> MakeBackup(Engine& store, Ledger& ledger, const Epochs& epochs,
                                           const Secrets& secrets, const Clock& clock,
                                           const BackupWish& wish, const BackupProgress& progress);

// Opens a generation and recomputes everything in it. DataLoss: something differs.
absl::Status VerifyBackup(const std::string& folder, uint32_t generation, const Secrets* secrets,
                          const BackupProgress& progress);

// The generations of a folder that count, oldest first, by the files beside them. Errors as
// ListBackups.
absl::StatusOr<std::vector<disk::BackupRow>> CountedBackups(const std::string& folder);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_BACKUP_RUN_H_
