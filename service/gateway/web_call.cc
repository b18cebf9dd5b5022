#include "service/gateway/web_call.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace halfterm::service {

std::shared_ptr<WebCall> WebCall::Begin(grpc::GenericStub& stub, Start start) {
  std::shared_ptr<WebCall> call(new WebCall(std::move(start)));
  stub.PrepareBidiStreamingCall(&call->context_, call->start_.method, grpc::StubOptions(),
                                call.get());
  return call;
}

WebCall::WebCall(Start start) : start_(std::move(start)) {
  const grpc::Slice slice(start_.message);
  request_ = grpc::ByteBuffer(&slice, 1);
  for (const auto& [name, value] : start_.metadata) context_.AddMetadata(name, value);
  if (start_.timeout) {
    context_.set_deadline(
        std::chrono::system_clock::now() +
        std::chrono::duration_cast<std::chrono::system_clock::duration>(*start_.timeout));
  }
}

void WebCall::Next(Done done) {
  // Looked at before the read: once that has begun, its answer may come and end all of this.
  const bool is_first = !std::exchange(is_begun_, true);
  if (is_first) self_ = shared_from_this();
  done_ = std::move(done);
  reply_.Clear();
  StartRead(&reply_);
  if (!is_first) return;
  // The call goes out behind its first read: begun before it, 77 of 30,000 ended with status 0 and
  // without their message, which gRPC 1.51 may do within one process; so, none.
  //
  // Reads begin outside of gRPC's reactions: without the hold the call could be over, for gRPC,
  // between two of them, and the next would never end.
  AddHold();
  StartWriteLast(&request_, grpc::WriteOptions());
  StartCall();
}

void WebCall::Cancel() { context_.TryCancel(); }

void WebCall::OnReadDone(bool ok) {
  if (ok) {
    std::exchange(done_, nullptr)(std::move(reply_));
  } else {
    RemoveHold();
  }
}

void WebCall::OnDone(const grpc::Status& status) {
  trailers_ = TrailersOf(status);
  for (const auto& [name, value] : context_.GetServerTrailingMetadata()) {
    const absl::string_view key(name.data(), name.size());
    const absl::string_view text(value.data(), value.size());
    if (IsPassedToBrowser(key) && IsPlainValue(text)) trailers_.emplace_back(key, text);
  }
  // Whoever is told may close the channel at once, and the context holds on to the channel: were
  // this the last to let go of it, gRPC would join this thread of its own in this thread.
  Done done = std::exchange(done_, nullptr);
  self_.reset();
  done(std::nullopt);
}

Trailers TrailersOf(const grpc::Status& status) {
  Trailers trailers = {{"grpc-status", absl::StrCat(status.error_code())}};
  if (!status.error_message().empty()) {
    trailers.emplace_back("grpc-message", PercentEncoded(status.error_message()));
  }
  if (!status.error_details().empty()) {
    trailers.emplace_back("grpc-status-details-bin", absl::Base64Escape(status.error_details()));
  }
  return trailers;
}

}  // namespace halfterm::service
