#include "service/streams/message_stream.h"

#include <grpc/grpc.h>

#include <string>
#include <utility>

#include "service/grpc_status.h"

namespace halfterm::service {
namespace {

class Nobody final : public MessageStream::Source {
 public:
  Nobody(grpc::CallbackServerContext* context, const storage::Clock& clock)
      : stream(context, clock) {}
  void Written() override {}
  void Ended() override {}
  MessageStream stream;
};

}  // namespace

MessageStream::MessageStream(grpc::CallbackServerContext* context, const storage::Clock& clock)
    : context_(context), call_(context->c_call()), clock_(clock) {
  grpc_call_ref(call_);
}

MessageStream::~MessageStream() { grpc_call_unref(call_); }

grpc::ServerWriteReactor<grpc::ByteBuffer>* MessageStream::Refuse(
    grpc::CallbackServerContext* context, const storage::Clock& clock, const absl::Status& why) {
  auto nobody = std::make_shared<Nobody>(context, clock);
  MessageStream& stream = nobody->stream;
  stream.Open(std::move(nobody));
  stream.End(why);
  return &stream;
}

void MessageStream::Open(std::shared_ptr<Source> source) { source_ = std::move(source); }

bool MessageStream::Write(grpc::ByteBuffer message) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (writing_ || end_) return false;
    message_ = std::move(message);
    writing_ = true;
    writing_since_ms_ = clock_.MonotonicMs();
  }
  // Without the lock: gRPC may run other calls' reactions before this returns.
  StartWrite(&message_);
  return true;
}

bool MessageStream::WriteLast(grpc::ByteBuffer message) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (writing_ || end_) return false;
    message_ = std::move(message);
    writing_ = true;
    writing_since_ms_ = clock_.MonotonicMs();
    end_ = absl::OkStatus();
    finished_ = true;
  }
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
  return true;
}

void MessageStream::End(const absl::Status& why) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!end_) end_ = why;
  }
  FinishIfDue();
}

void MessageStream::Abort(const absl::Status& why) {
  End(why);
  const grpc::Status status = ToGrpc(why);
  grpc_call_cancel_with_status(call_, static_cast<grpc_status_code>(status.error_code()),
                               status.error_message().c_str(), nullptr);
}

bool MessageStream::IsWanted() const {
  std::lock_guard<std::mutex> lock(mutex_);
  // The context is there as long as the stream has not ended.
  return !end_ && !context_->IsCancelled();
}

int64_t MessageStream::ParkedMs() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return writing_ ? clock_.MonotonicMs() - writing_since_ms_ : 0;
}

void MessageStream::FinishIfDue() {
  absl::Status why;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!end_ || finished_ || writing_) return;
    finished_ = true;
    why = *end_;
  }
  Finish(ToGrpc(why, *context_));
}

void MessageStream::OnWriteDone(bool ok) {
  std::shared_ptr<Source> source;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    message_.Clear();
    if (!ok && !end_) end_ = absl::CancelledError("the caller has left");
    if (!end_) source = source_;
  }
  FinishIfDue();
  if (source != nullptr) source->Written();
}

void MessageStream::OnCancel() { End(absl::CancelledError("the caller has left")); }

void MessageStream::OnDone() {
  std::shared_ptr<Source> source;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    source = std::move(source_);
    writing_ = false;
    message_.Clear();
  }
  source->Ended();
}  // With the last hold on the source, the stream goes too.

}  // namespace halfterm::service
