// The answer to one unary call: given exactly once, from whatever thread has it.

#ifndef HALFTERM_SERVICE_ANSWER_H_
#define HALFTERM_SERVICE_ANSWER_H_
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/grpc_status.h"
#include "service/messages.h"
#include "storage/clock.h"

namespace halfterm::service {

// A small value that is copied into whatever works on the call. The call lives until one of the
// copies answers, and no longer: nothing is touched after Refuse or Give.
class Answer {
 public:
  // `clock` must outlive the call. An answer later than `longest_ms` from now is not worth giving.
  Answer(grpc::CallbackServerContext* context, grpc::ByteBuffer* reply, const storage::Clock& clock,
         int64_t longest_ms)
      : context_(context),
        reactor_(context->DefaultReactor()),
        reply_(reply),
        clock_(&clock),
        until_ms_(clock.MonotonicMs() + longest_ms) {}

  // What the handler returns.
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // OK while somebody waits for the answer; else why nobody does. Ask when the work's turn comes.
  absl::Status Wanted() const {
    if (context_->IsCancelled()) return absl::CancelledError("the caller has left");
    if (clock_->MonotonicMs() > until_ms_) {
      return absl::DeadlineExceededError("the server was too busy to answer in time");
    }
    return absl::OkStatus();
  }

  // Answers with an error. Returns the reactor, for handlers that refuse at once.
  grpc::ServerUnaryReactor* Refuse(const absl::Status& why) const {
    grpc::ServerUnaryReactor* const reactor = reactor_;
    reactor->Finish(ToGrpc(why, *context_));
    return reactor;
  }

  void Give(const google::protobuf::Message& reply) const {
    *reply_ = Encode(reply);
    reactor_->Finish(grpc::Status::OK);
  }

  template <class Reply>
  void Give(const absl::StatusOr<Reply>& reply) const {
    if (reply.ok()) {
      Give(*reply);
    } else {
      Refuse(reply.status());
    }
  }

 private:
  grpc::CallbackServerContext* context_;
  grpc::ServerUnaryReactor* reactor_;
  grpc::ByteBuffer* reply_;
  const storage::Clock* clock_;
  int64_t until_ms_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_ANSWER_H_
