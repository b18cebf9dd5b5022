#include "tests/support/faulty_files.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/io_status.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/rocks/composite_env.h"

namespace halfterm::testing {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kPage = 512;
constexpr size_t kNamesKept = 16;  // Those before them have long reached the disk.

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void SetContent(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}
std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}
bool IsWriteAheadLog(const std::string& path) {
  return std::filesystem::path(path).extension() == ".log";
}

}  // namespace

class FaultyFiles::Files final : public rocksdb::FileSystemWrapper {
 public:
  Files() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "FaultyFiles"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override;

  // Each change asks first. Logs are deleted in the background, at a moment that nobody chooses: a
  // deletion is none of the changes of a log.
  IOStatus MayChange(const std::string& path, bool is_deletion = false, bool is_new = false) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_off_) return IOStatus::IOError("the power is off");
    ++changes_;
    const bool counts = counted_ == Counted::kAll || (IsWriteAheadLog(path) && !is_deletion);
    // RocksDB 7.8 fails an assertion at closing when it cannot begin a log for several families at
    // once. A cut that would fall there falls before the next change: what the disk makes of that
    // can be the same, for a new name may be lost.
    const bool waits = is_new && IsWriteAheadLog(path) && counted_ == Counted::kAll;
    if (until_cut_ != kNever && counts && !(waits && until_cut_ == 0)) {
      if (until_cut_ == 0) {
        is_off_ = true;
        return IOStatus::IOError("the power is off");
      }
      --until_cut_;
    }
    return IOStatus::OK();
  }
  IOStatus MayWrite(const std::string& path, size_t bytes) {
    if (IOStatus may = MayChange(path); !may.ok()) return may;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (space_ < bytes) {
      ++refused_for_space_;
      return IOStatus::NoSpace("the disk is full");
    }
    if (space_ != kNever) space_ -= bytes;
    files_[path].size += bytes;
    return IOStatus::OK();
  }
  // Not OK: the sync is the one that fails.
  IOStatus MaySync(const std::string& path) {
    if (IOStatus may = MayChange(path); !may.ok()) return may;
    const std::lock_guard<std::mutex> lock(mutex_);
    ++syncs_;
    if (until_failed_sync_ != kNever && until_failed_sync_-- == 0) {
      until_failed_sync_ = kNever;
      has_failed_a_sync_ = true;
      File& file = files_[path];
      file.holes.emplace_back(file.synced, file.size);
      return IOStatus::IOError("the disk could not be synced");
    }
    return IOStatus::OK();
  }
  void Synced(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[path].synced = files_[path].size;
  }
  void FolderSynced(const std::string& folder) {
    const std::lock_guard<std::mutex> lock(mutex_);
    names_.erase(
        std::remove_if(names_.begin(), names_.end(),
                       [&](const NameChange& one) { return FolderOf(one.path) == folder; }),
        names_.end());
  }
  void Truncated(const std::string& path, uint64_t size) {
    const std::lock_guard<std::mutex> lock(mutex_);
    File& file = files_[path];
    file.size = size;
    file.synced = std::min(file.synced, size);
  }

  Damage PowerOn(std::mt19937_64& random, bool tears);

  struct File {
    uint64_t size = 0, synced = 0;
    // What a failed sync should have brought to the disk; later syncs do not.
    std::vector<std::pair<uint64_t, uint64_t>> holes;
  };
  // A change of a folder that was not synced since.
  struct NameChange {
    enum class What { kMade, kRenamed, kDeleted } what;
    std::string path, from;              // `from` where it was renamed.
    std::optional<std::string> content;  // Of what stood at `path` before, if anything did.
  };
  void Note(NameChange name) {
    names_.push_back(std::move(name));
    if (names_.size() > kNamesKept) names_.pop_front();
  }

  mutable std::mutex mutex_;
  bool is_off_ = false, has_failed_a_sync_ = false;
  Counted counted_ = Counted::kAll;
  uint64_t until_cut_ = kNever, until_failed_sync_ = kNever, space_ = kNever;
  uint64_t refused_for_space_ = 0, changes_ = 0, syncs_ = 0;
  std::map<std::string, File> files_;
  std::deque<NameChange> names_;                        // In their order.
  std::vector<std::pair<std::string, uint64_t>> torn_;  // Path, synced bytes.

 private:
  class WritableFile;
  class Directory;
};

