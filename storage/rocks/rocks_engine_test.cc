// Shows that the RocksDB engine is an engine, and that it says so whenever it cannot keep the
// promise: a full or failing disk, a second process, a newer version.

#include "storage/rocks/rocks_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/engine_conformance.h"
#include "storage/rocks/rocks_engine_files.h"
#include "storage/rocks/rocks_errors.h"
#include "tests/support/engine_rows.h"
#include "tests/support/rocks_store.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RocksUnderTest final : public EngineUnderTest {
 public:
  // A small memtable sends the rows of even a short test through tables and compactions.
  explicit RocksUnderTest(size_t memtable_bytes) : memtable_bytes_(memtable_bytes) {}

  std::unique_ptr<Engine> Open() override {
    RocksEngineOptions options;
    options.directory = directory_.Path("store");
    options.memtable_bytes = memtable_bytes_;
    options.low_space_bytes = 1000;
    options.free_bytes = [this]() -> absl::StatusOr<uint64_t> { return is_full_ ? 999 : 1 << 30; };
    auto engine = OpenRocksEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  void SetDiskFull(bool is_full) override { is_full_ = is_full; }

 private:
  const size_t memtable_bytes_;
  const testing::TemporaryDirectory directory_;
  std::atomic<bool> is_full_{false};
};

INSTANTIATE_TEST_SUITE_P(
    Rocks, EngineConformanceTest,
    ::testing::Values(
        EngineKind{"InMemtables", [] { return std::make_unique<RocksUnderTest>(24 << 20); }},
        EngineKind{"ThroughTables", [] { return std::make_unique<RocksUnderTest>(64 << 10); }}),
    NameOfEngine);

class RocksEngineTest : public testing::RocksStoreTest {};

std::string Padded(uint64_t number) { return std::to_string(1'000'000 + number); }

TEST_F(RocksEngineTest, AStoreIsOpenOnce) {
  const auto first = Opened();
  CommitRows(*first, 1, 10);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto second = OpenRocksEngine(Options());
    EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
    EXPECT_THAT(second.status().message(), HasSubstr("has it open"));
  }
  CommitRows(*first, 2, 10);
}

// Whoever looks at a store while its server works at it sees it as it was at one moment, though
// files that it was about to read are filed away and deleted meanwhile.
TEST_F(RocksEngineTest, AStoreThatIsBeingWrittenIsReadAsItWasAtOneMoment) {
  RocksEngineOptions options = Options();
  options.memtable_bytes = 1 << 20;  // A flush every few hundred commits, and compactions.
  const auto server = OpenedWith(options);
  std::atomic<uint64_t> committed{0};
  std::atomic<bool> is_over{false};
  std::thread writing([&] {
    while (!is_over) {
      const uint64_t number = committed + 1;
      WriteSet writes;
      writes.Put(Family::kLog, Padded(number), std::string(1500, 'x'));
      writes.Put(Family::kMeta, "newest", Padded(number));
      if (!server->Commit(writes).ok()) break;
      committed = number;
    }
  });
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    const uint64_t at_least = committed;
    const auto reader = OpenRocksReadOnly(options.directory, nullptr);
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) break;
    const auto newest = (*reader)->Get(Family::kMeta, "newest");
    const auto rows = testing::RowsOf(**reader, Family::kLog);
    EXPECT_GE(rows.size(), at_least);
    EXPECT_EQ(rows.empty() ? "" : rows.rbegin()->first, newest.value_or(""));
    EXPECT_EQ(Padded(rows.size()), newest.value_or(Padded(0)));
  }
  is_over = true;
  writing.join();
}

TEST_F(RocksEngineTest, ANewerVersionsStoreIsLeftAlone) {
  Opened().reset();
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family family : kFamilies) {
    families.emplace_back(std::string(FamilyName(family)), rocksdb::ColumnFamilyOptions());
  }
  families.emplace_back("default", rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open({}, Options().directory, families, &handles, &db).ok());
  handles.emplace_back();
  ASSERT_TRUE(db->CreateColumnFamily({}, "photographs", &handles.back()).ok());
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;

  const auto refused = OpenRocksEngine(Options());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_THAT(refused.status().message(), HasSubstr("newer version"));
}

