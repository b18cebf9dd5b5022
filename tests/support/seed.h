// The one number that a test by chance starts from.

#ifndef HALFTERM_TESTS_SUPPORT_SEED_H_
#define HALFTERM_TESTS_SUPPORT_SEED_H_
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace halfterm::testing {

// HALFTERM_SEED if it is set, else a new number for each run of the program; printed on first use,
// so that any failure can be had again. The same for the whole run.
inline uint64_t TestSeed() {
  static const uint64_t seed = [] {
    const char* const wanted = std::getenv("HALFTERM_SEED");
    const uint64_t chosen =
        wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
    std::printf("HALFTERM_SEED=%llu\n", static_cast<unsigned long long>(chosen));
    std::fflush(stdout);
    return chosen;
  }();
  return seed;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_SEED_H_