class FaultyFiles::Files::WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(Files& files, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus may = files_.MayWrite(path_, data.size());
    return may.ok() ? target()->Append(data, options, debug) : may;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus may = files_.MayChange(path_); !may.ok()) return may;
    files_.Truncated(path_, size);
    return target()->Truncate(size, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus may = files_.MaySync(path_); !may.ok()) return may;
    const IOStatus synced = target()->Sync(options, debug);
    if (synced.ok()) files_.Synced(path_);
    return synced;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return target()->Close(options, debug);
  }

 private:
  Files& files_;
  const std::string path_;
};

class FaultyFiles::Files::Directory final : public rocksdb::FSDirectory {
 public:
  Directory(Files& files, std::string path, std::unique_ptr<rocksdb::FSDirectory> directory)
      : files_(files), path_(std::move(path)), directory_(std::move(directory)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus may = files_.MayChange(path_); !may.ok()) return may;
    const IOStatus synced = directory_->Fsync(options, debug);
    if (synced.ok()) files_.FolderSynced(path_);
    return synced;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return directory_->Close(options, debug);
  }

 private:
  Files& files_;
  const std::string path_;
  const std::unique_ptr<rocksdb::FSDirectory> directory_;
};

IOStatus FaultyFiles::Files::NewWritableFile(const std::string& path,
                                             const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                                             IODebugContext* debug) {
  IOStatus may = MayChange(path, /*is_deletion=*/false, /*is_new=*/true);
  if (!may.ok()) return may;
  const bool was_there = target()->FileExists(path, {}, debug).ok();
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus made = target()->NewWritableFile(path, options, &file, debug);
  if (!made.ok()) return made;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[path] = File();
    if (!was_there) Note({NameChange::What::kMade, path, "", {}});
  }
  *result = std::make_unique<WritableFile>(*this, path, std::move(file));
  return IOStatus::OK();
}

IOStatus FaultyFiles::Files::ReopenWritableFile(const std::string& path,
                                                const rocksdb::FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                IODebugContext* debug) {
  if (IOStatus may = MayChange(path); !may.ok()) return may;
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error) return IOStatus::IOError("there is no such file");
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus opened = target()->ReopenWritableFile(path, options, &file, debug);
  if (!opened.ok()) return opened;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_.try_emplace(path, File{size, size, {}});  // From before this process: long on the disk.
  }
  *result = std::make_unique<WritableFile>(*this, path, std::move(file));
  return IOStatus::OK();
}

IOStatus FaultyFiles::Files::NewDirectory(const std::string& path, const IOOptions& options,
                                          std::unique_ptr<rocksdb::FSDirectory>* result,
                                          IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  IOStatus opened = target()->NewDirectory(path, options, &directory, debug);
  if (!opened.ok()) return opened;
  *result = std::make_unique<Directory>(*this, path, std::move(directory));
  return IOStatus::OK();
}

IOStatus FaultyFiles::Files::RenameFile(const std::string& from, const std::string& to,
                                        const IOOptions& options, IODebugContext* debug) {
  if (IOStatus may = MayChange(to); !may.ok()) return may;
  NameChange rename{NameChange::What::kRenamed, to, from, {}};
  if (target()->FileExists(to, {}, debug).ok()) rename.content = ContentOf(to);
  IOStatus renamed = target()->RenameFile(from, to, options, debug);
  if (!renamed.ok()) return renamed;
  const std::lock_guard<std::mutex> lock(mutex_);
  files_[to] = files_[from];
  files_.erase(from);
  Note(std::move(rename));
  return IOStatus::OK();
}

IOStatus FaultyFiles::Files::DeleteFile(const std::string& path, const IOOptions& options,
                                        IODebugContext* debug) {
  if (IOStatus may = MayChange(path, /*is_deletion=*/true); !may.ok()) return may;
  std::string content = ContentOf(path);
  IOStatus deleted = target()->DeleteFile(path, options, debug);
  if (!deleted.ok()) return deleted;
  const std::lock_guard<std::mutex> lock(mutex_);
  files_.erase(path);
  Note({NameChange::What::kDeleted, path, "", std::move(content)});
  return IOStatus::OK();
}

