// No tablet ever holds what its person may not read, and every tablet ends with all that they may:
// over weeks in which roles begin, end and move, records are filed anew, withdrawn and erased, and
// answers are lost, doubled and late. HALFTERM_SEED is the number of the first history,
// HALFTERM_SEEDS how many there are.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/simulation/scopes_history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

uint64_t SeedsWanted(uint64_t usual) {
  const char* const wanted = std::getenv("HALFTERM_SEEDS");
  return wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10);
}

using ScopesSimulation = ScopesHistory;

TEST_F(ScopesSimulation, NobodyHoldsMoreThanTheyMayAndEverybodyEndsWithAll) {
  const uint64_t first = TestSeed();
  const uint64_t seeds = SeedsWanted(60);
  uint64_t commits = 0, chunks = 0, healed = 0;
  const auto began = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < seeds; ++i) {
    const Told told = Live(first + i, Missing::kNothing);
    ASSERT_EQ(told.wrong, "") << "HALFTERM_SEED=" << first + i << " HALFTERM_SEEDS=1";
    commits += told.commits;
    chunks += told.chunks;
    healed += told.healed;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%llu seeds from %llu, %.1f a second: %llu commits, %llu chunks, %llu healed\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(first),
              static_cast<double>(seeds) / seconds, static_cast<unsigned long long>(commits),
              static_cast<unsigned long long>(chunks), static_cast<unsigned long long>(healed));
  if (seeds >= 20) {
    EXPECT_GT(healed, 0u) << "no copy ever had to be healed";
  }
}

}  // namespace
}  // namespace halfterm::testing
