#include "service/streams/backup_stream.h"

#include <utility>

#include "storage/backup/backup_run.h"

namespace halfterm::service {

v1::BackupGeneration GenerationOf(const disk::BackupRow& row,
                                  const storage::Directories& directories) {
  v1::BackupGeneration generation;
  generation.set_generation(row.generation());
  generation.set_folder(row.folder());
  generation.set_verified_ms(row.verified_ms());
  generation.set_epoch(row.epoch());
  generation.set_bytes(row.bytes());
  for (const auto& [name, tenant] : directories.Tenants()) {
    const uint64_t seq = storage::SeqOf(row.heads(), tenant);
    if (seq == 0) continue;
    v1::BackedUpSchool& school = *generation.add_schools();
    school.set_tenant(name);
    school.set_seq(seq);
  }
  return generation;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartBackup(const BackupParts& parts,
                                                        grpc::CallbackServerContext* context,
                                                        v1::MakeBackupRequest request) {
  const auto make = [parts, request = std::move(request)](const ProgressStream::Tell& tell) {
    const absl::StatusOr<disk::BackupRow> made = storage::MakeBackup(
        parts.engine, parts.ledger, parts.epochs, parts.secrets, parts.clock,
        {parts.data, request.folder(), request.keep()}, [&tell](const v1::VerifyReply& verified) {
          v1::MakeBackupReply progress;
          progress.set_records(verified.records());
          progress.set_groups(verified.groups());
          return tell(progress);
        });
    if (!made.ok()) return made.status();
    v1::MakeBackupReply last;
    *last.mutable_made() = GenerationOf(*made, parts.directories);
    tell(last);
    return absl::OkStatus();
  };
  return ProgressStream::Start(
      parts.progress, context,
      absl::FailedPreconditionError("a backup is running already; wait for its end"), make);
}

}  // namespace halfterm::service
