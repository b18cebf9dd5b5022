// A server that is restored from backups, again and again, in the midst of everything else that can
// go wrong: nothing is lost that any tablet still holds, and nothing that was shared or erased
// changes. HALFTERM_SEED is the number of the first history, HALFTERM_SEEDS how many there are.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulation/whole/history.h"
#include "tests/simulation/whole/world.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr int64_t kDayMs = 24 * int64_t{3'600'000};
constexpr size_t kHana = 0, kHanasOther = 1;

unsigned long long Long(uint64_t number) { return number; }

TEST(RestoreSimulation, I15ARestoredServerIsRefilledWithAllThatSurvivingTabletsHold) {
  const uint64_t first = TestSeed();
  const char* const wanted = std::getenv("HALFTERM_SEEDS");
  const uint64_t seeds = wanted == nullptr ? 100 : std::strtoull(wanted, nullptr, 10);
  uint64_t restores = 0, backups = 0, groups = 0, words = 0, went = 0, refills = 0;
  double tablet_days = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const std::vector<Step> history = HistoryWithRestores(seed, kSteps);
    const Told told = Live(seed, history, LeftOut::kNothing);
    if (!told.wrong.empty()) {
      std::printf("HALFTERM_SEED=%llu goes wrong: %s\n", Long(seed), told.wrong.c_str());
      std::fflush(stdout);
      const auto shortest = Shortest(seed, history, LeftOut::kNothing);
      FAIL() << told.wrong << "\nThe shortest history that goes wrong:\n"
             << Printed(seed, shortest, LeftOut::kNothing);
    }
    restores += told.counts.restores;
    backups += told.counts.backups;
    refills += told.refills;
    groups += told.groups;
    words += told.words;
    went += told.went;
    tablet_days += told.tablet_days;
  }
  std::printf(
      "%llu histories from %llu, %.0f tablet-days: %llu backups, %llu restores, %llu stores "
      "refilled the "
      "server; %llu groups, %llu words, %llu held by no tablet when their server went, 0 lost\n",
      Long(seeds), Long(first), tablet_days, Long(backups), Long(restores), Long(refills),
      Long(groups), Long(words), Long(went));
  if (seeds >= 10) {
    EXPECT_GT(restores, seeds) << "restores were too rare";
    EXPECT_GT(refills, restores);
  }
}

class RestoreScenarios : public ::testing::Test {
 protected:
  RestoreScenarios() : world_(1, LeftOut::kNothing) {}
  ~RestoreScenarios() override {
    EXPECT_EQ(world_.Finish(), "");
    EXPECT_EQ(world_.ledger().went(), 0u) << "words were held by no tablet";
  }

  const SmallSchool& school() const { return world_.people(); }
  void Ok(const std::string& wrong) { EXPECT_EQ(wrong, ""); }

  core::FacetId NewSheet() {
    std::string wrong;
    const core::Id16 id = world_.Begin(school().hana, school().tia, v1::VISIT_KIND_DEPT, wrong, {});
    EXPECT_EQ(wrong, "");
    return {id, core::kSheet, school().hana};
  }
  void Write(const core::FacetId& sheet, uint64_t place, size_t tablet = kHana) {
    Ok(world_.Write(tablet, school().hana, sheet, place));
  }
  void Meet(size_t tablet = kHana) { Ok(world_.Meet(tablet, school().hana)); }
  void TwoBackups() {
    Ok(world_.BackUp());
    Ok(world_.BackUp());
  }

  World world_;
};

TEST_F(RestoreScenarios, S15RestoredToTheLastToTheOneBeforeAndTwiceMore) {
  const core::FacetId sheet = NewSheet();
  for (uint64_t round = 0; round < 4; ++round) {
    Write(sheet, round);
    Meet();
    Ok(world_.BackUp());
    Write(sheet, round + 10);
    Meet();
    Ok(world_.BackUp());
    Write(sheet, round + 20);
    Meet();
    const size_t last = world_.server().backups() - 1;
    Ok(world_.Restore(round % 2 == 0 ? last : last - 1, /*is_announced=*/round < 2));
    if (round == 3) Ok(world_.Restore(last, true));  // Nobody has come in between.
  }
}

TEST_F(RestoreScenarios, S16TabletsTrickleInOverSixtyDays) {
  const core::FacetId sheet = NewSheet();
  Meet();
  TwoBackups();
  Write(sheet, 1);
  Meet();
  Ok(world_.MeetAll());
  Ok(world_.Restore(0, true));
  for (size_t tablet = 0; tablet < world_.tablets(); ++tablet) {
    world_.server().clock().Advance(60 * kDayMs / static_cast<int64_t>(world_.tablets()));
    world_.server().Tick();
    for (const core::Id16& person : world_.tablet(tablet).people()) {
      Ok(world_.Meet(tablet, person));
    }
  }
}

