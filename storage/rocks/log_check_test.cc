// Shows that no flipped bit and no zeroed sector in a log passes in silence, and that a log which
// merely ends early is let through: every bit of a short log, every length it can be cut to, and
// chance for a long one. Where the check itself says nothing, RocksDB must refuse.

#include "storage/rocks/log_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <system_error>

#include "storage/rocks/rocks_engine.h"
#include "tests/support/await.h"
#include "tests/support/engine_rows.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;
using testing::PutOf;
using testing::RowsOf;

class LogCheckTest : public ::testing::Test {
 protected:
  // A store of `commits` rows, a commit each, that lie in one log and nowhere else.
  void MakeStore(int commits, size_t row_bytes) {
    commits_ = commits;
    auto engine = OpenRocksEngine(Options("store"));
    ASSERT_TRUE(engine.ok()) << engine.status();
    for (int i = 0; i < commits; ++i) {
      const std::string value(row_bytes, static_cast<char>('a' + i % 26));
      ASSERT_TRUE((*engine)->Commit(PutOf(Family::kLog, {{std::to_string(1000 + i), value}})).ok());
    }
    // As a machine that stopped would leave it: nobody wrote down how long the log is.
    // RocksDB may just be taking a file away that it needs no more: then it is copied again.
    const bool copied = testing::ComesTrue([&] {
      std::error_code error;
      fs::remove_all(Options("stopped").directory);
      fs::copy(Options("store").directory, Options("stopped").directory, error);
      return !error;
    });
    ASSERT_TRUE(copied);
    engine->reset();
    for (const auto& file : fs::directory_iterator(Options("stopped").directory)) {
      const std::string name = file.path().filename().string();
      if (file.path().extension() == ".log" && fs::file_size(file) > log_.size()) {
        Choose(log_name_, log_, name);
      }
      if (name.rfind("MANIFEST-", 0) == 0) Choose(manifest_name_, manifest_, name);
    }
  }

  RocksEngineOptions Options(const std::string& name) const {
    RocksEngineOptions options;
    options.directory = directory_.Path(name);
    options.low_space_bytes = 0;
    return options;
  }

  // What the check says of a log of these bytes.
  absl::Status Checked(const std::string& bytes) const {
    fs::create_directories(directory_.Path("alone"));
    Write(directory_.Path("alone/000004.log"), bytes);
    return CheckLog(directory_.Path("alone"), "000004.log").status();
  }

  // The rows that the store has with `bytes` in the place of one of its files, or why it has none.
  absl::StatusOr<int> RowsWith(const std::string& name, const std::string& bytes) const {
    fs::remove_all(directory_.Path("copy"));
    fs::copy(Options("stopped").directory, directory_.Path("copy"));
    Write(directory_.Path("copy/" + name), bytes);
    auto engine = OpenRocksEngine(Options("copy"));
    if (!engine.ok()) return engine.status();
    return static_cast<int>(RowsOf(**engine, Family::kLog).size());
  }

  // The zeros at the end of a block in which no header fits belong to nothing.
  bool IsPadding(size_t at) const {
    const size_t block = at / 32768 * 32768;
    const std::string rest = log_.substr(at, block + 32768 - at);
    return block + 32768 <= log_.size() && rest.size() < 7 &&
           rest.find_first_not_of('\0') == std::string::npos;
  }
  void Forget() {
    for (const char* name : {"store", "stopped", "copy"}) fs::remove_all(directory_.Path(name));
    log_.clear();
  }

  static std::string Flipped(std::string bytes, size_t at, int bit) {
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    return bytes;
  }

  int commits_ = 0;
  std::string log_name_, log_, manifest_name_, manifest_;

