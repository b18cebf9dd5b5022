// Long work that an administrator waits for: its progress, and its result.
//
// Progress that the reader has not taken is replaced by what comes next; what the work says last
// always arrives, and before the end of the stream.

#ifndef HALFTERM_SERVICE_STREAMS_PROGRESS_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_PROGRESS_STREAM_H_
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "service/streams/message_stream.h"
#include "service/streams/open_streams.h"
#include "service/worker_pool.h"
#include "storage/clock.h"

namespace halfterm::service {

// Where it runs; must outlive the streams.
struct ProgressParts {
  const storage::Clock& clock;
  WorkerPool& workers;
  OpenStreams& streams;
};

class ProgressStream final : public MessageStream::Source,
                             public OpenStreams::Stream,
                             public std::enable_shared_from_this<ProgressStream> {
 public:
  // Says how far the work has come. False: nobody listens any more, or the server stops.
  using Tell = std::function<bool(const google::protobuf::Message& progress)>;
  // Runs on a thread of the workers, as long as it takes, unless nobody listens by then; how it
  // ended. It may call Tell until it returns.
  using Work = std::function<absl::Status(const Tell& tell)>;

  // Returns what the handler returns. `busy`: what a caller hears for whom there is no room.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const ProgressParts& parts,
                                                           grpc::CallbackServerContext* context,
                                                           const absl::Status& busy, Work work);

  ProgressStream(const ProgressParts& parts, grpc::CallbackServerContext* context, Work work);

 private:
  void Written() override;
  void Ended() override;
  void Tick() override;
  void Stop() override;

  void Run();
  bool Told(const google::protobuf::Message& progress);
  // Writes what is to be written, and ends the stream after the last of it.
  void Say();

  const ProgressParts parts_;
  const Work work_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::optional<grpc::ByteBuffer> unsaid_;  // Guarded by mutex_, as the next.
  std::optional<absl::Status> result_;
  MessageStream stream_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_PROGRESS_STREAM_H_
