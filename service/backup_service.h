// halfterm.v1.Backups for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_BACKUP_SERVICE_H_
#define HALFTERM_SERVICE_BACKUP_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/backup.grpc.pb.h"
#include "service/caller_of.h"
#include "service/streams/backup_stream.h"
#include "service/worker_pool.h"

namespace halfterm::service {

using RawBackups = v1::Backups::WithRawCallbackMethod_MakeBackup<
    v1::Backups::WithRawCallbackMethod_ListBackups<v1::Backups::Service>>;

// Called by gRPC's threads; nothing here waits.
class BackupService final : public RawBackups {
 public:
  // All must outlive the service.
  BackupService(const Gate& gate, const BackupParts& parts, WorkerPool& reads)
      : gate_(gate), parts_(parts), reads_(reads) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* MakeBackup(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* bytes) override;
  grpc::ServerUnaryReactor* ListBackups(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* bytes,
                                        grpc::ByteBuffer* reply) override;

 private:
  absl::StatusOr<v1::ListBackupsReply> ReadList() const;

  const Gate& gate_;
  const BackupParts parts_;
  WorkerPool& reads_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_BACKUP_SERVICE_H_
