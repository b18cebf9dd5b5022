// A store that an earlier version left is opened by this one: every row is there as it was, a
// recomputation finds no difference, tablets join and hold what they should, and work goes on.
//
// Each folder beside this file is such a store, with what its rows were in rows.txt; README.md says
// of which version. `upgrade_test --record <folder> <seed>` makes one of the
// version under test.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/opened_store.h"
#include "storage/backup/history.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/verify/verifier.h"
#include "sync/contribution.h"
#include "sync/core/sha256.h"
#include "tests/simulation/whole/rocks_disk.h"
#include "tests/simulation/whole/world.h"
#include "tests/support/engine_rows.h"
#include "tests/support/fake_clock.h"
#include "tests/support/hex.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {
namespace {

namespace fs = std::filesystem;
using storage::Family;

const fs::path kStores = fs::path(HALFTERM_ROOT) / "tests" / "upgrade";
constexpr int64_t kDayMs = 24 * 3'600'000;
constexpr size_t kStepsOfAStore = 400;

storage::RocksEngineOptions OptionsOf(const fs::path& directory) {
  storage::RocksEngineOptions options;
  options.directory = directory.string();
  options.low_space_bytes = 0;
  return options;
}

// One line a family: its name, how many rows it has, and a hash of them.
std::string RowsIn(const storage::Engine& engine) {
  std::string lines;
  for (const Family family : storage::kFamilies) {
    const Rows rows = RowsOf(engine, family);
    std::string all;
    for (const auto& [key, value] : rows) {
      absl::StrAppend(&all, key.size(), " ", key, value.size(), " ", value);
    }
    absl::StrAppend(&lines, storage::FamilyName(family), " ", rows.size(), " ",
                    ToHex(core::Sha256(all).view()), "\n");
  }
  return lines;
}

// Some weeks of a school, in tables and in a log, as a server leaves them.
void Record(const fs::path& folder, uint64_t seed) {
  World world(seed, LeftOut::kNothing);
  for (const Step& step : HistoryOf(seed, kStepsOfAStore)) ASSERT_EQ(world.Do(step), "");
  ASSERT_EQ(world.Finish(), "");
  ASSERT_TRUE(fs::create_directories(folder)) << folder << " is there already";
  auto engine = storage::OpenRocksEngine(OptionsOf(folder / "store"));
  ASSERT_TRUE(engine.ok()) << engine.status();
  for (const bool is_first_half : {true, false}) {
    for (const Family family : storage::kFamilies) {
      const Rows rows = RowsOf(world.server().engine(), family);
      for (size_t i = 0; i < rows.size(); ++i) {
        if ((i < rows.size() / 2) != is_first_half) continue;
        ASSERT_TRUE((*engine)->Commit(PutOf(family, {rows[i]})).ok());
      }
      if (!is_first_half) continue;
      ASSERT_TRUE((*engine)->CompactRange(family, "", "").ok());
    }
  }
  std::ofstream(folder / "rows.txt")
      << absl::StrCat("now ", world.server().clock().NowMs(), "\n", RowsIn(**engine));
  ASSERT_TRUE((*engine)->Close().ok());
  for (const auto& file : fs::directory_iterator(folder / "store")) {
    // Nothing is read from these.
    const std::string name = file.path().filename().string();
    if (name.rfind("LO", 0) == 0 || name.rfind("OPTIONS", 0) == 0) fs::remove(file.path());
  }
}

class UpgradeTest : public ::testing::TestWithParam<fs::path> {
 protected:
  UpgradeTest() {
    fs::copy(GetParam() / "store", store());
    std::ifstream lines(GetParam() / "rows.txt");
    std::string word;
    lines >> word >> now_ms_ >> std::ws;
    rows_.assign(std::istreambuf_iterator<char>(lines), {});
  }
  fs::path store() const { return directory_.Path("store"); }

