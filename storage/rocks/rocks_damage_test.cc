// Shows that a store whose files were damaged or went missing is told from one that a power cut
// left with an unfinished end: the first does not open, or says so where it is read; the second
// opens.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "storage/rocks/rocks_engine.h"
#include "storage/rocks/witness.h"
#include "tests/support/engine_rows.h"
#include "tests/support/rocks_store.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::PutOf;
using testing::RowsOf;
using testing::TemporaryDirectory;

class RocksDamageTest : public testing::RocksStoreTest {
 protected:
  // A store of so many rows, as a machine that stopped would leave it.
  std::unique_ptr<TemporaryDirectory> CopiedWhileOpen(int rows) const {
    auto copied = std::make_unique<TemporaryDirectory>();
    const auto engine = Opened();
    CommitRows(*engine, rows, 400);
    fs::copy(Options().directory, copied->Path("store"));
    return copied;
  }
  void CopyBack(const TemporaryDirectory& copied) const {
    fs::remove_all(Options().directory);
    fs::copy(copied.Path("store"), Options().directory);
  }

  fs::path ManifestInUse() const {
    const std::string name = BytesOf(Options().directory + "/CURRENT");
    return fs::path(Options().directory) / name.substr(0, name.size() - 1);
  }

  // Rows 0 .. 299 in three tables of one level, a hundred each; the store is closed.
  void MakeThreeTables() const {
    const auto engine = Opened();
    for (int i = 0; i < 300; i += 100) {
      WriteSet writes;
      for (int row = i; row < i + 100; ++row) {
        writes.Put(Family::kLog, KeyOf(row), std::string(400, 'x'));
      }
      ASSERT_TRUE(engine->Commit(writes).ok());
      ASSERT_TRUE(engine->CompactRange(Family::kLog, KeyOf(i), {}).ok());
    }
    ASSERT_EQ(FilesOf(".sst").size(), 3u);
  }
};

// RocksDB's default would open here with half of the rows, and say nothing.
TEST_F(RocksDamageTest, ADamagedLogDoesNotOpen) {
  CommitRows(*Opened(), 200, 400);
  const fs::path log = LongestLog();
  const std::string whole = BytesOf(log);
  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x10);
  WriteBytes(log, damaged);

  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto refused = OpenRocksEngine(Options());
    ASSERT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
    EXPECT_THAT(refused.status().message(), HasSubstr(Options().directory));
    EXPECT_THAT(refused.status().message(), HasSubstr("halfterm doctor"));
  }
  // "Nothing was changed": with the byte put right, everything is there.
  WriteBytes(log, whole);
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 200u);
}

// What a power cut leaves: the last commit half written, and never acknowledged.
TEST_F(RocksDamageTest, AnUnfinishedLastCommitIsLeftOutAndNothingElse) {
  const auto copied = CopiedWhileOpen(20);
  const std::string name = LongestLog().filename().string();
  const std::string whole = BytesOf(LongestLog());
  for (size_t cut = 1; cut < 400; cut += 7) {
    SCOPED_TRACE(cut);
    CopyBack(*copied);
    WriteBytes(fs::path(Options().directory) / name, whole.substr(0, whole.size() - cut));
    const auto engine = Opened();
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 19u);
    EXPECT_TRUE(absl::IsNotFound(engine->Get(Family::kLog, KeyOf(19)).status()));
  }
}

// And of its pages the disk may have got to any.
TEST_F(RocksDamageTest, AHoleInAnUnfinishedLastCommitLeavesItOutAndNothingElse) {
  const auto copied = CopiedWhileOpen(20);
  const fs::path log = LongestLog();
  const std::string whole = BytesOf(log);
  std::mt19937_64 random(testing::TestSeed());
  for (size_t at = whole.size() - 400; at < whole.size() - 50; at += 1 + random() % 50) {
    SCOPED_TRACE(at);
    CopyBack(*copied);
    std::string torn = whole;
    for (size_t i = at; i < at + 50; ++i) torn[i] = static_cast<char>(random());
    WriteBytes(log, torn);
    for (int times = 0; times < 2; ++times) {
      auto engine = Opened();
      ASSERT_NE(engine, nullptr);
      ASSERT_EQ(RowsOf(*engine, Family::kLog).size(), 19u + static_cast<size_t>(times));
      ASSERT_TRUE(engine->Commit(PutOf(Family::kLog, {{"later", "x"}})).ok());
    }
  }
}

