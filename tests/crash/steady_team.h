// Several steady writers, each in a department of their own, who push side by side while something
// happens to their servers.

#ifndef HALFTERM_TESTS_CRASH_STEADY_TEAM_H_
#define HALFTERM_TESTS_CRASH_STEADY_TEAM_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/steady_writer.h"
#include "tests/support/small_school.h"
#include "tests/support/tablet_server.h"

namespace halfterm::testing {

// For one thread at a time. What goes wrong fails the test.
class SteadyTeam {
 public:
  static constexpr uint8_t kWriters = 4;

  // Adds the writers, their teachers and departments: people and organisations 70 to 99.
  static void Join(SmallSchool& school);
  // After the import of such a school. Each writer's connection is to what `server` gives then and
  // whenever it is made anew.
  SteadyTeam(TabletServer& server, const std::string& tenant, uint64_t seed);

  // Each pushes until it was answered so many times, and comes again where nobody answers. When
  // some of these pushes were answered, as chance has it, `disturb` is called, on another thread.
  void PushWhile(int pushes, const std::function<void()>& disturb);
  // Each greets, on a new connection, and sends what was answered last, or ever, again.
  void RepeatLast();
  void RepeatAll();
  // After that: everything that was ever answered is there, once, and in a place of its own.
  void ExpectThatAllIsThere();
  // Groups answered and values found, pushes that were not answered, what was lost or doubled.
  std::string Account() const;

 private:
  void Everybody(const std::function<void(SteadyWriter&)>& act);

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<SteadyWriter>> writers_;
  uint64_t interrupted_ = 0, found_ = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_CRASH_STEADY_TEAM_H_