 private:
  void Choose(std::string& name, std::string& bytes, const std::string& chosen) {
    name = chosen;
    std::ifstream in(Options("stopped").directory + "/" + chosen, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  const testing::TemporaryDirectory directory_;
};

TEST_F(LogCheckTest, AWholeLogAndEveryBeginningOfItPass) {
  MakeStore(12, 40);
  for (size_t bytes = 0; bytes <= log_.size(); ++bytes) {
    ASSERT_TRUE(Checked(log_.substr(0, bytes)).ok()) << "cut to " << bytes;
  }
  for (size_t bytes = 0; bytes <= manifest_.size(); ++bytes) {
    ASSERT_TRUE(Checked(manifest_.substr(0, bytes)).ok()) << "manifest cut to " << bytes;
  }
}

// Of the last commit as well: one wrong bit is not what a power cut leaves.
TEST_F(LogCheckTest, EveryFlippedBitOfAShortLogIsNoticed) {
  MakeStore(12, 40);
  for (size_t at = 0; at < log_.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      ASSERT_TRUE(absl::IsDataLoss(Checked(Flipped(log_, at, bit)))) << "byte " << at;
    }
    // The store says so too; opening is slow.
    if (at % 16 != 0) continue;
    const auto rows = RowsWith(log_name_, Flipped(log_, at, static_cast<int>(at / 16 % 8)));
    EXPECT_TRUE(absl::IsDataLoss(rows.status())) << "byte " << at << ": " << rows.status();
  }
}

TEST_F(LogCheckTest, AFlippedBitOfALongLogIsNoticed) {
  MakeStore(300, 900);
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 3000; ++round) {
    const size_t at = random() % log_.size();
    if (IsPadding(at)) continue;
    ASSERT_TRUE(absl::IsDataLoss(Checked(Flipped(log_, at, static_cast<int>(random() % 8)))))
        << "byte " << at;
  }
}

TEST_F(LogCheckTest, AFlippedBitOfTheManifestIsNoticed) {
  MakeStore(3, 40);
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 60; ++round) {
    const size_t at = random() % manifest_.size();
    const auto rows =
        RowsWith(manifest_name_, Flipped(manifest_, at, static_cast<int>(random() % 8)));
    EXPECT_TRUE(absl::IsDataLoss(rows.status()))
        << "byte " << at << ": " << (rows.ok() ? std::to_string(*rows) + " rows" : "")
        << rows.status();
  }
}

// RocksDB takes zeros for space that was set aside, and goes on behind them.
TEST_F(LogCheckTest, AZeroedSectorIsNoticed) {
  MakeStore(300, 900);
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 300; ++round) {
    const size_t at = random() % (log_.size() - 4096 - 1000);
    std::string damaged = log_;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 4096, '\0');
    ASSERT_TRUE(absl::IsDataLoss(Checked(damaged))) << "byte " << at;
  }
}

// Pages of the last commit that the disk did not get to, or got to before others.
TEST_F(LogCheckTest, AHoleInTheLastCommitIsNoDamage) {
  for (const size_t row_bytes : {40u, 900u, 200'000u}) {
    SCOPED_TRACE(row_bytes);
    MakeStore(3, row_bytes);
    const size_t begin = log_.size() - row_bytes;  // Behind its header, in the bytes of its row.
    std::mt19937_64 random(testing::TestSeed());
    for (int round = 0; round < 100; ++round) {
      const size_t at = begin + random() % (row_bytes - 8);
      const size_t end = std::min(log_.size(), at + 8 + random() % 512);
      std::string damaged = log_;
      for (size_t i = at; i < end; ++i) {
        damaged[i] = round % 2 == 0 ? '\0' : static_cast<char>(random());
      }
      if (damaged == log_) continue;
      ASSERT_TRUE(Checked(damaged).ok()) << "byte " << at << " of " << log_.size();
      if (round % 10 != 0) continue;
      const auto rows = RowsWith(log_name_, damaged);
      ASSERT_TRUE(rows.ok()) << rows.status();
      EXPECT_EQ(*rows, 2);
    }
    Forget();
  }
}

// A commit of many blocks that a power cut left half written, at any place.
TEST_F(LogCheckTest, AnUnfinishedCommitOfManyBlocksPasses) {
  MakeStore(3, 400'000);
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 200; ++round) {
    const size_t bytes = log_.size() - random() % 400'000;
    ASSERT_TRUE(Checked(log_.substr(0, bytes)).ok()) << "cut to " << bytes;
  }
  const auto rows = RowsWith(log_name_, log_.substr(0, log_.size() - 150'000));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(*rows, 2);
}

}  // namespace
}  // namespace halfterm::storage
