// The rules that the whole simulation can do without, one at a time: it must notice each.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_LEFT_OUT_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_LEFT_OUT_H_

namespace halfterm::testing {

enum class LeftOut {
  kNothing,
  kChain,             // Numbers are believed without their hashes.
  kQuarantine,        // What may not be committed is refused, and its tablet drops it.
  kNumberOfDiverted,  // What is kept aside takes no sequence number.
  kDecidedOnce,       // A group that comes again is judged again.
  kLeft,              // A record that leaves a scope leaves no row.
  kScopeDrop,         // Nobody is told that a scope is gone.
  kSiblings,          // Of two values written at once the later one stays.
  kWrongClocks,       // Work of a tablet whose clock is days wrong is refused.
  kKeptUntilDurable,  // Tablets forget what was acknowledged at once.
  kTombstones,        // What was removed is forgotten after some days.
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_LEFT_OUT_H_
