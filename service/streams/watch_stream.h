// One Watch: tells a tablet that there is something to pull, and that the line is alive.
//
// It keeps no messages, only the newest sequence number and whether the tablet was told. The
// committer's thread notes a number and wakes the stream; everything else happens on the ticker's
// thread, so a thousand watches do not hold up a commit.

#ifndef HALFTERM_SERVICE_STREAMS_WATCH_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_WATCH_STREAM_H_
#include <grpcpp/server_context.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "halfterm/v1/sync.pb.h"
#include "service/caller_of.h"
#include "service/streams/message_stream.h"
#include "service/streams/open_streams.h"
#include "service/worker_pool.h"
#include "storage/caller.h"
#include "storage/backup/ledger.h"
#include "storage/clock.h"
#include "storage/commit/epochs.h"
#include "storage/commit/changes.h"
#include "storage/directory/directories.h"
#include "storage/pull/puller.h"
#include "sync/core/scope.h"

namespace halfterm::service {

// What all watches work with; must outlive them.
struct WatchParts {
  const Gate& gate;
  const storage::Puller& puller;
  const storage::Directories& directories;
  const storage::Clock& clock;
  storage::Changes& changes;
  WorkerPool& reads;
  OpenStreams& streams;
  const storage::Ledger& ledger;
  const storage::Epochs& epochs;
};

class WatchStream final : public MessageStream::Source,
                          public OpenStreams::Stream,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // Starts the watch of the session behind `token`. Returns what the handler returns.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const WatchParts& parts,
                                                           grpc::CallbackServerContext* context,
                                                           std::string token,
                                                           const storage::Caller& caller,
                                                           v1::WatchRequest request);

  WatchStream(const WatchParts& parts, grpc::CallbackServerContext* context, std::string token,
              const storage::Caller& caller);

 private:
  void Written() override;
  void Ended() override;
  void Tick() override;
  void Stop() override;

  // On the pool: listens, then looks whether something came after the cursor already.
  void Begin(const std::string& cursor);
  absl::Status LookForNews(const std::string& cursor);
  // Listens to the scopes that the caller has now, if they are others than before.
  void ListenToScopes();
  void Raise(uint64_t seq);
  // On the committer's thread.
  void Note(uint64_t seq);
  // Says what there is to say, if anything.
  void Say();
  // Ends the watch when its session is over; follows the caller's scopes.
  void CheckSession();

  const WatchParts parts_;
  const std::string token_;
  const storage::Caller caller_;
  std::atomic<uint64_t> newest_seq_{0};
  std::atomic<bool> has_news_{false};

  std::mutex mutex_;
  std::vector<core::Scope> scopes_;
  std::optional<uint64_t> listening_;  // The name that Changes gave.
  bool ended_ = false;
  int64_t checked_ms_, said_ms_, poked_ms_;

  MessageStream stream_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_WATCH_STREAM_H_
