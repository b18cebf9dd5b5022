// A call that reads: runs on a pool while its caller waits for it.

#ifndef HALFTERM_SERVICE_READING_H_
#define HALFTERM_SERVICE_READING_H_
#include <utility>

#include "absl/status/status.h"
#include "service/answer.h"
#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/worker_pool.h"

namespace halfterm::service {

// Gives what `read` returns, a StatusOr<Reply>; or ResourceExhausted at once where too much waits.
// Returns what the handler returns.
template <class Read>
grpc::ServerUnaryReactor* AnswerFrom(WorkerPool& pool, Urgency urgency, const Answer& answer,
                                     Read read) {
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  WorkerPool::Work work = [answer, read = std::move(read)]() mutable {
    if (absl::Status wanted = answer.Wanted(); !wanted.ok()) {
      answer.Refuse(wanted);
    } else {
      answer.Give(read());
    }
  };
  if (!pool.Submit(urgency, std::move(work))) {
    answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  }
  return reactor;
}

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_READING_H_
