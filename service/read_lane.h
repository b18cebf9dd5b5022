// The way of every call that reads, from its bytes to its answer: who calls, what is asked, and the
// reading on a pool, so that gRPC's threads never wait.
//
// A service that reads names its call and what is read; that nothing is read before its caller is
// known stands here and nowhere else.

#ifndef HALFTERM_SERVICE_READ_LANE_H_
#define HALFTERM_SERVICE_READ_LANE_H_
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "service/answer.h"
#include "service/caller_of.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/noted_reading.h"
#include "service/reading.h"
#include "service/worker_pool.h"
#include "storage/clock.h"

namespace halfterm::service {

// Safe to call from any thread. Each call returns what its handler returns.
class ReadLane {
 public:
  // All must outlive the calls.
  ReadLane(const Gate& gate, const storage::Clock& clock, WorkerPool& pool)
      : gate_(gate), clock_(clock), pool_(pool) {}

  // Gives what `read(caller, request)`, a StatusOr<Reply>, returns for whoever is signed in.
  template <class Request, class Read>
  grpc::ServerUnaryReactor* ForCaller(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                      Read read) const {
    const Answer answer(context, reply, clock_, kUnaryMs);
    const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
    if (!caller.ok()) return answer.Refuse(caller.status());
    absl::StatusOr<Request> request = Decode<Request>(bytes);
    if (!request.ok()) return answer.Refuse(request.status());
    return AnswerFrom(pool_, Urgency::kInteractive, answer,
                      [read = std::move(read), caller = *caller, request = *std::move(request)] {
                        return read(caller, request);
                      });
  }
  // The same of a reader's own call. `reader` must outlive it.
  template <class Reader, class Request, class Reply>
  grpc::ServerUnaryReactor* ForCaller(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
      const Reader& reader,
      absl::StatusOr<Reply> (Reader::*call)(const storage::Caller&, const Request&) const) const {
    return ForCaller<Request>(
        context, bytes, reply,
        [&reader, call](const storage::Caller& caller, const Request& request) {
          return (reader.*call)(caller, request);
        });
  }

  // The same of what names people: `read` notes the reading in `trail`, which must outlive the
  // call, and the answer waits for the note.
  template <class Request, class Read>
  grpc::ServerUnaryReactor* ForReader(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                      storage::ReadTrail& trail, Read read) const {
    const Answer answer(context, reply, clock_, kUnaryMs);
    const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
    if (!caller.ok()) return answer.Refuse(caller.status());
    absl::StatusOr<Request> request = Decode<Request>(bytes);
    if (!request.ok()) return answer.Refuse(request.status());
    return AnswerOnceKept(pool_, trail, *caller, answer,
                          [read = std::move(read), caller = *caller,
                           request = *std::move(request)] { return read(caller, request); });
  }

  // On the admin port, where nobody signs in: gives what `read(request)` returns.
  template <class Request, class Read>
  grpc::ServerUnaryReactor* ForAdmin(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                     Read read) const {
    const Answer answer(context, reply, clock_, kAdminMs);
    if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
    absl::StatusOr<Request> request = Decode<Request>(bytes);
    if (!request.ok()) return answer.Refuse(request.status());
    return AnswerFrom(
        pool_, Urgency::kInteractive, answer,
        [read = std::move(read), request = *std::move(request)] { return read(request); });
  }

 private:
  const Gate& gate_;
  const storage::Clock& clock_;
  WorkerPool& pool_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_READ_LANE_H_
