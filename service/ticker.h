// One thread that calls a function again and again.

#ifndef HALFTERM_SERVICE_TICKER_H_
#define HALFTERM_SERVICE_TICKER_H_
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace halfterm::service {

// Safe to call from any thread.
class Ticker {
 public:
  // Calls `tick` every `period` with `nudged` false, and in between with true soon after each
  // Nudge.
  Ticker(std::chrono::milliseconds period, std::function<void(bool nudged)> tick);
  ~Ticker();  // Stops.

  void Nudge();

  // After it returns `tick` runs no more. Not from within `tick`.
  void Stop();

 private:
  void Run();

  const std::chrono::milliseconds period_;
  const std::function<void(bool)> tick_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool nudged_ = false, stopped_ = false;
  std::thread thread_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_TICKER_H_
