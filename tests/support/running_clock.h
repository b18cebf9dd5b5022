// Time that goes by on a fake clock while a test waits for what only time brings about.

#ifndef HALFTERM_TESTS_SUPPORT_RUNNING_CLOCK_H_
#define HALFTERM_TESTS_SUPPORT_RUNNING_CLOCK_H_
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "tests/support/fake_clock.h"

namespace halfterm::testing {

// From its construction to its destruction the clock goes on, by `step_ms` at a time, so often as
// the machine comes to it and at most a thousand times a second.
class RunningClock {
 public:
  RunningClock(FakeClock& clock, int64_t step_ms)
      : thread_([this, &clock, step_ms] {
          std::unique_lock<std::mutex> lock(mutex_);
          while (!stopped_) {
            clock.Advance(step_ms);
            changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return stopped_; });
          }
        }) {}
  ~RunningClock() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  RunningClock(const RunningClock&) = delete;
  RunningClock& operator=(const RunningClock&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;  // Guarded by mutex_.
  std::thread thread_;    // Last: it uses all of the above.
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RUNNING_CLOCK_H_
