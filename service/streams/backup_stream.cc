#include "service/streams/backup_stream.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"
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
    for (const disk::TenantSeq& head : row.heads()) {
      if (head.tenant() != tenant.handle()) continue;
      v1::BackedUpSchool& school = *generation.add_schools();
      school.set_tenant(name);
      school.set_seq(head.seq());
    }
  }
  return generation;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* BackupStream::Start(
    const BackupParts& parts, grpc::CallbackServerContext* context,
    v1::MakeBackupRequest request) {
  auto backup = std::make_shared<BackupStream>(parts, context, std::move(request));
  MessageStream& stream = backup->stream_;
  stream.Open(backup);
  absl::Status added = parts.streams.Add(backup);
  if (added.ok() && !parts.workers.Submit(Urgency::kBulk, [backup] { backup->Run(); })) {
    added = absl::FailedPreconditionError("a backup is running already; wait for its end");
  }
  if (!added.ok()) stream.End(added);
  return &stream;
}

BackupStream::BackupStream(const BackupParts& parts, grpc::CallbackServerContext* context,
                           v1::MakeBackupRequest request)
    : parts_(parts), request_(std::move(request)), stream_(context, parts.clock) {}

void BackupStream::Run() {
  if (!stream_.IsWanted()) return;
  absl::StatusOr<disk::BackupRow> made = storage::MakeBackup(
      parts_.engine, parts_.ledger, parts_.epochs, parts_.secrets, parts_.clock,
      {parts_.data, request_.folder(), request_.keep()}, [this](const v1::VerifyReply& verified) {
        v1::MakeBackupReply progress;
        progress.set_records(verified.records());
        progress.set_groups(verified.groups());
        Say(std::move(progress));
        return !stopped_ && stream_.IsWanted();
      });
  std::optional<v1::MakeBackupReply> last;
  if (made.ok()) *last.emplace().mutable_made() = GenerationOf(*made, parts_.directories);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    result_ = made.status();
  }
  Say(std::move(last));
}

void BackupStream::Say(std::optional<v1::MakeBackupReply> message) {
  absl::Status result;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (message) unsaid_ = std::move(message);
    if (unsaid_ && stream_.Write(Encode(*unsaid_))) unsaid_.reset();
    if (unsaid_ || !result_) return;
    result = *result_;
  }
  stream_.End(result);  // After the message that is on its way.
}

void BackupStream::Written() { Say(std::nullopt); }

void BackupStream::Ended() { parts_.streams.Remove(this); }

void BackupStream::Tick() {
  if (stream_.ParkedMs() > kParkedReaderMs) {
    stream_.Abort(Later("the reader takes nothing", kOverloadPushbackMs));
  }
}

void BackupStream::Stop() {
  stopped_ = true;
  stream_.End(absl::UnavailableError("the server is stopping"));
}

}  // namespace halfterm::service