  const TemporaryDirectory directory_;
  int64_t now_ms_ = 0;
  std::string rows_;
};

TEST_P(UpgradeTest, EveryRowIsAsItWas) {
  ASSERT_NE(rows_, "");
  for (int times = 0; times < 2; ++times) {
    auto engine = storage::OpenRocksEngine(OptionsOf(store()));
    ASSERT_TRUE(engine.ok()) << engine.status();
    EXPECT_EQ(RowsIn(**engine), rows_);
  }
}

// As one of a version that wrote down nothing about its MANIFEST and its logs.
TEST_P(UpgradeTest, EveryRowIsAsItWasWithoutAWitness) {
  for (const auto& file : fs::directory_iterator(GetParam() / "store")) {
    const std::string name = file.path().filename().string();
    if (name.rfind("WITNESS", 0) == 0) fs::remove(store() / name);
  }
  auto engine = storage::OpenRocksEngine(OptionsOf(store()));
  ASSERT_TRUE(engine.ok()) << engine.status();
  EXPECT_EQ(RowsIn(**engine), rows_);
}

// As the real server starts on it: what it did not have it gets, and no epoch begins.
TEST_P(UpgradeTest, TheServerGivesItAnIdentityAndALedger) {
  fs::create_directory(directory_.Path("keys"));
  std::ofstream(directory_.Path("keys/receipt.key")) << std::string(32, 'k');  // The simulation's.
  service::ServerOptions options;
  options.data = directory_.path();
  options.low_space_bytes = 0;
  FakeClock clock(now_ms_ + kDayMs);
  service::Log log;
  std::mt19937_64 random(1);
  const service::Server::World world{clock,
                                     [&random](size_t bytes) {
                                       std::string text(bytes, '\0');
                                       for (char& byte : text) byte = static_cast<char>(random());
                                       return text;
                                     },
                                     log};
  for (int times = 0; times < 2; ++times) {
    const auto stored = service::OpenStored(options, world);
    ASSERT_TRUE(stored.ok()) << stored.status();
    EXPECT_EQ((*stored)->epochs->current(), 1u);
    const auto facts = storage::ReadStore(*(*stored)->engine);
    ASSERT_TRUE(facts.ok()) << facts.status();
    ASSERT_TRUE(facts->identity.has_value());
    EXPECT_EQ(facts->identity->format(), storage::kStoreFormat);
    EXPECT_EQ((*stored)->ledger->facts().identity->store(), facts->identity->store());
    v1::VerifyReply last;
    const absl::Status verified = storage::Verify(
        *(*stored)->engine, v1::VerifyRequest(),
        [&last](const v1::VerifyReply& reply) {
          last = reply;
          return true;
        },
        &*(*stored)->secrets);
    EXPECT_TRUE(verified.ok()) << verified;
    EXPECT_EQ(last.difference_count(), 0u) << last.ShortDebugString();
  }
}

// What an earlier version counted by another definition is counted again before anybody looks: each
// visit says where it counts, and a recomputation finds no difference.
TEST_P(UpgradeTest, WhatWasDerivedByAnotherDefinitionIsDerivedAgainAtTheStart) {
  SimulatedServer server(OnRocks(store().string()), /*seed=*/1, LeftOut::kNothing);
  server.clock().SetWall(now_ms_ + kDayMs);
  ASSERT_TRUE(server.Start().ok());
  server.FinishFiling();
  const auto stored = server.engine().Get(Family::kMeta, storage::HeadKey(server.tenant()));
  ASSERT_TRUE(stored.ok()) << stored.status();
  disk::HeadRow head;
  ASSERT_TRUE(head.ParseFromString(*stored));
  EXPECT_EQ(head.contribution_definition(), sync::kContributionDefinition);
  EXPECT_EQ(head.recomputing_since_ms(), 0);
  size_t visits = 0;
  for (const auto& [key, value] : RowsOf(server.engine(), Family::kDerived)) {
    disk::RecordRow row;
    if (!storage::ParseRecordKey(key) || !row.ParseFromString(value)) continue;
    const bool is_covered = std::any_of(
        row.contributions().begin(), row.contributions().end(), [](const auto& contribution) {
          return contribution.key()[0] == static_cast<char>(sync::RollupKind::kCover);
        });
    if (!is_covered) continue;
    ++visits;
    EXPECT_TRUE(row.has_counted()) << ToHex(key);
    EXPECT_EQ(row.before_size(), 0) << "nothing has moved by it";
  }
  EXPECT_GT(visits, 0u);
  EXPECT_EQ(server.Verify(), "");
  server.Stop();
}

TEST_P(UpgradeTest, TabletsJoinAndWorkGoesOn) {
  SimulatedServer server(OnRocks(store().string()), /*seed=*/1, LeftOut::kNothing);
  server.clock().SetWall(now_ms_ + kDayMs);
  ASSERT_TRUE(server.Start().ok());
  server.FinishFiling();
  ASSERT_EQ(server.Verify(), "");

  ScopesOracle oracle(server);
  Network network{server, oracle, {}, "", 0};
  const SmallSchool& school = server.people();
  std::vector<std::unique_ptr<SimulatedTablet>> tablets;
  const std::vector<core::Id16> people = {school.hana, school.hugo, school.sara, school.hedy,
                                          school.tia,  school.tom,  school.ann};
  size_t held = 0;
  for (size_t i = 0; i < people.size(); ++i) {
    tablets.push_back(
        std::make_unique<SimulatedTablet>(network, IdNumber(static_cast<uint8_t>(230 + i))));
    ASSERT_EQ(tablets.back()->Enrol(people[i]), "");
    bool is_complete = false;
    ASSERT_EQ(tablets.back()->Meet(people[i], tools::kNoFaults, 0, is_complete), "");
    ASSERT_TRUE(is_complete);
    ASSERT_EQ(tablets.back()->Check(people[i]), "");
    held += oracle.Right(people[i], SimulatedTablet::Periods()).size();
  }
  ASSERT_GT(held, 0u) << "nobody holds anything: the store is of other half-terms";

  size_t written = 0;
  for (size_t i = 0; i < people.size(); ++i) {
    for (const auto& [id, record] : oracle.Right(people[i], SimulatedTablet::Periods())) {
      tools::Gesture gesture;
      gesture.facet = {id, core::kPlan, {}};
      if (record.facets.count(gesture.facet) == 0) continue;
      auto plan = std::make_shared<v1::Plan>();
      plan->set_room(absl::StrCat("room ", ++written));
      gesture.change = plan;
      ASSERT_EQ(tablets[i]->Do(people[i], gesture, tools::Sealing::kEachGesture), "");
    }
  }
  ASSERT_GT(written, 0u);
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < people.size(); ++i) {
      bool is_complete = false;
      ASSERT_EQ(tablets[i]->Meet(people[i], tools::kNoFaults, 0, is_complete), "");
      server.FinishFiling();
    }
  }
  for (size_t i = 0; i < people.size(); ++i) EXPECT_EQ(tablets[i]->Check(people[i]), "");
  EXPECT_EQ(server.Verify(), "");
  server.Stop();
  EXPECT_EQ(server.broken(), "");
}

std::vector<fs::path> Stores() {
  std::vector<fs::path> stores;
  for (const auto& folder : fs::directory_iterator(kStores)) {
    if (folder.is_directory()) stores.push_back(folder.path());
  }
  return stores;
}
INSTANTIATE_TEST_SUITE_P(Stores, UpgradeTest, ::testing::ValuesIn(Stores()),
                         [](const auto& store) { return store.param.filename().string(); });

}  // namespace
}  // namespace halfterm::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc == 4 && std::string(argv[1]) == "--record") {
    halfterm::testing::Record(halfterm::testing::kStores / argv[2],
                              std::strtoull(argv[3], nullptr, 10));
    return ::testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed() ? 1 : 0;
  }
  return RUN_ALL_TESTS();
}
