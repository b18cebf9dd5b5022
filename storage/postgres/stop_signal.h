// Says once, to whoever waits for a PostgreSQL that is away, that this process is asked to stop.
//
// Stopping must not take as long as the patience with a database: what waits is not acknowledged
// yet, and its tablets keep it.

#ifndef HALFTERM_STORAGE_POSTGRES_STOP_SIGNAL_H_
#define HALFTERM_STORAGE_POSTGRES_STOP_SIGNAL_H_
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace halfterm::storage {

// Safe to use from any thread.
class StopSignal {
 public:
  void Send() {
    const std::lock_guard<std::mutex> lock(mutex_);
    sent_ = true;
    changed_.notify_all();
  }

  // True when the time is over; false, and at once, when the signal was sent.
  bool Pause(std::chrono::milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return sent_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool sent_ = false;  // Guarded by mutex_.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_POSTGRES_STOP_SIGNAL_H_
