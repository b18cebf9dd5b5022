#include "service/worker_pool.h"

#include <utility>

namespace halfterm::service {
namespace {

constexpr size_t kBulkTurn = 4;

}  // namespace

WorkerPool::WorkerPool(size_t threads, size_t max_waiting) : max_waiting_(max_waiting) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() { Close(); }

bool WorkerPool::Submit(Urgency urgency, Work&& work) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || interactive_.size() + bulk_.size() >= max_waiting_) return false;
    (urgency == Urgency::kInteractive ? interactive_ : bulk_).push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::Close() {
  std::vector<std::thread> threads;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void WorkerPool::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closed_ || !interactive_.empty() || !bulk_.empty(); });
    if (interactive_.empty() && bulk_.empty()) return;
    const bool is_bulks_turn = ++taken_ % kBulkTurn == 0;
    std::deque<Work>& queue =
        interactive_.empty() || (is_bulks_turn && !bulk_.empty()) ? bulk_ : interactive_;
    {
      Work work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
    }  // What the work held is released without the lock.
    lock.lock();
  }
}

}  // namespace halfterm::service
