// A few threads for work that waits for the disk.
//
// gRPC answers every call from two threads here; a read in a handler would make all others wait.
// What somebody looks at goes before long work, and when too much waits, more is turned away.

#ifndef HALFTERM_SERVICE_WORKER_POOL_H_
#define HALFTERM_SERVICE_WORKER_POOL_H_
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace halfterm::service {

enum class Urgency {
  kInteractive,  // Somebody looks at a screen.
  kBulk,         // The next chunk of a long pull, a report.
};

// Safe to call from any thread.
class WorkerPool {
 public:
  using Work = absl::AnyInvocable<void()>;

  WorkerPool(size_t threads, size_t max_waiting);
  ~WorkerPool();  // Closes.

  // False, and `work` is left as it is: too much waits already, or the pool is closed. Work should
  // look first whether anybody still wants it.
  [[nodiscard]] bool Submit(Urgency urgency, Work&& work);

  // Takes nothing more, does what waits, and stops the threads. A second call is no error.
  void Close();

 private:
  void Run();

  const size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> interactive_, bulk_;
  size_t taken_ = 0;  // Every fourth is bulk, so that a busy morning does not stop all pulls.
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_WORKER_POOL_H_