// What is in a log is on the disk before the next one is begun.
TEST_F(RocksDamageTest, ALogThatLostItsEndBeforeAnotherLogDoesNotOpen) {
  const auto copied = CopiedWhileOpen(20);
  const fs::path log = LongestLog();
  const std::string whole = BytesOf(log);
  const fs::path later = Options().directory + "/900000.log";
  for (const size_t cut : {10u, 300u, 4000u}) {
    CopyBack(*copied);
    WriteBytes(log, whole.substr(0, whole.size() - cut));
    WriteBytes(later, whole);
    const absl::Status refused = OpenRocksEngine(Options()).status();
    ASSERT_TRUE(absl::IsDataLoss(refused)) << refused;
    EXPECT_THAT(refused.message(), HasSubstr(log.filename().string() + " lost its end"));
    EXPECT_EQ(fs::file_size(log), whole.size() - cut) << "nothing was changed";
  }
}

// An unfinished commit and a log that lost its end look alike. That nobody used the store tells.
TEST_F(RocksDamageTest, ALogThatLostItsEndWhileNobodyUsedItDoesNotOpen) {
  CommitRows(*Opened(), 20, 400);
  const fs::path log = LongestLog();
  const std::string whole = BytesOf(log);
  for (size_t bytes = 0; bytes < whole.size(); bytes += 1 + bytes % 400) {
    SCOPED_TRACE(bytes);
    std::string zeroed = whole.substr(0, bytes);
    WriteBytes(log, zeroed);
    EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
    zeroed.resize(whole.size());
    WriteBytes(log, zeroed);
    EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
  }
  fs::remove(log);
  EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
  WriteBytes(log, whole);
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 20u);
}

// RocksDB opens most of these without the tables that were added since, and deletes their files.
TEST_F(RocksDamageTest, AManifestThatLostItsEndDoesNotOpen) {
  ASSERT_NO_FATAL_FAILURE(MakeThreeTables());
  const fs::path manifest = ManifestInUse();
  const std::string whole = BytesOf(manifest);
  for (size_t bytes = 0; bytes < whole.size(); bytes += 7) {
    SCOPED_TRACE(bytes);
    std::string ended = whole.substr(0, bytes);
    WriteBytes(manifest, ended);
    EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
    ended.resize(whole.size());
    WriteBytes(manifest, ended);
    EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
  }
  ASSERT_EQ(FilesOf(".sst").size(), 3u) << "nothing was changed";
  WriteBytes(manifest, whole);
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 300u);
}

// Nothing builds on an entry of a MANIFEST before its witness has it: a power cut may leave
// anything in its place.
TEST_F(RocksDamageTest, AnUnfinishedEntryOfAManifestIsLeftOutAndNothingElse) {
  const auto copied = CopiedWhileOpen(20);
  const fs::path manifest = ManifestInUse();
  const std::string whole = BytesOf(manifest);
  std::mt19937_64 random(testing::TestSeed());
  for (size_t bytes = 1; bytes < 300; bytes += 1 + bytes % 40) {
    SCOPED_TRACE(bytes);
    CopyBack(*copied);
    std::string rest(bytes, '\0');
    for (char& byte : rest) byte = static_cast<char>(random());
    WriteBytes(manifest, whole + rest);
    const auto engine = Opened();
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 20u);
  }
}

// A version before this one wrote it; or somebody took the file for a stray one.
TEST_F(RocksDamageTest, AStoreWithoutAWitnessOpensAndHasOneFromThenOn) {
  CommitRows(*Opened(), 5, 10);
  for (const fs::path& witness : FilesOf("", "WITNESS-")) fs::remove(witness);
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 5u);
  const fs::path manifest = ManifestInUse();
  WriteBytes(manifest, BytesOf(manifest).substr(0, fs::file_size(manifest) - 20));
  EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
}

TEST_F(RocksDamageTest, AWitnessGoesWithItsManifest) {
  for (int times = 0; times < 4; ++times) Opened().reset();
  ASSERT_EQ(FilesOf("", "WITNESS-").size(), 1u);
  EXPECT_EQ(FilesOf("", "WITNESS-").front().filename(),
            WitnessNameOf(ManifestInUse().filename().string()));
}

TEST_F(RocksDamageTest, ADamagedWitnessIsToldWithTheNameOfItsFile) {
  CommitRows(*Opened(), 5, 10);
  const fs::path witness = FilesOf("", "WITNESS-").front();
  std::string bytes = BytesOf(witness);
  bytes[3] = static_cast<char>(bytes[3] ^ 1);
  WriteBytes(witness, bytes);
  const absl::Status refused = OpenRocksEngine(Options()).status();
  ASSERT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_THAT(refused.message(), HasSubstr(witness.filename().string()));
  EXPECT_THAT(refused.message(), HasSubstr("holds no rows"));
}

// RocksDB would take the directory for a new one, and delete what it does not know.
TEST_F(RocksDamageTest, AStoreWithoutItsCurrentFileIsNotTakenForANewOne) {
  CommitRows(*Opened(), 5, 10);
  const std::string current = Options().directory + "/CURRENT";
  fs::rename(current, directory_.Path("CURRENT"));
  EXPECT_TRUE(absl::IsDataLoss(OpenRocksEngine(Options()).status()));
  fs::rename(directory_.Path("CURRENT"), current);
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 5u);
}

