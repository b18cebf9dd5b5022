// The way of a call through the committer, and back out.
//
// The committer's one thread must only merge and commit, so answers are encoded and sent by a
// thread of the lane's own. What waits is bounded: beyond that a caller is told at once to come
// later, and a call whose caller has left is dropped when its turn comes (every call can be
// repeated).

#ifndef HALFTERM_SERVICE_WRITE_LANE_H_
#define HALFTERM_SERVICE_WRITE_LANE_H_
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/answer.h"
#include "service/worker_pool.h"
#include "storage/commit/committer.h"

namespace halfterm::service {

// Safe to call from any thread.
class WriteLane {
 public:
  // `committer` must outlive the lane.
  explicit WriteLane(storage::Committer& committer);

  // Makes the job of a call with `make` (which is given the job's `done`) and submits it. `bytes`
  // is what the call holds while it waits.
  template <class Reply, class Make>
  void Submit(const Answer& answer, size_t bytes, Make&& make);

  // How long a tablet that has just been answered should wait before its next push: 0, unless the
  // lane is more than half full.
  uint32_t RetryAfterMs() const;

  // Commits and answers everything that was submitted; what comes later is answered Unavailable.
  void Drain();

 private:
  // ResourceExhausted: too much waits.
  absl::Status Enter(size_t bytes);
  void Leave(size_t bytes);
  void SubmitWhileWanted(const Answer& answer, std::unique_ptr<storage::Job> job);
  void Send(WorkerPool::Work answering);

  storage::Committer& committer_;
  std::atomic<size_t> waiting_{0}, waiting_bytes_{0};
  WorkerPool answers_;
};

template <class Reply, class Make>
void WriteLane::Submit(const Answer& answer, size_t bytes, Make&& make) {
  if (absl::Status entered = Enter(bytes); !entered.ok()) {
    answer.Refuse(entered);
    return;
  }
  std::function<void(absl::StatusOr<Reply>)> done = [this, answer,
                                                     bytes](absl::StatusOr<Reply> reply) {
    Leave(bytes);
    Send([answer, reply = std::move(reply)] { answer.Give(reply); });
  };
  SubmitWhileWanted(answer, std::forward<Make>(make)(std::move(done)));
}

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_WRITE_LANE_H_
