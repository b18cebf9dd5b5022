// Histories of the whole simulation, as whole_simulation_test.cc and restore_simulation_test.cc
// have them, over PostgreSQL: its connection breaks in commits as the power goes elsewhere, and its
// database is put back to older ones. HALFTERM_SEED is the number of the first history,
// HALFTERM_SEEDS how many there are.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/simulation/whole/history.h"
#include "tests/simulation/whole/postgres_disk.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

unsigned long long Long(uint64_t number) { return number; }

void LiveAll(std::vector<Step> (*history_of)(uint64_t seed, size_t steps), uint64_t usual) {
  const char* const wanted = std::getenv("HALFTERM_SEEDS");
  const uint64_t first = TestSeed();
  const uint64_t seeds = wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10);
  Told sum;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const Told told = Live(seed, history_of(seed, kSteps), LeftOut::kNothing, OnPostgres);
    ASSERT_EQ(told.wrong, "") << "HALFTERM_SEED=" << seed << " HALFTERM_SEEDS=1";
    if (told.counts.restores == 0) {
      // What was acknowledged and lost would come back from tablets, in another epoch.
      ASSERT_EQ(told.epoch, 1u) << "HALFTERM_SEED=" << seed << ": the server lost what it had said";
    }
    sum.tablet_days += told.tablet_days;
    sum.groups += told.groups;
    sum.commits += told.commits;
    sum.power_cuts += told.power_cuts;
    sum.counts.restores += told.counts.restores;
  }
  std::printf(
      "%llu histories from %llu, %.0f tablet-days: %llu groups, %llu commits, %llu cut off, %llu "
      "restores, 0 lost\n",
      Long(seeds), Long(first), sum.tablet_days, Long(sum.groups), Long(sum.commits),
      Long(sum.power_cuts), Long(sum.counts.restores));
  EXPECT_GT(sum.power_cuts, 0u) << "it was cut off too rarely";
}

TEST(WholePostgres, NothingIsLostAndNobodySeesTooMuch) { LiveAll(HistoryOf, 3); }

TEST(WholePostgres, ARestoredDatabaseIsRefilledWithAllThatTabletsHold) {
  LiveAll(HistoryWithRestores, 1);
}

}  // namespace
}  // namespace halfterm::testing
