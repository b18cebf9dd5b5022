// Tries one claim on many histories made by chance, and says how to have a failing one again.

#ifndef HALFTERM_TESTS_SUPPORT_BY_CHANCE_H_
#define HALFTERM_TESTS_SUPPORT_BY_CHANCE_H_
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "sync/core/codec.h"
#include "tests/support/hex.h"
#include "tests/support/random_history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {

// Cases that ForCases() has tried in this program.
inline std::size_t& CasesTried() {
  static std::size_t tried = 0;
  return tried;
}

// Every test has histories of its own, and the same ones when it runs alone.
inline std::uint64_t SeedOfThisTest() {
  std::uint64_t seed = TestSeed();
  for (const char* c = ::testing::UnitTest::GetInstance()->current_test_info()->name(); *c; ++c) {
    seed = (seed ^ static_cast<unsigned char>(*c)) * 0x100000001b3u;
  }
  return seed;
}

// Calls `claim(random, history)` that many times, ten times on each history. Stops at the first
// failure, whose history follows from HALFTERM_SEED, the test's name and the number that is
// printed.
template <typename Claim>
void ForCases(std::size_t cases, Claim claim) {
  constexpr std::size_t kCasesOfAHistory = 10;
  for (std::size_t number = 0; number * kCasesOfAHistory < cases; ++number) {
    Random random(SeedOfThisTest() + number);
    const History history = RandomHistory(random);
    for (std::size_t i = 0; i < kCasesOfAHistory; ++i) {
      SCOPED_TRACE("history " + std::to_string(number) + ", case " + std::to_string(i));
      claim(random, history);
      ++CasesTried();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

inline void PrintCasesTried() {
  std::printf("%zu cases with HALFTERM_SEED=%llu\n", CasesTried(),
              static_cast<unsigned long long>(TestSeed()));
}

// With both as hexadecimal text where they differ.
inline ::testing::AssertionResult SameBytes(const core::Facet& a, const core::Facet& b) {
  const std::string left = core::Encode(a), right = core::Encode(b);
  if (left == right) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\n  " << ToHex(left) << "\n  " << ToHex(right);
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_BY_CHANCE_H_
