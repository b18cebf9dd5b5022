#include "service/streams/progress_stream.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"

namespace halfterm::service {

grpc::ServerWriteReactor<grpc::ByteBuffer>* ProgressStream::Start(
    const ProgressParts& parts, grpc::CallbackServerContext* context, const absl::Status& busy,
    Work work) {
  auto progress = std::make_shared<ProgressStream>(parts, context, std::move(work));
  MessageStream& stream = progress->stream_;
  stream.Open(progress);
  absl::Status added = parts.streams.Add(progress);
  if (added.ok() && !parts.workers.Submit(Urgency::kBulk, [progress] { progress->Run(); })) {
    added = busy;
  }
  if (!added.ok()) stream.End(added);
  return &stream;
}

ProgressStream::ProgressStream(const ProgressParts& parts, grpc::CallbackServerContext* context,
                               Work work)
    : parts_(parts), work_(std::move(work)), stream_(context, parts.clock) {}

void ProgressStream::Run() {
  if (!stream_.IsWanted()) return;
  absl::Status result =
      work_([this](const google::protobuf::Message& progress) { return Told(progress); });
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    result_ = std::move(result);
  }
  Say();
}

bool ProgressStream::Told(const google::protobuf::Message& progress) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    unsaid_ = Encode(progress);
  }
  Say();
  return !stopped_ && stream_.IsWanted();
}

void ProgressStream::Say() {
  absl::Status result;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (unsaid_ && stream_.Write(*unsaid_)) unsaid_.reset();
    if (unsaid_ || !result_) return;
    result = *result_;
  }
  stream_.End(result);  // After the message that is on its way.
}

void ProgressStream::Written() { Say(); }

void ProgressStream::Ended() { parts_.streams.Remove(this); }

void ProgressStream::Tick() {
  if (stream_.ParkedMs() > kParkedReaderMs) {
    stream_.Abort(Later("the reader takes nothing", kOverloadPushbackMs));
  }
}

void ProgressStream::Stop() {
  stopped_ = true;
  stream_.End(absl::UnavailableError("the server is stopping"));
}

}  // namespace halfterm::service