// The restored server no longer knows how far the tablet had gone, and the tablet does not either:
// numbers must not be given twice, or a colleague's copy of the first would cover the second.
TEST_F(RestoreScenarios, S18ATabletIsPutBackTogetherWithTheServer) {
  const core::FacetId sheet = NewSheet();
  Meet();
  const MemoryDisk copy = world_.tablet(kHana).disk();
  TwoBackups();
  Write(sheet, 1);
  Meet();
  Meet(kHanasOther);  // Holds what both others forget.
  Ok(world_.Restore(0, true));
  Ok(world_.PutBack(kHana, copy));
  Write(sheet, 2);
  Meet();
  Meet(kHanasOther);
  Write(sheet, 3);
}

TEST_F(RestoreScenarios, S19ACloneAndItsTwinRefillTheServer) {
  const core::FacetId sheet = NewSheet();
  Meet();
  TwoBackups();
  Write(sheet, 1);
  Meet();
  const MemoryDisk copy = world_.tablet(kHana).disk();
  Write(sheet, 2);
  Meet();
  Ok(world_.Restore(0, false));
  Ok(world_.PutBack(kHanasOther, copy));  // Says that it is the first one.
  Write(sheet, 3, kHanasOther);
  Write(sheet, 4);
  Meet(kHanasOther);
  Meet();
}

// A copy of the store is opened as a second server, and then the first one again: each has numbers
// that the other gave to something else.
TEST_F(RestoreScenarios, S39TwoServersOnCopiesOfOneStorePartAndNothingOfEitherIsLost) {
  const core::FacetId sheet = NewSheet();
  Write(sheet, 1);
  Meet();
  Meet(kHanasOther);
  Ok(world_.BackUp());
  const auto epoch = [&](size_t tablet) {
    return world_.tablet(tablet).StoreOf(school().hana).outbox().row().epoch();
  };
  const uint32_t shared = epoch(kHana);
  Write(sheet, 2);
  Meet();
  Ok(world_.BackUp());
  Ok(world_.Restore(0, /*is_announced=*/false));  // The second server, which lacks the last word.
  Write(sheet, 3, kHanasOther);
  Meet(kHanasOther);
  const uint32_t second = epoch(kHanasOther);
  EXPECT_GT(second, shared);
  Ok(world_.Restore(1, /*is_announced=*/false));  // The first one again.
  Write(sheet, 4);
  Meet();
  Meet(kHanasOther);
  Meet();
  EXPECT_GT(epoch(kHana), second) << "what the second one proved, the first one does not stand for";
  EXPECT_EQ(epoch(kHana), epoch(kHanasOther));
}

// Found by history 3121: the tablet learned from a greeting that the server held its work, but not
// as what; so it had no proof of it when the server was put back once more.
TEST(RestoreHistories, WorkWhoseAnswerWasLostIsHandedBackAfterTheNextRestore) {
  tools::FaultRates losing;
  losing.lost_replies = 50;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    World world(seed, LeftOut::kNothing);
    const SmallSchool& school = world.people();
    std::string wrong;
    const core::FacetId sheet{world.Begin(school.hana, school.tia, v1::VISIT_KIND_DEPT, wrong, {}),
                              core::kSheet, school.hana};
    ASSERT_EQ(wrong, "");
    ASSERT_EQ(world.BackUp(), "");
    ASSERT_EQ(world.Meet(kHana, school.hana, losing, 2 * seed + 1), "");
    ASSERT_EQ(world.BackUp(), "");
    ASSERT_EQ(world.Write(kHana, school.hana, sheet, 1), "");
    ASSERT_EQ(world.Restore(1, true), "");
    ASSERT_EQ(world.Meet(kHana, school.hana, losing, 2 * seed + 101), "");
    ASSERT_EQ(world.Restore(0, true), "");
    ASSERT_EQ(world.Finish(), "") << "seed " << seed;
    EXPECT_EQ(world.ledger().went(), 0u) << "seed " << seed;
  }
}

// I13: three rounds bring everybody together, which Finish() allows and no more.
TEST_F(RestoreScenarios, I13ARefilledServerAndItsTabletsAreQuietAfterThreeRounds) {
  for (int visit = 0; visit < 3; ++visit) {
    const core::FacetId sheet = NewSheet();
    Write(sheet, 1);
  }
  Ok(world_.MeetAll());
  TwoBackups();
  const core::FacetId later = NewSheet();
  Write(later, 1);
  Ok(world_.MeetAll());
  Ok(world_.Restore(0, true));
}

}  // namespace
}  // namespace halfterm::testing
