// One Verify: the progress of a long recomputation, and its result.
//
// Progress that the reader has not taken is replaced by what comes next; the result always arrives.

#ifndef HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
#include <grpcpp/server_context.h>

#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "halfterm/v1/admin.pb.h"
#include "service/streams/message_stream.h"
#include "service/streams/open_streams.h"
#include "service/worker_pool.h"
#include "storage/clock.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"

namespace halfterm::service {

// What all verifications work with; must outlive them.
struct VerifyParts {
  const storage::Engine& engine;
  const storage::Secrets& secrets;
  const storage::Clock& clock;
  WorkerPool& reports;
  OpenStreams& streams;
};

class VerifyStream final : public MessageStream::Source,
                           public OpenStreams::Stream,
                           public std::enable_shared_from_this<VerifyStream> {
 public:
  // Returns what the handler returns.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const VerifyParts& parts,
                                                           grpc::CallbackServerContext* context,
                                                           v1::VerifyRequest request);

  VerifyStream(const VerifyParts& parts, grpc::CallbackServerContext* context,
               v1::VerifyRequest request);

 private:
  void Written() override;
  void Ended() override;
  void Tick() override;
  void Stop() override;

  // On the report pool; as long as it takes.
  void Run();
  // False: nobody listens any more.
  bool Progress(const v1::VerifyReply& reply);
  // Writes what is to be written, and ends the stream after the last of it.
  void Say();

  const VerifyParts parts_;
  const v1::VerifyRequest request_;
  std::mutex mutex_;
  std::optional<v1::VerifyReply> unsaid_;
  std::optional<absl::Status> result_;
  MessageStream stream_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
