// One Pull: chunk after chunk from the caller's cursor.
//
// The next chunk is read only when the last one has left, so a reader decides by its own pace how
// much is read for it, and holds one chunk of memory. Whatever ends the stream, the tablet goes on
// from the cursor of the last chunk that it applied.

#ifndef HALFTERM_SERVICE_STREAMS_PULL_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_PULL_STREAM_H_
#include <grpcpp/server_context.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "halfterm/v1/sync.pb.h"
#include "service/caller_of.h"
#include "service/streams/message_stream.h"
#include "service/streams/open_streams.h"
#include "service/streams/repeat_limit.h"
#include "service/worker_pool.h"
#include "storage/audit/read_trail.h"
#include "storage/clock.h"
#include "storage/pull/puller.h"

namespace halfterm::service {

// What all pulls work with; must outlive them.
struct PullParts {
  const Gate& gate;
  const storage::Puller& puller;
  storage::ReadTrail& trail;
  const storage::Clock& clock;
  WorkerPool& reads;
  OpenStreams& streams;
  RepeatLimit& repeats;
};

class PullStream final : public MessageStream::Source,
                         public OpenStreams::Stream,
                         public std::enable_shared_from_this<PullStream> {
 public:
  // Starts the pull of the session behind `token`. Returns what the handler returns.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const PullParts& parts,
                                                           grpc::CallbackServerContext* context,
                                                           std::string token,
                                                           v1::PullRequest request);

  PullStream(const PullParts& parts, grpc::CallbackServerContext* context, std::string token,
             v1::PullRequest request);

 private:
  void Written() override;
  void Ended() override;
  void Tick() override;
  void Stop() override;

  // Asks for a chunk to be read by the pool.
  void Ask(Urgency urgency);
  void ReadChunk();
  // Once what the message names is noted.
  void Send(const grpc::ByteBuffer& message, bool more);

  const PullParts parts_;
  const std::string token_;
  const int64_t until_ms_;
  // Whether the call asks for what was handed out before; not known before its first chunk.
  std::optional<bool> is_repeat_;
  v1::PullRequest request_;  // With the cursor of the next chunk; used by one thread at a time.
  MessageStream stream_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_PULL_STREAM_H_
