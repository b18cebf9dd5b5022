// What was acknowledged is there after the power went, whatever the disk made of what was not
// synced; and a disk that fails to sync, or is full, never makes the engine acknowledge what it
// does not hold.
//
// The real engine on a disk of ours (tests/support/faulty_files.h), in this process. HALFTERM_CUTS
// sets how many, HALFTERM_SEED where they fall.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "storage/rocks/rocks_engine.h"
#include "tests/support/engine_rows.h"
#include "tests/support/faulty_files.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {
namespace {

using storage::Family;

int Wanted(const char* name, int usual) {
  const char* const wanted = std::getenv(name);
  return wanted == nullptr ? usual : std::atoi(wanted);
}

std::string KeyOf(uint64_t number) { return std::to_string(1'000'000 + number); }
std::string WordsOf(uint64_t number) {
  return std::string(200 + number % 1900, static_cast<char>('a' + number % 26)) +
         std::to_string(number);
}

// Commit `number`: a line of the log, a row that is written again and again, and the newest number.
storage::WriteSet WritesOf(uint64_t number) {
  storage::WriteSet writes;
  writes.Put(Family::kLog, KeyOf(number), WordsOf(number));
  writes.Put(Family::kState, std::to_string(number % 7), WordsOf(number));
  writes.Put(Family::kFeed, KeyOf(number), "");
  if (number > 7) writes.Delete(Family::kFeed, KeyOf(number - 7));
  writes.Put(Family::kMeta, "newest", std::to_string(number));
  return writes;
}

class PowerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<storage::Engine>> Open() {
    storage::RocksEngineOptions options;
    options.directory = directory_.Path("store");
    options.memtable_bytes = 64 << 10;  // A flush every fifty commits or so, and compactions.
    options.low_space_bytes = low_space_bytes_;
    options.free_bytes = [this]() -> absl::StatusOr<uint64_t> { return free_bytes_; };
    options.env = files_.env();
    return storage::OpenRocksEngine(options);
  }

  static uint64_t NewestIn(const storage::Engine& engine) {
    const auto newest = engine.Get(Family::kMeta, "newest");
    return newest.ok() ? std::strtoull(newest->c_str(), nullptr, 10) : 0;
  }

  // Everything acknowledged is there, whole, and at most the one commit after it.
  void ExpectWhole(const storage::Engine& engine) {
    const uint64_t newest = NewestIn(engine);
    ASSERT_GE(newest, acknowledged_) << "an acknowledged commit is gone";
    ASSERT_LE(newest, acknowledged_ + 1);
    Rows log, feed;
    std::map<std::string, std::string> state;
    for (uint64_t number = 1; number <= newest; ++number) {
      if (number + 400 > newest) log.emplace_back(KeyOf(number), WordsOf(number));
      state[std::to_string(number % 7)] = WordsOf(number);
      if (number + 7 > newest) feed.emplace_back(KeyOf(number), "");
    }
    Rows held = RowsOf(engine, Family::kLog);
    ASSERT_EQ(held.size(), newest);
    held.erase(held.begin(), held.end() - static_cast<std::ptrdiff_t>(log.size()));
    ASSERT_EQ(held, log);
    ASSERT_EQ(RowsOf(engine, Family::kState), Rows(state.begin(), state.end()));
    ASSERT_EQ(RowsOf(engine, Family::kFeed), feed);
    acknowledged_ = newest;
  }

  const TemporaryDirectory directory_;
  FaultyFiles files_;
  uint64_t acknowledged_ = 0, low_space_bytes_ = 0, free_bytes_ = uint64_t{1} << 40;
};

TEST_F(PowerTest, NothingAcknowledgedIsGoneAfterThePowerWent) {
  const int cuts = Wanted("HALFTERM_CUTS", 300);
  std::mt19937_64 random(TestSeed());
  FaultyFiles::Damage damage;
  int refused = 0;
  for (int cut = 0; cut < cuts;) {
    SCOPED_TRACE(cut);
    if (acknowledged_ > 3000) {  // A new store now and then: its first files are cuts of their own.
      std::filesystem::remove_all(directory_.Path("store"));
      acknowledged_ = 0;
    }
    auto engine = Open();
    ASSERT_TRUE(engine.ok()) << engine.status();
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
    // Many changes: in a flush or a compaction. Not while it opens: RocksDB may then abort by an
    // assertion of its own, and this process with it.
    files_.CutPowerAfter(random() % (uint64_t{1} << (3 + random() % 8)),
                         FaultyFiles::Counted::kAll);
    while ((*engine)->Commit(WritesOf(acknowledged_ + 1)).ok()) ++acknowledged_;
    (*engine)->Close().IgnoreError();
    engine->reset();
    ASSERT_TRUE(files_.is_off());
    ++cut;
    const FaultyFiles::Damage now = files_.PowerOn(random, /*tears=*/true);
    damage.lost_bytes += now.lost_bytes;
    damage.torn_pages += now.torn_pages;
    damage.lost_names += now.lost_names;
    damage.back_again += now.back_again;
    // At rest, with power: it opens, and all is there. Where a page is torn that holds the very
    // beginning of a commit of two blocks, and the other block is there, it cannot be told from a
    // commit that was acknowledged and rotted: then the store says so, and changes nothing.
    auto after = Open();
    if (!after.ok() && now.torn_pages > 0) {
      ASSERT_TRUE(absl::IsDataLoss(after.status())) << after.status();
      ++refused;
      files_.CutBackTornFiles();
      after = Open();
    }
    ASSERT_TRUE(after.ok()) << after.status();
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(**after));
    ASSERT_TRUE((*after)->Close().ok());
  }
  EXPECT_LE(refused * 1000, cuts);
  std::printf(
      "%d power cuts: %llu unsynced bytes lost, %llu pages "
      "torn, "
      "%llu unsynced names lost, %llu deleted files back; 0 acknowledged commits lost; %d "
      "times the end of a log was torn, and the store said so\n",
      cuts, static_cast<unsigned long long>(damage.lost_bytes),
      static_cast<unsigned long long>(damage.torn_pages),
      static_cast<unsigned long long>(damage.lost_names),
      static_cast<unsigned long long>(damage.back_again), refused);
}

