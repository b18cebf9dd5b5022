// How a test waits for what another thread or process brings about: never for a time.
//
// The limit is there so that a test that waits for nothing ends, and says where; no claim depends
// on it, so it is generous.

#ifndef HALFTERM_TESTS_SUPPORT_AWAIT_H_
#define HALFTERM_TESTS_SUPPORT_AWAIT_H_
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace halfterm::testing {

inline constexpr std::chrono::seconds kLongestAwait(60);

// Looks again and again, for what tells nobody that it has come. False: it does not come.
template <typename Condition>
[[nodiscard]] bool ComesTrue(const Condition& condition,
                             std::chrono::milliseconds longest = kLongestAwait) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// A number that one thread changes and another waits for. Safe to call from any thread.
class AwaitedCount {
 public:
  void operator++() { Add(1); }
  void operator--() { Add(-1); }
  int now() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

  // False: it does not come to that.
  [[nodiscard]] bool Becomes(int count) {
    return Await([this, count] { return count_ == count; });
  }
  [[nodiscard]] bool Reaches(int count) {
    return Await([this, count] { return count_ >= count; });
  }

 private:
  void Add(int change) {
    const std::lock_guard<std::mutex> lock(mutex_);
    count_ += change;
    changed_.notify_all();  // Under the lock: whoever waits may let all of this go.
  }
  template <typename Condition>
  bool Await(const Condition& condition) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kLongestAwait, condition);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;  // Guarded by mutex_.
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_AWAIT_H_
