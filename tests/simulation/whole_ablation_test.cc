// The whole simulation notices each rule that is left out: a simulation that cannot is not to be
// trusted with those that are there.

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/simulation/whole/history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr uint64_t kMostSeeds = 500;

void ExpectNoticed(LeftOut left_out, bool with_restores = false) {
  const uint64_t first = TestSeed();
  for (uint64_t i = 0; i < kMostSeeds; ++i) {
    const uint64_t seed = first + i;
    const Told told =
        Live(seed, with_restores ? HistoryWithRestores(seed, kSteps) : HistoryOf(seed, kSteps),
             left_out);
    if (told.wrong.empty()) continue;
    std::printf("noticed in history %llu: %s\n", static_cast<unsigned long long>(i + 1),
                told.wrong.c_str());
    return;
  }
  FAIL() << "not noticed in " << kMostSeeds << " histories";
}

TEST(WholeAblation, NumbersWithoutAChain) { ExpectNoticed(LeftOut::kChain); }
TEST(WholeAblation, RefusedInsteadOfKeptAside) { ExpectNoticed(LeftOut::kQuarantine); }
TEST(WholeAblation, KeptAsideWithoutANumber) { ExpectNoticed(LeftOut::kNumberOfDiverted); }
TEST(WholeAblation, JudgedAgain) { ExpectNoticed(LeftOut::kDecidedOnce); }
TEST(WholeAblation, NoLeft) { ExpectNoticed(LeftOut::kLeft); }
TEST(WholeAblation, NoScopeDrop) { ExpectNoticed(LeftOut::kScopeDrop); }
TEST(WholeAblation, TheLastWriterWins) { ExpectNoticed(LeftOut::kSiblings); }
TEST(WholeAblation, WrongClocksAreRefused) { ExpectNoticed(LeftOut::kWrongClocks); }
TEST(WholeAblation, ForgottenOnAcknowledgement) {
  ExpectNoticed(LeftOut::kKeptUntilDurable, /*with_restores=*/true);
}
TEST(WholeAblation, RemovalsAreForgottenAfterSomeDays) { ExpectNoticed(LeftOut::kTombstones); }

// What goes wrong in some hundred steps goes wrong in a few.
TEST(WholeAblation, AHistoryThatGoesWrongIsMadeShort) {
  const uint64_t first = TestSeed();
  for (uint64_t seed = first;; ++seed) {
    ASSERT_LT(seed, first + kMostSeeds);
    if (Live(seed, LeftOut::kSiblings).wrong.empty()) continue;
    const std::vector<Step> shortest =
        Shortest(seed, HistoryOf(seed, kSteps), LeftOut::kSiblings, /*most_lives=*/250);
    EXPECT_FALSE(Live(seed, shortest, LeftOut::kSiblings).wrong.empty());
    EXPECT_LE(shortest.size(), 30u);
    std::printf("%s", Printed(seed, shortest, LeftOut::kSiblings).c_str());
    return;
  }
}

}  // namespace
}  // namespace halfterm::testing
