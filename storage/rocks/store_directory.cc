#include "storage/rocks/store_directory.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/rocks/crc32c.h"
#include "storage/rocks/log_check.h"
#include "storage/rocks/rocks_errors.h"
#include "storage/rocks/witness.h"

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

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The name in CURRENT; empty if it is not the name of a file there, and RocksDB is to say so.
std::string ManifestInUse(const std::string& directory) {
  std::string name = ContentOf(directory + "/CURRENT");
  std::error_code error;
  if (!absl::StartsWith(name, "MANIFEST-") || !absl::EndsWith(name, "\n")) return "";
  name.pop_back();
  return std::filesystem::is_regular_file(directory + "/" + name, error) ? name : "";
}

// A file, and how much of it is to stay.
struct Cut {
  std::string path;
  uint64_t bytes;
};

// Compares the MANIFEST with what its witness says. Behind that nothing has built on it yet: what a
// power cut left there of an entry, RocksDB would refuse.
absl::Status CheckManifest(const std::string& directory, const std::string& name,
                           const Witness& witness, std::vector<Cut>& cuts) {
  const std::string path = directory + "/" + name;
  const std::string content = ContentOf(path);
  const absl::string_view vouched = absl::string_view(content).substr(0, witness.manifest_bytes);
  if (vouched.size() < witness.manifest_bytes) {
    return DamagedError(directory, absl::StrCat(name, " has ", content.size(), " bytes of ",
                                                witness.manifest_bytes, " that were written"));
  }
  if (Crc32c(vouched) != witness.manifest_crc) {
    return DamagedError(directory, absl::StrCat(name, " is not what was written"));
  }
  const absl::StatusOr<uint64_t> whole = CheckLog(directory, name);
  if (absl::IsUnavailable(whole.status())) return whole.status();
  if (!whole.ok() || *whole < content.size()) cuts.push_back({path, witness.manifest_bytes});
  return absl::OkStatus();
}

absl::Status CheckManifestInUse(const std::string& directory, Witness& witness,
                                std::vector<Cut>& cuts) {
  const std::string name = ManifestInUse(directory);
  if (name.empty()) return absl::OkStatus();
  const std::string witness_name = WitnessNameOf(name);
  std::error_code error;
  if (!std::filesystem::exists(directory + "/" + witness_name, error)) {
    // Written by a version that knew of no witnesses.
    return CheckLog(directory, name).status();
  }
  absl::StatusOr<Witness> found = WitnessIn(ContentOf(directory + "/" + witness_name));
  if (!found.ok()) {
    return DamagedError(directory,
                        absl::StrCat(witness_name, " is damaged (", found.status().message(),
                                     "); it says what ", name, " must hold, and holds no rows"));
  }
  witness = *std::move(found);
  return CheckManifest(directory, name, witness, cuts);
}

// The logs, oldest first.
absl::StatusOr<std::vector<std::string>> LogsIn(const std::string& directory) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (absl::EndsWith(name, ".log")) names.push_back(name);
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("Cannot list the directory ", directory, ": ", error.message()));
  }
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return std::make_pair(a.size(), a) < std::make_pair(b.size(), b);
  });
  return names;
}

absl::Status CheckLogs(const std::string& directory, const Witness& witness,
                       std::vector<Cut>& cuts) {
  const absl::StatusOr<std::vector<std::string>> names = LogsIn(directory);
  if (!names.ok()) return names.status();
  std::map<std::string, uint64_t> missing = witness.log_bytes;
  std::string unfinished;
  for (const std::string& name : *names) {
    const absl::StatusOr<uint64_t> whole = CheckLog(directory, name);
    if (!whole.ok()) return whole.status();
    const auto vouched = missing.extract(name);
    if (!vouched.empty() && *whole < vouched.mapped()) {
      return DamagedError(directory, absl::StrCat(name, " has ", *whole, " whole bytes of ",
                                                  vouched.mapped(), " that were written"));
    }
    // A log is begun when all that is in the one before it is on the disk.
    if (*whole > 0 && !unfinished.empty()) {
      return DamagedError(directory, absl::StrCat(unfinished, " lost its end"));
    }
    const std::string path = absl::StrCat(directory, "/", name);
    std::error_code error;
    if (std::filesystem::file_size(path, error) == *whole || error) continue;
    cuts.push_back({path, *whole});
    if (*whole > 0) unfinished = name;
  }
  for (const auto& [name, bytes] : missing) {
    if (bytes > 0) return DamagedError(directory, absl::StrCat(name, " is missing"));
  }
  return absl::OkStatus();
}

// On the disk when it returns: behind what is cut off there will be another log.
absl::Status Carry(const Cut& cut) {
  const int file = open(cut.path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool is_done =
      file >= 0 && ftruncate(file, static_cast<off_t>(cut.bytes)) == 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (is_done) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("Cannot cut off the unfinished end of ", cut.path, ": ", strerror(error)));
}

absl::Status CheckFiles(const std::string& directory) {
  Witness witness;
  std::vector<Cut> cuts;
  absl::Status status = CheckManifestInUse(directory, witness, cuts);
  if (status.ok()) status = CheckLogs(directory, witness, cuts);
  for (size_t i = 0; i < cuts.size() && status.ok(); ++i) status = Carry(cuts[i]);
  return status;
}

// Checks the files while no other process writes to them.
absl::Status CheckExistingStore(const std::string& directory) {
  rocksdb::Env* const env = rocksdb::Env::Default();
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::Status locked = env->LockFile(directory + "/LOCK", &lock);
  if (!locked.ok()) return OpenError(directory, locked);
  const absl::Status checked = CheckFiles(directory);
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