FaultyFiles::Damage FaultyFiles::Files::PowerOn(std::mt19937_64& random, bool tears) {
  const std::lock_guard<std::mutex> lock(mutex_);
  namespace fs = std::filesystem;
  Damage damage;
  torn_.clear();
  std::error_code error;
  const uint64_t number = random();
  // A folder changes on the disk in the order in which it was changed, as on every journaling file
  // system: the disk has some first changes, and the others are undone, the last one first.
  size_t undone = names_.empty() ? 0 : number % (names_.size() + 1);
  for (; undone > 0; --undone, names_.pop_back()) {
    const NameChange& name = names_.back();
    switch (name.what) {
      case NameChange::What::kMade:
        damage.lost_names += fs::remove(name.path, error) ? 1 : 0;
        files_.erase(name.path);
        break;
      case NameChange::What::kRenamed:
        ++damage.lost_names;
        fs::rename(name.path, name.from, error);
        files_.erase(name.path);
        if (name.content) SetContent(name.path, *name.content);
        break;
      case NameChange::What::kDeleted:
        ++damage.back_again;
        SetContent(name.path, *name.content);
        break;
    }
  }
  // Newest first, each kind of file by numbers of its own: what becomes of the log does not depend
  // on how far a compaction had come.
  std::map<std::string, std::mt19937_64> chance_of_kind;
  for (auto entry = files_.rbegin(); entry != files_.rend(); ++entry) {
    const auto& [path, file] = *entry;
    if (!fs::exists(path, error)) continue;
    std::mt19937_64& chance =
        chance_of_kind.try_emplace(fs::path(path).extension().string(), number).first->second;
    const uint64_t unsynced = file.size - file.synced;
    if (unsynced == 0 && file.holes.empty()) continue;
    std::string content = ContentOf(path);
    content.resize(std::min<uint64_t>(content.size(), file.size));
    const uint64_t kept = unsynced == 0       ? 0
                          : chance() % 3 == 0 ? 0
                          : chance() % 2 == 0 ? unsynced
                                              : chance() % (unsynced + 1);
    damage.lost_bytes += unsynced - kept;
    content.resize(std::min<uint64_t>(content.size(), file.synced + kept));
    // Of pages that were on their way some are there and others are not.
    if (tears && kept > 0 && chance() % 3 == 0) {
      const uint64_t page = file.synced + chance() % kept;
      const char noise = chance() % 2 == 0 ? '\0' : static_cast<char>(chance());
      for (uint64_t i = page; i < std::min<uint64_t>(page + kPage, content.size()); ++i) {
        content[i] = noise;
      }
      ++damage.torn_pages;
      torn_.emplace_back(path, file.synced);
    }
    for (const auto& [begin, end] : file.holes) {
      for (uint64_t i = begin; i < std::min<uint64_t>(end, content.size()); ++i) content[i] = '\0';
      damage.lost_bytes += end - begin;
    }
    SetContent(path, content);
  }
  files_.clear();
  names_.clear();
  until_cut_ = until_failed_sync_ = kNever;
  is_off_ = false;
  return damage;
}

namespace {

// RocksDB waits for a second after a write in the background has failed, also when it is closed.
class ImpatientClock final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int micros) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(micros, 1'000));
  }
};

}  // namespace

FaultyFiles::FaultyFiles()
    : files_(std::make_shared<Files>()),
      env_(storage::NewCompositeEnv(
          files_, std::make_shared<ImpatientClock>(rocksdb::SystemClock::Default()))) {}
FaultyFiles::~FaultyFiles() = default;

rocksdb::Env* FaultyFiles::env() { return env_.get(); }

void FaultyFiles::CutPowerAfter(uint64_t changes, Counted counted) {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  files_->until_cut_ = changes;
  files_->counted_ = counted;
}
void FaultyFiles::CutPowerNow() {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  files_->is_off_ = true;
}
void FaultyFiles::LeavePowerOn() {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  files_->until_cut_ = kNever;
}
bool FaultyFiles::is_off() const {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  return files_->is_off_;
}
FaultyFiles::Damage FaultyFiles::PowerOn(std::mt19937_64& random, bool tears) {
  return files_->PowerOn(random, tears);
}
void FaultyFiles::CutBackTornFiles() {
  for (const auto& [path, synced] : files_->torn_) {
    std::error_code error;
    std::filesystem::resize_file(path, synced, error);
  }
}
void FaultyFiles::FailSyncAfter(uint64_t syncs) {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  files_->until_failed_sync_ = syncs;
  files_->has_failed_a_sync_ = false;
}
bool FaultyFiles::has_failed_a_sync() const {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  return files_->has_failed_a_sync_;
}
void FaultyFiles::SetSpace(uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  files_->space_ = bytes;
}
void FaultyFiles::SetSpaceUnbounded() { SetSpace(kNever); }
uint64_t FaultyFiles::refused_for_space() const {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  return files_->refused_for_space_;
}
uint64_t FaultyFiles::changes() const {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  return files_->changes_;
}
uint64_t FaultyFiles::syncs() const {
  const std::lock_guard<std::mutex> lock(files_->mutex_);
  return files_->syncs_;
}

}  // namespace halfterm::testing
