#include "storage/rocks/witness_files.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/io_status.h>
#include <rocksdb/system_clock.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/rocks/composite_env.h"
#include "storage/rocks/crc32c.h"
#include "storage/rocks/log_check.h"
#include "storage/rocks/witness.h"

namespace halfterm::storage {
namespace {

using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

absl::string_view NameIn(absl::string_view path) { return path.substr(path.rfind('/') + 1); }
bool IsManifest(absl::string_view path) { return absl::StartsWith(NameIn(path), "MANIFEST-"); }
std::string WitnessPathOf(absl::string_view manifest_path) {
  const absl::string_view name = NameIn(manifest_path);
  return absl::StrCat(manifest_path.substr(0, manifest_path.size() - name.size()),
                      WitnessNameOf(name));
}

// A file that grows by lines, each on the disk when Add() returns. After one that failed there are
// no others: behind half a line they would be damage.
class Lines {
 public:
  Lines(rocksdb::FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  IOStatus Add(const std::string& line) {
    if (file_ == nullptr && done_.ok()) {
      done_ = files_.NewWritableFile(path_, {}, &file_, nullptr);
    }
    if (done_.ok()) done_ = file_->Append(line, {}, nullptr);
    if (done_.ok()) done_ = file_->Sync({}, nullptr);
    return done_;
  }

 private:
  rocksdb::FileSystem& files_;
  const std::string path_;
  std::unique_ptr<FSWritableFile> file_;
  IOStatus done_;
};

class Manifest final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Manifest(std::unique_ptr<FSWritableFile> file, std::shared_ptr<Lines> witness)
      : FSWritableFileOwnerWrapper(std::move(file)), witness_(std::move(witness)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Count(data, target()->Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    return Count(data, target()->Append(data, options, verification, debug));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus synced = target()->Sync(options, debug);
    return synced.ok() ? witness_->Add(ManifestLine(bytes_, ~crc_)) : synced;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus synced = target()->Fsync(options, debug);
    return synced.ok() ? witness_->Add(ManifestLine(bytes_, ~crc_)) : synced;
  }

 private:
  IOStatus Count(const Slice& data, IOStatus appended) {
    if (appended.ok()) {
      bytes_ += data.size();
      crc_ = Extended(crc_, {data.data(), data.size()});
    }
    return appended;
  }

  const std::shared_ptr<Lines> witness_;
  uint64_t bytes_ = 0;
  uint32_t crc_ = kCrcBegin;
};

}  // namespace

class WitnessFiles::Files final : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(const std::shared_ptr<rocksdb::FileSystem>& files) : FileSystemWrapper(files) {}

  const char* Name() const override { return "WitnessFiles"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result,
                           IODebugContext* debug) override {
    const IOStatus made = target()->NewWritableFile(path, options, result, debug);
    if (!made.ok() || !IsManifest(path)) return made;
    auto witness = std::make_shared<Lines>(*target(), WitnessPathOf(path));
    *result = std::make_unique<Manifest>(std::move(*result), witness);
    const std::lock_guard<std::mutex> lock(mutex_);
    newest_ = std::move(witness);
    return made;
  }

  // A witness goes with its MANIFEST. One that stays behind vouches for nothing and harms nothing.
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    IOStatus deleted = target()->DeleteFile(path, options, debug);
    if (deleted.ok() && IsManifest(path)) {
      target()->DeleteFile(WitnessPathOf(path), options, debug).PermitUncheckedError();
    }
    return deleted;
  }

  absl::Status StoreIsClosed(const std::string& directory) {
    std::vector<std::string> names;
    IOStatus done = target()->GetChildren(directory, {}, &names, nullptr);
    std::map<std::string, uint64_t> log_bytes;
    for (const std::string& name : names) {
      if (!done.ok() || !absl::EndsWith(name, ".log")) continue;
      // Not its length: a log from before a power cut may still be there, with half a record.
      if (const auto whole = CheckLog(directory, name); whole.ok()) log_bytes[name] = *whole;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (done.ok() && newest_ != nullptr) done = newest_->Add(ClosedLine(log_bytes));
    return done.ok() ? absl::OkStatus() : absl::UnavailableError(done.ToString());
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<Lines> newest_;  // Of the MANIFEST that was begun last; guarded by mutex_.
};

WitnessFiles::WitnessFiles(rocksdb::Env* env)
    : files_(std::make_shared<Files>(env == nullptr ? rocksdb::FileSystem::Default()
                                                    : env->GetFileSystem())),
      env_(NewCompositeEnv(
          files_, env == nullptr ? rocksdb::SystemClock::Default() : env->GetSystemClock())) {}
WitnessFiles::~WitnessFiles() = default;

rocksdb::Env* WitnessFiles::env() { return env_.get(); }

absl::Status WitnessFiles::StoreIsClosed(const std::string& directory) {
  return files_->StoreIsClosed(directory);
}

}  // namespace halfterm::storage