TEST_F(PowerTest, NothingIsAcknowledgedAfterASyncThatFailed) {
  const int times = Wanted("HALFTERM_FAILED_SYNCS", 50);
  std::mt19937_64 random(TestSeed());
  int met_in_commit = 0;
  for (int i = 0; i < times; ++i) {
    SCOPED_TRACE(i);
    auto engine = Open();
    ASSERT_TRUE(engine.ok()) << engine.status();
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
    files_.FailSyncAfter(random() % 60);
    absl::Status committed;
    for (int writes = 0; writes < 400 && committed.ok(); ++writes) {
      committed = (*engine)->Commit(WritesOf(acknowledged_ + 1));
      if (committed.ok()) ++acknowledged_;
    }
    ASSERT_TRUE(files_.has_failed_a_sync());
    ASSERT_TRUE(absl::IsUnavailable(committed)) << committed;
    ++met_in_commit;
    EXPECT_TRUE(absl::IsUnavailable((*engine)->Commit(WritesOf(acknowledged_ + 2))))
        << "a second try of the same sync would say that all is well";
    EXPECT_TRUE((*engine)->Stats().failed);
    (*engine)->Close().IgnoreError();
    engine->reset();
    files_.CutPowerNow();  // What the kernel forgot is not on the disk either.
    files_.PowerOn(random);
  }
  auto engine = Open();
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
  std::printf("%d syncs failed, %d stopped the engine, %llu commits, 0 lost\n", times,
              met_in_commit, static_cast<unsigned long long>(acknowledged_));
}

TEST_F(PowerTest, AFullDiskIsRefusedBeforeItIsMetAndWorkGoesOnWhenThereIsRoom) {
  low_space_bytes_ = 1 << 20;
  auto engine = Open();
  ASSERT_TRUE(engine.ok()) << engine.status();
  for (int times = 0; times < 20; ++times) {
    SCOPED_TRACE(times);
    free_bytes_ = 3 << 20;
    int refused = 0;
    while (refused < 5) {
      const absl::Status committed = (*engine)->Commit(WritesOf(acknowledged_ + 1));
      if (committed.ok()) {
        ++acknowledged_;
        free_bytes_ -= std::min<uint64_t>(free_bytes_, 64 << 10);
      } else {
        ASSERT_TRUE(absl::IsResourceExhausted(committed)) << committed;
        ++refused;
      }
    }
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine)) << "reads go on";
  }
  free_bytes_ = uint64_t{1} << 40;
  ASSERT_TRUE((*engine)->Commit(WritesOf(++acknowledged_)).ok()) << "no restart is needed";
  ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
}

TEST_F(PowerTest, ADiskThatIsFullAllTheSameStopsTheEngineAndLosesNothing) {
  std::mt19937_64 random(TestSeed());
  for (int times = 0; times < 20; ++times) {
    SCOPED_TRACE(times);
    auto engine = Open();
    ASSERT_TRUE(engine.ok()) << engine.status();
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
    files_.SetSpace(random() % (256 << 10));
    absl::Status committed;
    for (int writes = 0; writes < 2000 && committed.ok(); ++writes) {
      committed = (*engine)->Commit(WritesOf(acknowledged_ + 1));
      if (committed.ok()) ++acknowledged_;
    }
    ASSERT_TRUE(absl::IsUnavailable(committed)) << committed;
    ASSERT_GT(files_.refused_for_space(), 0u);
    (*engine)->Close().IgnoreError();
    engine->reset();
    files_.SetSpaceUnbounded();
  }
  auto engine = Open();
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_NO_FATAL_FAILURE(ExpectWhole(**engine));
  std::printf("20 times full and back, %llu commits, 0 lost\n",
              static_cast<unsigned long long>(acknowledged_));
}

}  // namespace
}  // namespace halfterm::testing
