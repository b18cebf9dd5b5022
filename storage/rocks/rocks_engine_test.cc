// Shows that the RocksDB engine is an engine, and that it says so whenever it cannot keep the
// promise: damaged or missing files, a full or failing disk, a second process, a newer version.

#include "storage/rocks/rocks_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/engine_conformance.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

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

class RocksEngineTest : public ::testing::Test {
 protected:
  RocksEngineOptions Options() const {
    RocksEngineOptions options;
    options.directory = directory_.Path("store");
    return options;
  }

  std::unique_ptr<Engine> OpenedWith(const RocksEngineOptions& options) const {
    auto engine = OpenRocksEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  std::unique_ptr<Engine> Opened() const { return OpenedWith(Options()); }

  // Commits rows 0 .. count-1, each in a commit of its own, of about `bytes` each.
  void CommitRows(Engine& engine, int count, size_t bytes) const {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(engine.Commit(PutOf(Family::kLog, {{KeyOf(i), std::string(bytes, 'x')}})).ok());
    }
  }
  static std::string KeyOf(int i) { return std::to_string(100'000 + i); }

  std::vector<fs::path> FilesOf(const std::string& extension) const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(directory_.Path("store"))) {
      if (file.path().extension() == extension) files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  // The log that holds the rows of CommitRows.
  fs::path LongestLog() const {
    const std::vector<fs::path> logs = FilesOf(".log");
    return *std::max_element(logs.begin(), logs.end(), [](const fs::path& a, const fs::path& b) {
      return fs::file_size(a) < fs::file_size(b);
    });
  }

  static std::string BytesOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void WriteBytes(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }

  const testing::TemporaryDirectory directory_;
};

// RocksDB's default would open here with half of the rows, and say nothing.
TEST_F(RocksEngineTest, ADamagedLogDoesNotOpen) {
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
TEST_F(RocksEngineTest, AnUnfinishedLastCommitIsLeftOutAndNothingElse) {
  CommitRows(*Opened(), 20, 400);
  const testing::TemporaryDirectory kept;
  fs::copy(Options().directory, kept.Path("store"));
  const std::string name = LongestLog().filename().string();
  const std::string whole = BytesOf(LongestLog());
  for (size_t cut = 1; cut < 400; cut += 7) {
    SCOPED_TRACE(cut);
    fs::remove_all(Options().directory);
    fs::copy(kept.Path("store"), Options().directory);
    WriteBytes(fs::path(Options().directory) / name, whole.substr(0, whole.size() - cut));
    const auto engine = Opened();
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 19u);
    EXPECT_TRUE(absl::IsNotFound(engine->Get(Family::kLog, KeyOf(19)).status()));
  }
}

}  // namespace
}  // namespace halfterm::storage
