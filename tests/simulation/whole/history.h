// Histories of the whole simulation, each in a world of its own.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_HISTORY_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_HISTORY_H_
#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/whole/world.h"

namespace halfterm::testing {

constexpr size_t kSteps = 300;

struct Told {
  std::string wrong;  // Nothing: all went well.
  std::string trace;
  double tablet_days = 0;
  uint64_t groups = 0, words = 0, went = 0, power_cuts = 0, chunks = 0, commits = 0, refills = 0;
  std::map<uint32_t, uint64_t> dispositions;
  uint32_t epoch = 0;  // The last.
  World::Counts counts;
};

Told Live(uint64_t seed, const std::vector<Step>& history, LeftOut left_out,
          const MakeDisk& make_disk = OnRocks);
inline Told Live(uint64_t seed, LeftOut left_out = LeftOut::kNothing) {
  return Live(seed, HistoryOf(seed, kSteps), left_out);
}

// The fewest steps of a history that goes wrong that still go wrong, in the same way (by the name
// of the invariant) or in another. Lives it at most `most_lives` times.
std::vector<Step> Shortest(uint64_t seed, std::vector<Step> history, LeftOut left_out,
                           int most_lives = 400);
// One line a step, and what goes wrong: to be put into a test as it stands.
std::string Printed(uint64_t seed, const std::vector<Step>& history, LeftOut left_out);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_HISTORY_H_
