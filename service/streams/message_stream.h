// The writing half of a server-streaming call: one message at a time, and one end.
//
// gRPC tells of the end of a write, of a caller who left and of the end of the call on any of its
// threads, while our own threads write and end the stream. All of that meets here, so that a source
// of messages sees an orderly stream: it writes, hears that the message left, writes again; and
// after Ended() it hears nothing more.
//
// There is no queue. A slow reader costs one message of memory.

#ifndef HALFTERM_SERVICE_STREAMS_MESSAGE_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_MESSAGE_STREAM_H_
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "storage/clock.h"

namespace halfterm::service {

// Safe to call from any thread.
class MessageStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // Who fills a stream. Owns it, as a member. Called by gRPC's threads: must not block.
  class Source {
   public:
    virtual ~Source() = default;
    // The message left; the next one may be written.
    virtual void Written() = 0;
    // The call is over.
    virtual void Ended() = 0;
  };

  // `clock` must outlive the call.
  MessageStream(grpc::CallbackServerContext* context, const storage::Clock& clock);
  ~MessageStream() override;

  // An answer for a handler that refuses the call at once.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Refuse(grpc::CallbackServerContext* context,
                                                            const storage::Clock& clock,
                                                            const absl::Status& why);

  // Must come first. The stream keeps its source (which owns it) until the call is over.
  void Open(std::shared_ptr<Source> source);

  // False, and nothing is written: a message is still on its way, or the stream ends.
  bool Write(grpc::ByteBuffer message);
  // The last message, and OK. False as Write.
  bool WriteLast(grpc::ByteBuffer message);
  // Ends the stream after the message that is on its way, if any. The first end counts.
  void End(const absl::Status& why);
  // Ends it now: the reader does not take the message that is on its way.
  void Abort(const absl::Status& why);

  // False once the caller left or the stream ends.
  bool IsWanted() const;
  // For how long the last message has been on its way; 0 when none is.
  int64_t ParkedMs() const;

 private:
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  // Calls Finish, once, when nothing is on its way.
  void FinishIfDue();

  grpc::CallbackServerContext* const context_;
  grpc_call* const call_;  // A reference of our own: Abort may come when the context is gone.
  const storage::Clock& clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<Source> source_;
  grpc::ByteBuffer message_;
  bool writing_ = false;
  int64_t writing_since_ms_ = 0;
  std::optional<absl::Status> end_;
  bool finished_ = false;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_MESSAGE_STREAM_H_
