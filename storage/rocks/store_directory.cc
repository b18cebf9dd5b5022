#include "storage/rocks/store_directory.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/rocks/log_check.h"
#include "storage/rocks/rocks_errors.h"

namespace halfterm::storage {
namespace {

// Whether the directory is there, for its owner alone if it is new. Its entry is synced too: a
// power cut that takes the entry takes the store, however well its files are synced.
bool MakeDirectory(const std::filesystem::path& directory, std::error_code& error) {
  namespace fs = std::filesystem;
  if (fs::is_directory(directory, error)) return true;
  const fs::path parent = directory.parent_path();
  if (parent != directory && !MakeDirectory(parent, error)) return false;
  // It exists already where the path ends in a slash.
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    error.assign(errno, std::generic_category());
    return false;
  }
  const int opened = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = opened >= 0 && fsync(opened) == 0;
  if (!is_synced) error.assign(errno, std::generic_category());
  if (opened >= 0) close(opened);
  return is_synced;
}

// Checks the logs while no other process writes to them.
absl::Status CheckExistingStore(const std::string& directory) {
  rocksdb::Env* const env = rocksdb::Env::Default();
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::Status locked = env->LockFile(directory + "/LOCK", &lock);
  if (!locked.ok()) return OpenError(directory, locked);
  const absl::Status checked = CheckLogs(directory);
  const rocksdb::Status unlocked = env->UnlockFile(lock);
  if (!unlocked.ok()) return OpenError(directory, unlocked);
  return checked;
}

}  // namespace

absl::Status PrepareDirectory(const RocksEngineOptions& options) {
  namespace fs = std::filesystem;
  const fs::path directory(options.directory);
  std::error_code error;
  if (fs::exists(directory / "CURRENT", error)) return CheckExistingStore(options.directory);

  bool has_rows = false;
  for (fs::directory_iterator file(directory, error), end; !error && file != end;
       file.increment(error)) {
    const fs::path extension = file->path().extension();
    has_rows = has_rows || extension == ".sst" || extension == ".log";
  }
  // RocksDB would take the directory for a new one, and delete the files that it does not know.
  if (has_rows) {
    return DamagedError(
        options.directory,
        "there are tables and logs, but no CURRENT file that says which are in use");
  }
  if (!options.may_create) {
    return absl::NotFoundError(absl::StrCat("There is no store in ", options.directory, "."));
  }
  if (!MakeDirectory(fs::absolute(directory, error), error)) {
    const std::string text =
        absl::StrCat("Cannot make the directory ", options.directory, ": ", error.message());
    if (error == std::errc::permission_denied) return absl::PermissionDeniedError(text);
    return absl::UnavailableError(text);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> FreeBytesUnder(const std::string& directory) {
  struct statvfs disk;
  if (statvfs(directory.c_str(), &disk) != 0) {
    return absl::UnavailableError(
        absl::StrCat("Cannot ask how full the disk under ", directory, " is: ", strerror(errno)));
  }
  return uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace halfterm::storage
