#include "storage/rocks/rocks_backup.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/rocks/backup_options.h"
#include "storage/rocks/rocks_engine_files.h"
#include "storage/rocks/rocks_errors.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const std::string& folder, const rocksdb::Status& error) {
  if (error.IsNotFound()) return absl::NotFoundError(absl::StrCat("no such backup in ", folder));
  if (error.IsCorruption()) {
    return absl::DataLossError(absl::StrCat("a backup in ", folder,
                                            " is damaged or files of it are missing; use another "
                                            "generation, and look after that disk"));
  }
  if (error.IsNoSpace()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the disk is full while working on the backups in ", folder));
  }
  return absl::UnavailableError(absl::StrCat("the backups in ", folder, ": ", error.ToString()));
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> OpenToRead(
    const std::string& folder) {
  std::error_code error;
  // RocksDB would make the folder, and look as if there had been backups and all were gone.
  if (!fs::is_directory(fs::path(folder) / "meta", error)) {
    return absl::NotFoundError(absl::StrCat(
        "there are no backups in ", folder, "; is the disk with the backups connected?"));
  }
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  const rocksdb::IOStatus status = rocksdb::BackupEngineReadOnly::Open(
      BackupOptions(folder), rocksdb::Env::Default(), &opened);
  if (!status.ok()) return Failed(folder, status);
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(opened);
}

// Files and their directories, deepest last written.
absl::Status SyncTree(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> paths{directory, fs::path(directory).parent_path().string()};
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    paths.push_back(entry.path().string());
  }
  for (const std::string& path : paths) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    const int why = errno;
    if (file >= 0) close(file);
    if (!synced) {
      return absl::UnavailableError(absl::StrCat("cannot sync ", path, ": ", std::strerror(why)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

rocksdb::BackupEngineOptions BackupOptions(const std::string& folder) {
  rocksdb::BackupEngineOptions options(folder);
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  options.max_background_operations = 1;
  return options;
}

absl::StatusOr<std::vector<BackupInfo>> ListBackups(const std::string& folder) {
  const auto engine = OpenToRead(folder);
  if (!engine.ok()) return engine.status();
  std::vector<rocksdb::BackupInfo> infos;
  (*engine)->GetBackupInfo(&infos);
  std::vector<BackupInfo> backups;
  for (const rocksdb::BackupInfo& info : infos) {
    backups.push_back({info.backup_id, info.timestamp * 1000, info.size});
  }
  return backups;
}

absl::StatusOr<std::unique_ptr<Engine>> OpenBackup(const std::string& folder,
                                                   uint32_t generation) {
  const auto engine = OpenToRead(folder);
  if (!engine.ok()) return engine.status();
  rocksdb::BackupInfo info;
  const rocksdb::Status found =
      (*engine)->GetBackupInfo(generation, &info, /*include_file_details=*/true);
  if (!found.ok()) {
    return found.IsNotFound() ? absl::NotFoundError(absl::StrCat("there is no generation ",
                                                                 generation, " in ", folder))
                              : Failed(folder, found);
  }
  return OpenRocksReadOnly(info.name_for_open, info.env_for_open);
}

absl::Status CheckBackupFiles(const std::string& folder, uint32_t generation) {
  const auto engine = OpenToRead(folder);
  if (!engine.ok()) return engine.status();
  const rocksdb::IOStatus verified =
      (*engine)->VerifyBackup(generation, /*verify_with_checksum=*/true);
  return verified.ok() ? absl::OkStatus() : Failed(folder, verified);
}

absl::Status CopyBackupTo(const std::string& folder, uint32_t generation,
                          const std::string& directory) {
  const auto engine = OpenToRead(folder);
  if (!engine.ok()) return engine.status();
  std::error_code error;
  if (fs::exists(directory, error)) {
    return absl::FailedPreconditionError(absl::StrCat(directory, " is there already"));
  }
  if (mkdir(directory.c_str(), 0700) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot make ", directory, ": ", std::strerror(errno)));
  }
  const rocksdb::IOStatus copied = (*engine)->RestoreDBFromBackup(
      rocksdb::RestoreOptions(), generation, directory, directory);
  const absl::Status done = copied.ok() ? SyncTree(directory) : Failed(folder, copied);
  if (!done.ok()) fs::remove_all(directory, error);
  return done;
}

absl::Status DeleteBackup(const std::string& folder, uint32_t generation) {
  rocksdb::BackupEngine* opened = nullptr;
  const rocksdb::IOStatus status = rocksdb::BackupEngine::Open(
      BackupOptions(folder), rocksdb::Env::Default(), &opened);
  if (!status.ok()) return Failed(folder, status);
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened);
  const rocksdb::IOStatus deleted = engine->DeleteBackup(generation);
  if (!deleted.ok() && !deleted.IsNotFound()) return Failed(folder, deleted);
  const rocksdb::IOStatus cleared = engine->GarbageCollect();
  return cleared.ok() ? absl::OkStatus() : Failed(folder, cleared);
}

absl::StatusOr<std::unique_ptr<BackupLock>> BackupLock::Take(const std::string& folder) {
  std::error_code error;
  const fs::path parent = fs::path(folder).parent_path();
  if (!fs::is_directory(folder, error)) {
    if (!fs::is_directory(parent, error)) {
      return absl::NotFoundError(absl::StrCat(
          parent.string(), " is not there; is the disk for the backups connected?"));
    }
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return absl::UnavailableError(
          absl::StrCat("cannot make ", folder, ": ", std::strerror(errno)));
    }
  }
  const std::string path = absl::StrCat(folder, "/LOCK");
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::UnavailableError(absl::StrCat("cannot write in ", folder, ": ",
                                               std::strerror(errno)));
  }
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return absl::FailedPreconditionError(
        absl::StrCat("another program is writing backups to ", folder));
  }
  return std::unique_ptr<BackupLock>(new BackupLock(file));
}

BackupLock::~BackupLock() { close(file_); }

}  // namespace halfterm::storage
