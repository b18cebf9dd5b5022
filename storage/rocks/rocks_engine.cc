#include "storage/rocks/rocks_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/iterator.h>
#include <rocksdb/listener.h>
#include <rocksdb/metadata.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/utilities/backup_engine.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/rocks/backup_options.h"
#include "storage/rocks/rocks_engine_files.h"
#include "storage/rocks/rocks_errors.h"
#include "storage/rocks/rocks_options.h"
#include "storage/rocks/store_directory.h"
#include "storage/rocks/witness_files.h"

namespace halfterm::storage {
namespace {

using rocksdb::ColumnFamilyHandle;

rocksdb::Slice SliceOf(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
absl::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Hands every background error to the latch: 7.8 may try to go on after one, and we do not.
class ErrorListener final : public rocksdb::EventListener {
 public:
  explicit ErrorListener(std::shared_ptr<FailureLatch> latch) : latch_(std::move(latch)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    latch_->Fail(NameOf(reason), *error);
  }

 private:
  static absl::string_view NameOf(rocksdb::BackgroundErrorReason reason) {
    switch (reason) {
      case rocksdb::BackgroundErrorReason::kFlush:
      case rocksdb::BackgroundErrorReason::kFlushNoWAL:
        return "flushing rows to a table";
      case rocksdb::BackgroundErrorReason::kCompaction:
        return "compacting tables";
      case rocksdb::BackgroundErrorReason::kWriteCallback:
        return "committing";
      case rocksdb::BackgroundErrorReason::kMemTable:
        return "filling a memtable";
      case rocksdb::BackgroundErrorReason::kManifestWrite:
      case rocksdb::BackgroundErrorReason::kManifestWriteNoWAL:
        return "writing the list of tables";
    }
    return "working in the background";
  }

  const std::shared_ptr<FailureLatch> latch_;
};

// What a read needs of the engine that it goes to.
struct Reads {
  rocksdb::DB* db;
  const std::vector<ColumnFamilyHandle*>* families;
  const std::string* directory;
  FailureLatch* latch;

  ColumnFamilyHandle* HandleOf(Family family) const {
    return (*families)[static_cast<size_t>(family)];
  }

  // A disk that fails to read is not one to go on writing to: 7.8's compaction can lose rows then.
  absl::Status Failed(const rocksdb::Status& error) const {
    if (error.IsIOError()) latch->Fail("reading", error);
    return ReadError(*directory, error);
  }

  absl::StatusOr<std::string> Get(const rocksdb::ReadOptions& options, Family family,
                                  absl::string_view key) const {
    std::string value;
    const rocksdb::Status got = db->Get(options, HandleOf(family), SliceOf(key), &value);
    if (!got.ok()) return Failed(got);
    return value;
  }

  std::vector<absl::StatusOr<std::string>> MultiGet(const rocksdb::ReadOptions& options,
                                                    Family family,
                                                    absl::Span<const std::string> keys) const {
    std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> got(keys.size());
    db->MultiGet(options, HandleOf(family), keys.size(), slices.data(), values.data(), got.data());

    std::vector<absl::StatusOr<std::string>> answers;
    answers.reserve(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (got[i].ok()) {
        answers.emplace_back(std::string(values[i].data(), values[i].size()));
      } else {
        answers.emplace_back(Failed(got[i]));
      }
    }
    return answers;
  }
};

class RocksCursor final : public Cursor {
 public:
  RocksCursor(const Reads& reads, const rocksdb::Snapshot* snapshot, Family family,
              absl::string_view begin, absl::string_view end)
      : reads_(reads), begin_(begin), end_(end) {
    if (!end.empty() && end < begin) end_ = begin_;
    begin_slice_ = begin_;
    end_slice_ = end_;
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.iterate_lower_bound = &begin_slice_;
    if (!end.empty()) options.iterate_upper_bound = &end_slice_;
    // Nobody writes deletions of ranges. Looking for them, 7.8 loses the error of a table that it
    // cannot read in the midst of a walk, and goes on behind that table's rows.
    options.ignore_range_deletions = true;
    rows_.reset(reads.db->NewIterator(options, reads.HandleOf(family)));
    rows_->SeekToFirst();
  }

  void Seek(absl::string_view key) override { rows_->Seek(SliceOf(key)); }
  bool Valid() const override { return rows_->Valid(); }
  void Next() override { rows_->Next(); }
  absl::string_view key() const override { return ViewOf(rows_->key()); }
  absl::string_view value() const override { return ViewOf(rows_->value()); }
  absl::Status status() const override {
    const rocksdb::Status status = rows_->status();
    return status.ok() ? absl::OkStatus() : reads_.Failed(status);
  }

 private:
  const Reads reads_;
  // The iterator keeps pointers to the slices, and they to the strings.
  std::string begin_, end_;
  rocksdb::Slice begin_slice_, end_slice_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(const Reads& reads) : reads_(reads) {
    options_.snapshot = reads_.db->GetSnapshot();
  }
  ~RocksSnapshot() override { reads_.db->ReleaseSnapshot(options_.snapshot); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    return reads_.Get(options_, family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    return reads_.MultiGet(options_, family, keys);
  }
  std::unique_ptr<Cursor> NewCursor(Family family, absl::string_view begin,
                                    absl::string_view end) const override {
    return std::make_unique<RocksCursor>(reads_, options_.snapshot, family, begin, end);
  }

 private:
  const Reads reads_;
  rocksdb::ReadOptions options_;
};

class RocksEngine final : public Engine {
 public:
  // `files` is null where nothing is written.
  RocksEngine(const RocksEngineOptions& options, std::unique_ptr<WitnessFiles> files,
              std::shared_ptr<FailureLatch> latch, std::shared_ptr<rocksdb::Cache> block_cache,
              std::unique_ptr<rocksdb::DB> db, std::vector<ColumnFamilyHandle*> families,
              std::shared_ptr<rocksdb::Env> env = nullptr)
      : env_(std::move(env)),
        options_(options),
        files_(std::move(files)),
        latch_(std::move(latch)),
        block_cache_(std::move(block_cache)),
        db_(std::move(db)),
        families_(std::move(families)) {}
  ~RocksEngine() override {
    const absl::Status closed = Close();
    assert(closed.code() != absl::StatusCode::kFailedPrecondition && "a snapshot is still there");
  }

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    return AllReads().Get({}, family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    return AllReads().MultiGet({}, family, keys);
  }
  std::unique_ptr<Snapshot> NewSnapshot() const override {
    return std::make_unique<RocksSnapshot>(AllReads());
  }

  absl::Status Commit(const WriteSet& writes) override;
  uint64_t ApproximateBytes(Family family, absl::string_view begin,
                            absl::string_view end) const override;
  EngineStats Stats() const override;
  absl::Status CompactRange(Family family, absl::string_view begin, absl::string_view end) override;
  absl::StatusOr<uint32_t> BackUpTo(const std::string& folder) override;
  absl::Status Close() override;

 private:
  Reads AllReads() const {
    assert(db_ != nullptr && "the engine is closed");
    return {db_.get(), &families_, &options_.directory, latch_.get()};
  }
  ColumnFamilyHandle* HandleOf(Family family) const { return AllReads().HandleOf(family); }
  absl::Status CheckRoomFor(const WriteSet& writes);
  rocksdb::Status AddToBatch(const WriteSet::Write& write);

  const std::shared_ptr<rocksdb::Env> env_;  // Outlives the database; null: the system's.
  const RocksEngineOptions options_;
  const std::unique_ptr<WitnessFiles> files_;
  const std::shared_ptr<FailureLatch> latch_;
  const std::shared_ptr<rocksdb::Cache> block_cache_;
  std::unique_ptr<rocksdb::DB> db_;            // Null once closed.
  std::vector<ColumnFamilyHandle*> families_;  // By number of the family; the last is "default".

  // Kept from commit to commit for its memory. The checksum of each row goes with it from here to
  // the memtable, so that a bit that flips in memory is a failed commit and not a wrong row.
  rocksdb::WriteBatch batch_{/*reserved_bytes=*/0, /*max_bytes=*/0, /*protection_bytes_per_key=*/8,
                             /*default_cf_ts_sz=*/0};
  std::vector<WriteSet::Write> feed_;  // Of one commit; kept for its memory too.

  std::atomic<uint64_t> commits_{0};
  std::atomic<uint64_t> committed_bytes_{0};
  std::atomic<uint64_t> refused_for_space_{0};
};

absl::Status RocksEngine::Commit(const WriteSet& writes) {
  if (db_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  if (absl::Status failed = latch_->status(); !failed.ok()) return failed;
  if (writes.Empty()) return absl::OkStatus();
  if (absl::Status room = CheckRoomFor(writes); !room.ok()) return room;

  // The committer's thread also reads between its commits; nobody reads RocksDB's counters of it,
  // and they cost a look-up for every two keys that are compared.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);

  batch_.Clear();
  feed_.clear();
  rocksdb::Status added;
  for (size_t i = 0; i < writes.Count() && added.ok(); ++i) {
    const WriteSet::Write write = writes.At(i);
    if (write.family == Family::kFeed) {
      feed_.push_back(write);
    } else {
      added = AddToBatch(write);
    }
  }
  // Feed rows come record by record and lie scope by scope. In the order of their keys most follow
  // the row before them, and the memtable need not search.
  std::stable_sort(
      feed_.begin(), feed_.end(),
      [](const WriteSet::Write& a, const WriteSet::Write& b) { return a.key < b.key; });
  for (size_t i = 0; i < feed_.size() && added.ok(); ++i) added = AddToBatch(feed_[i]);
  if (!added.ok()) return absl::InternalError(added.ToString());

  rocksdb::WriteOptions durable;
  durable.sync = true;  // An edit that we acknowledge is deleted from its tablet.
  if (const rocksdb::Status written = db_->Write(durable, &batch_); !written.ok()) {
    latch_->Fail("committing", written);
    return latch_->status();
  }
  ++commits_;
  committed_bytes_ += writes.ByteSize();
  return absl::OkStatus();
}

rocksdb::Status RocksEngine::AddToBatch(const WriteSet::Write& write) {
  ColumnFamilyHandle* const family = HandleOf(write.family);
  if (write.is_delete) return batch_.Delete(family, SliceOf(write.key));
  return batch_.Put(family, SliceOf(write.key), SliceOf(write.value));
}

// Before anything is written: RocksDB recovers from a full disk only by being opened again, and has
// been seen to abort.
absl::Status RocksEngine::CheckRoomFor(const WriteSet& writes) {
  const absl::StatusOr<uint64_t> free_bytes = options_.free_bytes();
  if (!free_bytes.ok()) return free_bytes.status();
  if (*free_bytes >= writes.ByteSize() &&
      *free_bytes - writes.ByteSize() >= options_.low_space_bytes) {
    return absl::OkStatus();
  }
  ++refused_for_space_;
  return absl::ResourceExhaustedError(absl::StrCat(
      "The disk under ", options_.directory, " has ", *free_bytes >> 20,
      " MiB left, and commits stop below ", options_.low_space_bytes >> 20,
      " MiB. Nothing was written and nothing is lost: tablets keep their work and send it again. "
      "Free some space, or move the store to a larger disk; no restart is needed."));
}

uint64_t RocksEngine::ApproximateBytes(Family family, absl::string_view begin,
                                       absl::string_view end) const {
  // RocksDB wants an end; no key of ours is as long as this one.
  static const std::string* const kPastAllKeys = new std::string(256, '\xFF');
  if (end.empty()) end = *kPastAllKeys;
  if (end <= begin) return 0;
  const rocksdb::Range range(SliceOf(begin), SliceOf(end));
  rocksdb::SizeApproximationOptions with;
  with.include_memtables = true;
  with.include_files = true;
  uint64_t bytes = 0;
  const rocksdb::Status sized = db_->GetApproximateSizes(with, HandleOf(family), &range, 1, &bytes);
  return sized.ok() ? bytes : 0;
}

EngineStats RocksEngine::Stats() const {
  EngineStats stats;
  stats.commits = commits_;
  stats.committed_bytes = committed_bytes_;
  stats.refused_for_space = refused_for_space_;
  stats.failed = !latch_->status().ok();
  if (const absl::StatusOr<uint64_t> free_bytes = options_.free_bytes(); free_bytes.ok()) {
    stats.free_bytes = *free_bytes;
  }
  if (db_ == nullptr) return stats;

  stats.block_cache_bytes = block_cache_->GetUsage();
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables,
                                &stats.memtable_bytes);
  for (const Family family : kFamilies) {
    rocksdb::ColumnFamilyMetaData tables;
    db_->GetColumnFamilyMetaData(HandleOf(family), &tables);
    stats.table_bytes += tables.size;
    stats.table_files += tables.file_count;
  }
  std::map<std::string, std::string> counters;
  if (db_->GetMapProperty(rocksdb::DB::Properties::kDBStats, &counters)) {
    stats.stall_micros = std::strtoull(counters["db.user_write_stall_micros"].c_str(), nullptr, 10);
  }
  return stats;
}

absl::Status RocksEngine::CompactRange(Family family, absl::string_view begin,
                                       absl::string_view end) {
  if (db_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  // What was deleted still stands in the write-ahead logs, until all families have left them.
  if (const rocksdb::Status flushed = db_->Flush({}, families_); !flushed.ok()) {
    return AllReads().Failed(flushed);
  }
  const rocksdb::Slice first = SliceOf(begin);
  const rocksdb::Slice past = SliceOf(end);
  rocksdb::CompactRangeOptions options;
  // Else the lowest level, where most rows lie, is left as it is.
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Status compacted = db_->CompactRange(
      options, HandleOf(family), begin.empty() ? nullptr : &first, end.empty() ? nullptr : &past);
  return compacted.ok() ? absl::OkStatus() : AllReads().Failed(compacted);
}

absl::StatusOr<uint32_t> RocksEngine::BackUpTo(const std::string& folder) {
  if (db_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  const auto failed = [&](const rocksdb::Status& error) {
    return error.IsNoSpace() ? absl::ResourceExhaustedError(absl::StrCat(
                                   "the disk under ", folder, " is full; nothing was kept there"))
                             : absl::UnavailableError(absl::StrCat("cannot back up to ", folder,
                                                                   ": ", error.ToString()));
  };
  rocksdb::BackupEngine* opened = nullptr;
  if (const rocksdb::IOStatus status =
          rocksdb::BackupEngine::Open(BackupOptions(folder), rocksdb::Env::Default(), &opened);
      !status.ok()) {
    return failed(status);
  }
  const std::unique_ptr<rocksdb::BackupEngine> backups(opened);
  // What a backup that was interrupted left behind.
  if (const rocksdb::IOStatus status = backups->GarbageCollect(); !status.ok()) {
    return failed(status);
  }
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  rocksdb::BackupID generation = 0;
  if (const rocksdb::IOStatus status = backups->CreateNewBackup(options, db_.get(), &generation);
      !status.ok()) {
    backups->GarbageCollect().PermitUncheckedError();
    return failed(status);
  }
  return generation;
}

absl::Status RocksEngine::Close() {
  if (db_ == nullptr) return absl::OkStatus();
  uint64_t snapshots = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kNumSnapshots, &snapshots);
  if (snapshots != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(snapshots, " snapshots of the store are still in use."));
  }
  for (ColumnFamilyHandle* const family : families_) db_->DestroyColumnFamilyHandle(family);
  families_.clear();
  const rocksdb::Status closed = db_->Close();
  db_.reset();
  if (!closed.ok()) return ReadError(options_.directory, closed);
  if (files_ == nullptr) return absl::OkStatus();
  // After a failure the logs may hold what no disk has. Where it cannot be written down how long
  // they are, nothing is lost but that.
  if (latch_->status().ok()) files_->StoreIsClosed(options_.directory).IgnoreError();
  return absl::OkStatus();
}

// A server that works at the store changes it seldom: when a memtable is full.
constexpr int kLooksAtMost = 50;

// Which list of files counts in the directory, and how long it is: it changes before a file that it
// named is deleted. What cannot be read is empty.
std::pair<std::string, uint64_t> ManifestOf(rocksdb::Env& env, const std::string& directory) {
  std::pair<std::string, uint64_t> manifest;
  if (!rocksdb::ReadFileToString(&env, directory + "/CURRENT", &manifest.first).ok()) return {};
  const absl::string_view name = absl::StripTrailingAsciiWhitespace(manifest.first);
  if (!env.GetFileSize(absl::StrCat(directory, "/", name), &manifest.second).ok()) return {};
  return manifest;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksReadOnly(const std::string& directory,
                                                          std::shared_ptr<rocksdb::Env> env) {
  RocksEngineOptions options;
  options.directory = directory;
  options.may_create = false;
  options.block_cache_bytes = size_t{16} << 20;
  options.free_bytes = [] { return absl::StatusOr<uint64_t>(0); };
  auto latch = std::make_shared<FailureLatch>(directory, nullptr);
  std::shared_ptr<rocksdb::Cache> block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  rocksdb::DBOptions database =
      DatabaseOptions(options, std::make_shared<ErrorListener>(latch), /*read_only=*/true);
  if (env != nullptr) database.env = env.get();
  rocksdb::DB* db = nullptr;
  std::vector<ColumnFamilyHandle*> families;
  rocksdb::Status opened;
  for (int looks = 1;; ++looks) {
    const std::pair<std::string, uint64_t> before = ManifestOf(*database.env, directory);
    opened = rocksdb::DB::OpenForReadOnly(database, directory, FamilyOptions(options, block_cache),
                                          &families, &db);
    if (ManifestOf(*database.env, directory) == before) break;
    // What was read of it names files that may be gone, or lacks a log that was filed and deleted.
    for (ColumnFamilyHandle* const family : families) db->DestroyColumnFamilyHandle(family);
    families.clear();
    delete std::exchange(db, nullptr);
    if (looks == kLooksAtMost) {
      return absl::UnavailableError(absl::StrCat(
          "The server that works at ", directory,
          " changes its files faster than they can be read. Try again, or stop it first."));
    }
  }
  if (!opened.ok()) return OpenError(directory, opened);
  return std::make_unique<RocksEngine>(options, /*files=*/nullptr, std::move(latch),
                                       std::move(block_cache), std::unique_ptr<rocksdb::DB>(db),
                                       std::move(families), std::move(env));
}

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksEngine(const RocksEngineOptions& asked) {
  RocksEngineOptions options = asked;
  if (!options.free_bytes) {
    options.free_bytes = [directory = options.directory] { return FreeBytesUnder(directory); };
  }
  if (absl::Status prepared = PrepareDirectory(options); !prepared.ok()) return prepared;

  auto latch = std::make_shared<FailureLatch>(options.directory, options.on_fatal);
  rocksdb::LRUCacheOptions cache_options;
  cache_options.capacity = options.block_cache_bytes;
  cache_options.strict_capacity_limit = false;  // Else a full cache fails reads.
  std::shared_ptr<rocksdb::Cache> block_cache = rocksdb::NewLRUCache(cache_options);

  auto files = std::make_unique<WitnessFiles>(options.env);
  options.env = files->env();
  rocksdb::DB* db = nullptr;
  std::vector<ColumnFamilyHandle*> families;
  const rocksdb::Status opened =
      rocksdb::DB::Open(DatabaseOptions(options, std::make_shared<ErrorListener>(latch)),
                        options.directory, FamilyOptions(options, block_cache), &families, &db);
  if (!opened.ok()) return OpenError(options.directory, opened);
  return std::make_unique<RocksEngine>(options, std::move(files), std::move(latch),
                                       std::move(block_cache), std::unique_ptr<rocksdb::DB>(db),
                                       std::move(families));
}

}  // namespace halfterm::storage
