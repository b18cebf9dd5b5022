// One backup that an administrator waits for: its progress, and its result.
//
// Progress that the reader has not taken is replaced by what comes next; the result always arrives. If the
// reader leaves before the copy is verified, the copy goes too.

#ifndef HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
#include <grpcpp/server_context.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "halfterm/v1/backup.pb.h"
#include "service/streams/message_stream.h"
#include "service/streams/open_streams.h"
#include "service/worker_pool.h"
#include "storage/backup/ledger.h"
#include "storage/clock.h"
#include "storage/commit/epochs.h"
#include "storage/commit/secrets.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::service {

// What all backups work with; must outlive them.
struct BackupParts {
  const std::string& data;
  storage::Engine& engine;
  storage::Ledger& ledger;
  const storage::Epochs& epochs;
  const storage::Secrets& secrets;
  const storage::Directories& directories;
  const storage::Clock& clock;
  WorkerPool& workers;  // One thread, and nothing waits: one backup at a time.
  OpenStreams& streams;
};

// As the proto says it; a school is named by its name.
v1::BackupGeneration GenerationOf(const disk::BackupRow& row,
                                  const storage::Directories& directories);

class BackupStream final : public MessageStream::Source,
                           public OpenStreams::Stream,
                           public std::enable_shared_from_this<BackupStream> {
 public:
  // Returns what the handler returns.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const BackupParts& parts,
                                                           grpc::CallbackServerContext* context,
                                                           v1::MakeBackupRequest request);

  BackupStream(const BackupParts& parts, grpc::CallbackServerContext* context,
               v1::MakeBackupRequest request);

 private:
  void Written() override;
  void Ended() override;
  void Tick() override;
  void Stop() override;

  // On the backups' thread; as long as it takes.
  void Run();
  void Say(std::optional<v1::MakeBackupReply> message);

  const BackupParts parts_;
  const v1::MakeBackupRequest request_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::optional<v1::MakeBackupReply> unsaid_;
  std::optional<absl::Status> result_;
  MessageStream stream_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
