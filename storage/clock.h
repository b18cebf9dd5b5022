// The time, as something to be handed in.
//
// No rule of merging or of who may read asks a clock. What does (grants that begin and end, time
// intervals of groups, intervals of work) takes a `const Clock&`, so that a simulation can replay a
// week of half-term reviews from one number. Only main() knows the system's.

#ifndef HALFTERM_STORAGE_CLOCK_H_
#define HALFTERM_STORAGE_CLOCK_H_
#include <cstdint>

namespace halfterm::storage {

// Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // Milliseconds since 1970-01-01T00:00Z. May stand still, jump, and go back.
  virtual int64_t NowMs() const = 0;

  // Milliseconds since some moment of this process. Never goes back; for durations and deadlines.
  virtual int64_t MonotonicMs() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t NowMs() const override;
  int64_t MonotonicMs() const override;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_CLOCK_H_
