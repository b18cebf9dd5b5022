#include "tests/support/memory_engine.h"

#include <mutex>
#include <utility>
#include <vector>

namespace halfterm::testing {

using storage::Family;

bool MemoryDisk::Mentions(absl::string_view bytes, const Counts& counts) const {
  for (size_t i = 0; i < families_->size(); ++i) {
    for (const auto& [key, value] : (*families_)[i]) {
      if (value.find(bytes.data(), 0, bytes.size()) == std::string::npos) continue;
      if (!counts || counts(storage::kFamilies[i], key)) return true;
    }
  }
  return false;
}

namespace {

std::string_view Std(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }

class MemoryCursor final : public storage::Cursor {
 public:
  // `families` keeps the rows alive.
  MemoryCursor(std::shared_ptr<const MemoryDisk::Families> families, Family family,
               absl::string_view begin, absl::string_view end)
      : families_(std::move(families)), rows_((*families_)[static_cast<size_t>(family)]) {
    begin_ = rows_.lower_bound(Std(begin));
    end_ = end.empty() ? rows_.end() : end < begin ? begin_ : rows_.lower_bound(Std(end));
    at_ = begin_;
  }

  void Seek(absl::string_view key) override {
    at_ = rows_.lower_bound(Std(key));
    const bool is_before =
        begin_ != rows_.end() && (at_ != rows_.end() && at_->first < begin_->first);
    if (is_before) at_ = begin_;
    if (end_ != rows_.end() && (at_ == rows_.end() || at_->first > end_->first)) at_ = end_;
    if (begin_ == end_) at_ = end_;
  }
  bool Valid() const override { return at_ != end_; }
  void Next() override { ++at_; }
  absl::string_view key() const override { return at_->first; }
  absl::string_view value() const override { return at_->second; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const std::shared_ptr<const MemoryDisk::Families> families_;
  const MemoryDisk::Rows& rows_;
  MemoryDisk::Rows::const_iterator begin_, end_, at_;
};

absl::StatusOr<std::string> Find(const MemoryDisk::Families& families, Family family,
                                 absl::string_view key) {
  const MemoryDisk::Rows& rows = families[static_cast<size_t>(family)];
  const auto found = rows.find(Std(key));
  if (found == rows.end()) return absl::NotFoundError("");
  return found->second;
}

}  // namespace

class MemorySnapshot final : public storage::Snapshot {
 public:
  MemorySnapshot(std::shared_ptr<const MemoryDisk::Families> families, std::shared_ptr<int> open)
      : families_(std::move(families)), open_(std::move(open)) {}

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    return Find(*families_, family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    std::vector<absl::StatusOr<std::string>> answers;
    for (const std::string& key : keys) answers.push_back(Get(family, key));
    return answers;
  }
  std::unique_ptr<storage::Cursor> NewCursor(Family family, absl::string_view begin,
                                             absl::string_view end) const override {
    return std::make_unique<MemoryCursor>(families_, family, begin, end);
  }

 private:
  const std::shared_ptr<const MemoryDisk::Families> families_;
  const std::shared_ptr<int> open_;  // Says that the snapshot is there.
};

class MemoryEngine final : public storage::Engine {
 public:
  explicit MemoryEngine(MemoryDisk& disk) : disk_(disk) {}

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    return NewSnapshot()->Get(family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    return NewSnapshot()->MultiGet(family, keys);
  }
  std::unique_ptr<storage::Snapshot> NewSnapshot() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::make_unique<MemorySnapshot>(disk_.families_, open_snapshots_);
  }

  absl::Status Commit(const storage::WriteSet& writes) override {
    if (closed_) return absl::FailedPreconditionError("the disk is closed");
    if (failed_) return absl::UnavailableError("the disk failed");
    if (writes.Empty()) return absl::OkStatus();
    if (disk_.is_full) {
      ++stats_.refused_for_space;
      return absl::ResourceExhaustedError("the disk is full");
    }
    if (disk_.commits_until_failure >= 0 && disk_.commits_until_failure-- == 0) {
      failed_ = true;
      return absl::UnavailableError("the disk failed");
    }
    // Always a copy: a reader that has just let go of the rows may still be seen, or not.
    auto families = std::make_shared<MemoryDisk::Families>(*disk_.families_);
    for (size_t i = 0; i < writes.Count(); ++i) {
      const storage::WriteSet::Write write = writes.At(i);
      MemoryDisk::Rows& rows = (*families)[static_cast<size_t>(write.family)];
      if (write.is_delete) {
        rows.erase(std::string(write.key));
      } else {
        rows.insert_or_assign(std::string(write.key), std::string(write.value));
      }
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      disk_.families_ = std::move(families);
    }
    ++stats_.commits;
    stats_.committed_bytes += writes.ByteSize();
    return absl::OkStatus();
  }

  uint64_t ApproximateBytes(Family family, absl::string_view begin,
                            absl::string_view end) const override {
    uint64_t bytes = 0;
    MemoryCursor cursor(disk_.families_, family, begin, end);
    for (; cursor.Valid(); cursor.Next()) bytes += cursor.key().size() + cursor.value().size();
    return bytes;
  }
  storage::EngineStats Stats() const override {
    storage::EngineStats stats = stats_;
    stats.failed = failed_;
    return stats;
  }
  absl::Status CompactRange(Family, absl::string_view, absl::string_view) override {
    return closed_ ? absl::FailedPreconditionError("the disk is closed") : absl::OkStatus();
  }
  absl::Status Close() override {
    if (open_snapshots_.use_count() > 1) {
      return absl::FailedPreconditionError("a snapshot is still in use");
    }
    closed_ = true;
    return absl::OkStatus();
  }

 private:
  mutable std::mutex mutex_;  // Guards which rows are the disk's.
  MemoryDisk& disk_;
  storage::EngineStats stats_;
  bool closed_ = false, failed_ = false;
  const std::shared_ptr<int> open_snapshots_ = std::make_shared<int>(0);
};

std::unique_ptr<storage::Engine> OpenMemoryEngine(MemoryDisk& disk) {
  return std::make_unique<MemoryEngine>(disk);
}

}  // namespace halfterm::testing
