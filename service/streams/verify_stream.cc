#include "service/streams/verify_stream.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"
#include "storage/verify/verifier.h"

namespace halfterm::service {

grpc::ServerWriteReactor<grpc::ByteBuffer>* VerifyStream::Start(
    const VerifyParts& parts, grpc::CallbackServerContext* context, v1::VerifyRequest request) {
  auto verify = std::make_shared<VerifyStream>(parts, context, std::move(request));
  MessageStream& stream = verify->stream_;
  stream.Open(verify);
  absl::Status added = parts.streams.Add(verify);
  if (added.ok() && !parts.reports.Submit(Urgency::kBulk, [verify] { verify->Run(); })) {
    added = Later("other reports are running; try again", kOverloadPushbackMs);
  }
  if (!added.ok()) stream.End(added);
  return &stream;
}

VerifyStream::VerifyStream(const VerifyParts& parts, grpc::CallbackServerContext* context,
                           v1::VerifyRequest request)
    : parts_(parts), request_(std::move(request)), stream_(context, parts.clock) {}

void VerifyStream::Run() {
  if (!stream_.IsWanted()) return;
  absl::Status result = storage::Verify(
      parts_.engine, request_, [this](const v1::VerifyReply& reply) { return Progress(reply); },
      &parts_.secrets);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    result_ = std::move(result);
  }
  Say();
}

bool VerifyStream::Progress(const v1::VerifyReply& reply) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    unsaid_ = reply;
  }
  Say();
  return stream_.IsWanted();
}

void VerifyStream::Say() {
  absl::Status result;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (unsaid_ && stream_.Write(Encode(*unsaid_))) unsaid_.reset();
    if (unsaid_ || !result_) return;
    result = *result_;
  }
  stream_.End(result);  // After the message that is on its way.
}

void VerifyStream::Written() { Say(); }

void VerifyStream::Ended() { parts_.streams.Remove(this); }

void VerifyStream::Tick() {
  if (stream_.ParkedMs() > kParkedReaderMs) {
    stream_.Abort(Later("the reader takes nothing", kOverloadPushbackMs));
  }
}

void VerifyStream::Stop() { stream_.End(absl::UnavailableError("the server is stopping")); }

}  // namespace halfterm::service
