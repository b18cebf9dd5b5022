// Nothing is lost: a school's weeks with everything that can go wrong in them, from one number.
// HALFTERM_SEED is the number of the first history, HALFTERM_SEEDS how many there are.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/simulation/whole/history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

uint64_t SeedsWanted(uint64_t usual) {
  const char* const wanted = std::getenv("HALFTERM_SEEDS");
  return wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10);
}

unsigned long long Long(uint64_t number) { return number; }

TEST(WholeSimulation, NothingIsLostAndNobodySeesTooMuch) {
  const uint64_t first = TestSeed();
  const uint64_t seeds = SeedsWanted(220);
  Told sum;
  const auto began = std::chrono::steady_clock::now();
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const Told told = Live(seed);
    if (!told.wrong.empty()) {
      std::printf("HALFTERM_SEED=%llu goes wrong: %s\n", Long(seed), told.wrong.c_str());
      std::fflush(stdout);
      const auto shortest = Shortest(seed, HistoryOf(seed, kSteps), LeftOut::kNothing);
      FAIL() << told.wrong << "\nThe shortest history that goes wrong:\n"
             << Printed(seed, shortest, LeftOut::kNothing);
    }
    // What was acknowledged and lost would come back from tablets, in another epoch.
    ASSERT_EQ(told.epoch, 1u) << "HALFTERM_SEED=" << seed << ": the server lost what it had said";
    sum.tablet_days += told.tablet_days;
    sum.groups += told.groups;
    sum.words += told.words;
    sum.went += told.went;
    sum.power_cuts += told.power_cuts;
    sum.commits += told.commits;
    sum.chunks += told.chunks;
    sum.counts.meetings += told.counts.meetings;
    sum.counts.complete += told.counts.complete;
    sum.counts.put_back += told.counts.put_back;
    sum.counts.late += told.counts.late;
    sum.counts.recomputed += told.counts.recomputed;
    sum.counts.restarts += told.counts.restarts;
    for (const auto& [disposition, count] : told.dispositions) {
      sum.dispositions[disposition] += count;
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf(
      "%llu histories from %llu, %.0f tablet-days in %.1f s: %llu groups (%llu committed, %llu "
      "late, "
      "%llu quarantined, %llu erased), %llu words, %llu went with their tablet, 0 lost;\n"
      "%llu meetings (%llu to their end), %llu pull chunks, %llu commits, %llu power cuts, %llu "
      "restarts, %llu tablets put back or cloned, %llu late messages, %llu recomputations\n",
      Long(seeds), Long(first), sum.tablet_days, seconds, Long(sum.groups),
      Long(sum.dispositions[v1::DISPOSITION_COMMITTED]),
      Long(sum.dispositions[v1::DISPOSITION_LATE]),
      Long(sum.dispositions[v1::DISPOSITION_QUARANTINED]),
      Long(sum.dispositions[v1::DISPOSITION_ERASED]), Long(sum.words), Long(sum.went),
      Long(sum.counts.meetings), Long(sum.counts.complete), Long(sum.chunks), Long(sum.commits),
      Long(sum.power_cuts), Long(sum.counts.restarts), Long(sum.counts.put_back),
      Long(sum.counts.late), Long(sum.counts.recomputed));
  if (seeds >= 200) {
    EXPECT_GE(sum.tablet_days, 20'000);
    EXPECT_GT(sum.power_cuts, seeds / 4) << "the power went too rarely";
    EXPECT_GT(sum.dispositions[v1::DISPOSITION_QUARANTINED], 0u);
    EXPECT_GT(sum.dispositions[v1::DISPOSITION_LATE], 0u);
    EXPECT_GT(sum.dispositions[v1::DISPOSITION_ERASED], 0u);
  }
}

TEST(WholeSimulation, ANumberGivesTheSameHistoryEachTime) {
  const uint64_t first = TestSeed();
  for (uint64_t seed = first; seed < first + 5; ++seed) {
    const Told once = Live(seed), twice = Live(seed);
    EXPECT_EQ(once.trace, twice.trace) << "HALFTERM_SEED=" << seed;
    EXPECT_NE(once.trace, Live(seed + 1).trace);
  }
}

// A tablet that was put back and wrote on, beyond the last group that the server held, was told
// that all was well, and then that its chain had parted, for ever.
TEST(WholeSimulation, ATabletThatWasPutBackAndWroteOnIsGivenAnotherName) {
  const std::vector<Step> history = {
      {Does::kBegin, 7688462765404939912u},   {Does::kCopy, 9792868911067452178u},
      {Does::kWrite, 11147825125702230580u},  {Does::kMeet, 13118996303371833083u},
      {Does::kPutBack, 9937809279633979597u}, {Does::kWrite, 3332592931428065897u},
      {Does::kBegin, 10648848156298067155u}};
  EXPECT_EQ(Live(3, history, LeftOut::kNothing).wrong, "");
}

// The middle one of three is kept aside: the third replaces the first, which its writer had seen.
// HALFTERM_SEED=147176812, where the ledger took the first for lost.
TEST(WholeSimulation, AWordThatWasKeptAsideHadReplacedTheOneBeforeIt) {
  const std::vector<Step> history = {
      {Does::kCopy, 13298953008649797465u}, {Does::kClone, 9171727753435256678u},
      {Does::kBegin, 7259620198662764590u}, {Does::kWrite, 2605245132550169244u},
      {Does::kMeet, 14251206444953497952u}, {Does::kGrant, 2784029805381890779u},
      {Does::kWrite, 6997878033964794860u}, {Does::kMeet, 2542246229677950908u},
      {Does::kGrant, 1610902255610967638u}, {Does::kWrite, 11536935802441945201u}};
  EXPECT_EQ(Live(147176812, history, LeftOut::kNothing).wrong, "");
}

}  // namespace
}  // namespace halfterm::testing