// A server whose disk is not mounted must not come up empty.
TEST_F(RocksEngineTest, NoStoreIsMadeWhereOneIsExpected) {
  RocksEngineOptions options = Options();
  options.may_create = false;
  EXPECT_TRUE(absl::IsNotFound(OpenRocksEngine(options).status()));
  EXPECT_FALSE(fs::exists(options.directory));
  fs::create_directory(options.directory);
  EXPECT_TRUE(absl::IsNotFound(OpenRocksEngine(options).status()));
  EXPECT_TRUE(fs::is_empty(options.directory));
  Opened().reset();
  EXPECT_TRUE(OpenRocksEngine(options).ok());
}

TEST_F(RocksEngineTest, ANewDirectoryIsForItsOwnerAlone) {
  RocksEngineOptions options = Options();
  options.directory = directory_.Path("var/lib/store/");
  ASSERT_TRUE(OpenRocksEngine(options).ok());
  struct stat made;
  ASSERT_EQ(stat(options.directory.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777, 0700u);
}

TEST_F(RocksEngineTest, ADirectoryThatCannotBeMadeIsNamed) {
  RocksEngineOptions options = Options();
  WriteBytes(directory_.Path("file"), "in the way");
  options.directory = directory_.Path("file/store");
  const auto refused = OpenRocksEngine(options);
  EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
  EXPECT_THAT(refused.status().message(), HasSubstr(options.directory));
}

TEST_F(RocksEngineTest, TheLowSpaceMarkIsComparedWithTheRealDisk) {
  RocksEngineOptions options = Options();
  options.low_space_bytes = std::numeric_limits<uint64_t>::max() - (uint64_t{1} << 40);
  auto engine = OpenedWith(options);
  const auto files_before = FilesOf(".log");
  const uint64_t bytes_before = fs::file_size(LongestLog());
  const absl::Status refused = engine->Commit(PutOf(Family::kState, {{"a", "1"}}));
  ASSERT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_THAT(refused.message(), HasSubstr(options.directory));
  EXPECT_THAT(refused.message(), HasSubstr("Free some space"));
  EXPECT_EQ(FilesOf(".log"), files_before);
  EXPECT_EQ(fs::file_size(LongestLog()), bytes_before);
  EXPECT_GT(engine->Stats().free_bytes, 0u);
  engine.reset();

  options.low_space_bytes = 1;
  EXPECT_TRUE(OpenedWith(options)->Commit(PutOf(Family::kState, {{"a", "1"}})).ok());
}

// Files of this process may grow to `bytes`, as on a disk that fills up inside of RocksDB's write;
// past that, writes fail while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_before_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limited{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_before_);
  }

 private:
  rlimit before_{};
  void (*handler_before_)(int);
};

TEST_F(RocksEngineTest, AfterAFailedWriteNothingIsCommittedAnyMore) {
  RocksEngineOptions options = Options();
  std::vector<absl::Status> told;
  options.on_fatal = [&](const absl::Status& why) { told.push_back(why); };
  auto engine = OpenedWith(options);
  CommitRows(*engine, 20, 400);
  {
    const FileSizeLimit limit(fs::file_size(LongestLog()) + 100);
    const absl::Status failed =
        engine->Commit(PutOf(Family::kLog, {{"row", std::string(400, 'y')}}));
    EXPECT_TRUE(absl::IsUnavailable(failed)) << failed;
  }
  // The disk is well again, and still: what RocksDB has in memory may not be what is on disk.
  for (int i = 0; i < 5; ++i) {
    const absl::Status refused = engine->Commit(PutOf(Family::kLog, {{"later", "z"}}));
    EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
    EXPECT_THAT(refused.message(), HasSubstr(options.directory));
  }
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(told.front()));
  EXPECT_TRUE(engine->Stats().failed);
  EXPECT_EQ(ValueOf(engine->Get(Family::kLog, KeyOf(19))), std::string(400, 'x')) << "reads go on";

  engine.reset();
  engine = OpenedWith(options);
  ASSERT_NE(engine, nullptr);
  EXPECT_FALSE(engine->Stats().failed);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ValueOf(engine->Get(Family::kLog, KeyOf(i))), std::string(400, 'x'));
  }
  EXPECT_EQ(ValueOf(engine->Get(Family::kLog, "later")), "(none)");
  CommitRows(*engine, 25, 400);
}

