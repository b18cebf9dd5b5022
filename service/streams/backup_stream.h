// One backup that an administrator waits for: its progress, and its result. If the reader leaves
// before the copy is verified, the copy goes too.

#ifndef HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
#include <grpcpp/server_context.h>

#include <string>

#include "halfterm/v1/backup.pb.h"
#include "service/streams/progress_stream.h"
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
  const ProgressParts progress;  // One thread, and nothing waits: one backup at a time.
};

// As the proto says it; a school is named by its name.
v1::BackupGeneration GenerationOf(const disk::BackupRow& row,
                                  const storage::Directories& directories);

// Returns what the handler returns.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartBackup(const BackupParts& parts,
                                                        grpc::CallbackServerContext* context,
                                                        v1::MakeBackupRequest request);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_BACKUP_STREAM_H_
