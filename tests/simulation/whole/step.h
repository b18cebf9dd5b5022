// What may happen in a school's weeks, one thing at a time.
//
// A history is a list of steps, and each step has all its chance in itself. What a step does
// depends on the steps before it, but leaving one out does not change what the others want: that is
// what makes a history that went wrong short enough to read (Shortest in history.h).

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_STEP_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_STEP_H_
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace halfterm::testing {

enum class Does {
  kMeet,          // A tablet meets the server; cut anywhere, answers lost, calls made twice.
  kWrite,         // Somebody writes in a page that they see.
  kStrayWrite,    // Somebody writes where they may not.
  kIntend,        // Submits, shares, closes, withdraws, grants reading ...
  kBegin,         // A new visit.
  kHours,         // Time passes.
  kDays,          // More of it.
  kGrant,         // A role begins, ends or comes back.
  kMove,          // A teacher changes department.
  kErase,         // A peer visit is erased by its teacher.
  kLatePush,      // A message of another time arrives.
  kWrongClock,    // Somebody sets a tablet's clock, or its battery dies.
  kSwitchOff,     // A tablet is switched off and on, perhaps in the midst of writing.
  kCopy,          // Somebody makes a copy of a tablet.
  kPutBack,       // A tablet becomes that copy again.
  kClone,         // Another tablet becomes that copy.
  kPowerCut,      // The server's power goes in one of the next commits.
  kRestart,       // The server is stopped and started.
  kServersClock,  // The server's clock steps.
  kRecompute,     // Everything derived is made again and compared.
  // Only in histories with restores.
  kBackUp,   // A backup is made.
  kRestore,  // One of the last two backups is put in the place of the store.
};
// Of a usual history.
constexpr size_t kDoes = static_cast<size_t>(Does::kRecompute) + 1;

struct Step {
  Does does;
  uint64_t chance;
};
std::string Named(const Step& step);

// How often each thing happens; some never do in a history, and others often, so that rare
// meetings of two faults are not drowned by everything else.
using Weights = std::array<int, kDoes>;
Weights SwarmWeights(uint64_t seed);
std::vector<Step> HistoryOf(uint64_t seed, size_t steps);
// The same with backups and restores in between: two backups at least before the first restore.
std::vector<Step> HistoryWithRestores(uint64_t seed, size_t steps);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_STEP_H_