TEST(FailureLatchTest, TheFirstFailureStaysAndIsToldOnce) {
  int told = 0;
  FailureLatch latch("/srv/store", [&](const absl::Status&) { ++told; });
  EXPECT_TRUE(latch.status().ok());
  latch.Fail("flushing", rocksdb::Status::IOError("first"));
  latch.Fail("committing", rocksdb::Status::Corruption("second"));
  EXPECT_TRUE(absl::IsUnavailable(latch.status())) << latch.status();
  EXPECT_THAT(latch.status().message(), AllOf(HasSubstr("/srv/store"), HasSubstr("flushing"),
                                              HasSubstr("first"), Not(HasSubstr("second"))));
  EXPECT_EQ(told, 1);
}

// Erasure is told that the words are gone, not that nobody can see them.
TEST_F(RocksEngineTest, CompactingAfterADeleteLeavesNoByteOfIt) {
  const std::string canary = "a sentence that the school had erased";
  const auto files_with_canary = [&] {
    int files = 0;
    for (const auto& file : fs::directory_iterator(Options().directory)) {
      files += BytesOf(file.path()).find(canary) != std::string::npos ? 1 : 0;
    }
    return files;
  };
  auto engine = Opened();
  WriteSet writes = PutOf(Family::kState, {{"record", canary}, {"other", "kept"}});
  writes.Put(Family::kLog, "group", canary);
  ASSERT_TRUE(engine->Commit(writes).ok());
  EXPECT_GT(files_with_canary(), 0);

  writes.Clear();
  writes.Delete(Family::kState, "record");
  writes.Delete(Family::kLog, "group");
  writes.Put(Family::kMeta, "head", "2");  // Stays in the same write-ahead log as the words.
  ASSERT_TRUE(engine->Commit(writes).ok());
  ASSERT_TRUE(engine->CompactRange(Family::kState, "record", "record!").ok());
  ASSERT_TRUE(engine->CompactRange(Family::kLog, "group", "group!").ok());
  ASSERT_TRUE(engine->Close().ok());  // Waits for the files to be deleted.
  EXPECT_EQ(files_with_canary(), 0);
  EXPECT_EQ(RowsOf(*Opened(), Family::kState), (Rows{{"other", "kept"}}));
}

TEST_F(RocksEngineTest, StatsSayWhereTheBytesAre) {
  auto engine = Opened();
  CommitRows(*engine, 100, 1000);
  EXPECT_EQ(engine->Stats().commits, 100u);
  EXPECT_EQ(engine->Stats().committed_bytes, 100u * 1006);
  EXPECT_GT(engine->Stats().memtable_bytes, 100'000u);
  EXPECT_EQ(engine->Stats().table_files, 0u);
  EXPECT_GT(engine->ApproximateBytes(Family::kLog, {}, {}), 50'000u) << "not in a table yet";
  ASSERT_TRUE(engine->CompactRange(Family::kLog, {}, {}).ok());
  EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 100u);
  EXPECT_EQ(engine->Stats().table_files, 1u);
  EXPECT_GT(engine->Stats().table_bytes, 0u);
  EXPECT_GT(engine->Stats().block_cache_bytes, 0u);
}

}  // namespace
}  // namespace halfterm::storage
