#include "service/ticker.h"

#include <utility>

namespace halfterm::service {

Ticker::Ticker(std::chrono::milliseconds period, std::function<void(bool nudged)> tick)
    : period_(period), tick_(std::move(tick)), thread_([this] { Run(); }) {}

Ticker::~Ticker() { Stop(); }

void Ticker::Nudge() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    nudged_ = true;
  }
  wake_.notify_one();
}

void Ticker::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Ticker::Run() {
  auto next = std::chrono::steady_clock::now() + period_;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_) {
    wake_.wait_until(lock, next, [this] { return stopped_ || nudged_; });
    if (stopped_) return;
    const bool is_time = std::chrono::steady_clock::now() >= next;
    nudged_ = false;
    if (is_time) next = std::chrono::steady_clock::now() + period_;
    lock.unlock();
    tick_(!is_time);
    lock.lock();
  }
}

}  // namespace halfterm::service
