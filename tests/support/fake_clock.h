// A clock that moves only when a test says so.

#ifndef HALFTERM_TESTS_SUPPORT_FAKE_CLOCK_H_
#define HALFTERM_TESTS_SUPPORT_FAKE_CLOCK_H_
#include <atomic>
#include <cstdint>

#include "storage/clock.h"

namespace halfterm::testing {

// Starts at 2026-09-01T08:00Z, the first morning of the demonstration school's year. Safe to read
// and to move from any thread.
class FakeClock final : public storage::Clock {
 public:
  static constexpr int64_t kFirstMorningMs = 1'788'249'600'000;

  explicit FakeClock(int64_t now_ms = kFirstMorningMs) : now_ms_(now_ms) {}

  int64_t NowMs() const override { return now_ms_.load(); }
  int64_t MonotonicMs() const override { return monotonic_ms_.load(); }

  // Time passes: both readings move on.
  void Advance(int64_t ms) {
    now_ms_ += ms;
    monotonic_ms_ += ms;
  }

  // Somebody sets the wall clock, forwards or back; no time passes.
  void SetWall(int64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<int64_t> now_ms_;
  std::atomic<int64_t> monotonic_ms_{0};
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_FAKE_CLOCK_H_
