#include "service/backup_service.h"

#include <memory>
#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "storage/directory/schools.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerWriteReactor<Bytes>* BackupService::MakeBackup(Context* context, const Bytes* bytes) {
  if (absl::Status open = gate_.Open(); !open.ok()) {
    return MessageStream::Refuse(context, parts_.clock, open);
  }
  absl::StatusOr<v1::MakeBackupRequest> request = Decode<v1::MakeBackupRequest>(*bytes);
  if (!request.ok()) return MessageStream::Refuse(context, parts_.clock, request.status());
  return StartBackup(parts_, context, *std::move(request));
}

grpc::ServerUnaryReactor* BackupService::ListBackups(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::ListBackupsRequest> request = Decode<v1::ListBackupsRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  return AnswerFrom(reads_, Urgency::kInteractive, answer, [this] { return ReadList(); });
}

absl::StatusOr<v1::ListBackupsReply> BackupService::ReadList() const {
  v1::ListBackupsReply reply;
  for (const disk::BackupRow& backup : parts_.ledger.facts().backups) {
    *reply.add_generations() = GenerationOf(backup, parts_.directories);
  }
  const auto epochs = parts_.epochs.shared_row();
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.engine.NewSnapshot();
  for (const auto& [name, tenant] : parts_.directories.Tenants()) {
    const absl::StatusOr<disk::HeadRow> head = storage::ReadHead(*snapshot, tenant);
    if (!head.ok()) return head.status();
    v1::DurableSchool& school = *reply.add_schools();
    school.set_tenant(name);
    school.set_durable_seq(parts_.ledger.DurableSeqOf(*epochs, tenant));
    school.set_seq(head->seq());
  }
  return reply;
}

}  // namespace halfterm::service