TEST_F(RocksDamageTest, AMissingTableDoesNotOpen) {
  auto engine = Opened();
  CommitRows(*engine, 5, 10);
  ASSERT_TRUE(engine->CompactRange(Family::kLog, {}, {}).ok());
  engine.reset();
  ASSERT_FALSE(FilesOf(".sst").empty());
  fs::remove(FilesOf(".sst").front());
  const auto refused = OpenRocksEngine(Options());
  EXPECT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
}

TEST_F(RocksDamageTest, ADamagedTableIsDataLossForItsRowsOnly) {
  auto engine = Opened();
  CommitRows(*engine, 200, 400);
  ASSERT_TRUE(engine->CompactRange(Family::kLog, {}, {}).ok());
  ASSERT_TRUE(engine->Commit(PutOf(Family::kMeta, {{"head", "200"}})).ok());
  engine.reset();
  ASSERT_EQ(FilesOf(".sst").size(), 1u);
  std::string bytes = BytesOf(FilesOf(".sst").front());
  bytes[20] = static_cast<char>(bytes[20] ^ 1);  // In the first block of rows.
  WriteBytes(FilesOf(".sst").front(), bytes);

  engine = Opened();
  ASSERT_NE(engine, nullptr);
  const absl::Status damaged = engine->Get(Family::kLog, KeyOf(0)).status();
  EXPECT_TRUE(absl::IsDataLoss(damaged)) << damaged;
  EXPECT_THAT(damaged.message(), HasSubstr("halfterm doctor"));
  const std::vector<std::string> keys = {KeyOf(0), KeyOf(199)};
  EXPECT_TRUE(absl::IsDataLoss(engine->MultiGet(Family::kLog, keys)[0].status()));
  EXPECT_TRUE(engine->MultiGet(Family::kLog, keys)[1].ok());
  {
    const auto snapshot = engine->NewSnapshot();
    const auto cursor = snapshot->NewCursor(Family::kLog, {}, {});
    EXPECT_FALSE(cursor->Valid());
    EXPECT_TRUE(absl::IsDataLoss(cursor->status()));
  }
  EXPECT_TRUE(engine->Get(Family::kMeta, "head").ok());
}

// RocksDB 7.8 ends such a walk without the rows of the second table, and says OK.
TEST_F(RocksDamageTest, AWalkThatComesToADamagedTableSaysSo) {
  ASSERT_NO_FATAL_FAILURE(MakeThreeTables());
  for (const fs::path& table : FilesOf(".sst")) {
    SCOPED_TRACE(table);
    const std::string whole = BytesOf(table);
    std::string damaged = whole;
    damaged[20] = static_cast<char>(damaged[20] ^ 1);
    // While the store is open as well: what was not read yet is read from the disk.
    for (const bool is_open : {false, true}) {
      SCOPED_TRACE(is_open);
      if (!is_open) WriteBytes(table, damaged);
      auto engine = Opened();
      ASSERT_NE(engine, nullptr);
      if (is_open) WriteBytes(table, damaged);
      {
        const auto snapshot = engine->NewSnapshot();
        const auto cursor = snapshot->NewCursor(Family::kLog, {}, {});
        while (cursor->Valid()) cursor->Next();
        EXPECT_TRUE(absl::IsDataLoss(cursor->status())) << cursor->status();
        cursor->Seek(KeyOf(0));
        while (cursor->Valid()) cursor->Next();
        EXPECT_TRUE(absl::IsDataLoss(cursor->status())) << cursor->status();
      }
      engine.reset();
      WriteBytes(table, whole);
    }
  }
  EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 300u);
}

// A rewritten table without the rows of the damaged one would be the last that was heard of them.
TEST_F(RocksDamageTest, ACompactionThatComesToADamagedTableKeepsIt) {
  ASSERT_NO_FATAL_FAILURE(MakeThreeTables());
  for (const fs::path& table : FilesOf(".sst")) {
    SCOPED_TRACE(table);
    const std::string whole = BytesOf(table);
    std::string damaged = whole;
    damaged[20] = static_cast<char>(damaged[20] ^ 1);
    WriteBytes(table, damaged);
    auto engine = Opened();
    ASSERT_NE(engine, nullptr);
    EXPECT_FALSE(engine->CompactRange(Family::kLog, {}, {}).ok());
    engine.reset();
    ASSERT_TRUE(fs::exists(table));
    WriteBytes(table, whole);
    EXPECT_EQ(RowsOf(*Opened(), Family::kLog).size(), 300u);
  }
}

}  // namespace
}  // namespace halfterm::storage
