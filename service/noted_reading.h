// A call that reads something that may be about somebody: as reading.h, but the answer leaves when
// the audit has what was read.

#ifndef HALFTERM_SERVICE_NOTED_READING_H_
#define HALFTERM_SERVICE_NOTED_READING_H_
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/answer.h"
#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/worker_pool.h"
#include "storage/audit/read_trail.h"
#include "storage/caller.h"

namespace halfterm::service {

// Gives what was read and noted for `caller` once the note is on the disk: at once where there was
// nothing new to note, else on a thread of `pool`. On a thread of the pool; waits for nothing.
template <class Reply>
void GiveOnceKept(WorkerPool& pool, storage::ReadTrail& trail, const storage::Caller& caller,
                  const Answer& answer, absl::StatusOr<Reply> reply) {
  if (!reply.ok() || trail.IsKept(caller)) return answer.Give(reply);
  auto read = std::make_shared<const Reply>(*std::move(reply));
  trail.WhenKept(caller, [&pool, answer, read = std::move(read)](const absl::Status& kept) {
    WorkerPool::Work give = [answer, read, kept] {
      if (kept.ok()) {
        answer.Give(*read);
      } else {
        answer.Refuse(kept);
      }
    };
    if (!pool.Submit(Urgency::kInteractive, std::move(give))) {
      answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
    }
  });
}

// Gives what `read` returns, a StatusOr<Reply>, which notes it; else as AnswerFrom.
template <class Read>
grpc::ServerUnaryReactor* AnswerOnceKept(WorkerPool& pool, storage::ReadTrail& trail,
                                         const storage::Caller& caller, const Answer& answer,
                                         Read read) {
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  WorkerPool::Work work = [&pool, &trail, caller, answer, read = std::move(read)]() mutable {
    if (absl::Status wanted = answer.Wanted(); !wanted.ok()) {
      answer.Refuse(wanted);
    } else {
      GiveOnceKept(pool, trail, caller, answer, read());
    }
  };
  if (!pool.Submit(Urgency::kInteractive, std::move(work))) {
    answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  }
  return reactor;
}

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_NOTED_READING_H_
