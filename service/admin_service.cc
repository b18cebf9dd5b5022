#include "service/admin_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "service/answer.h"
#include "service/check_limits.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/process_usage.h"
#include "service/read_lane.h"
#include "storage/commit/sync_jobs.h"
#include "storage/keys.h"
#include "storage/verify/verifier.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

AdminService::AdminService(const AdminParts& parts, VerifyParts verifications)
    : parts_(parts), verifications_(verifications) {}

grpc::ServerUnaryReactor* AdminService::OpenSession(Context* context, const Bytes* bytes,
                                                    Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::OpenSessionRequest> request = Decode<v1::OpenSessionRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return answer.Refuse(limits);

  parts_.writes.Submit<v1::OpenSessionReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeOpenSession(*std::move(request), std::move(done));
  });
  return answer.reactor();
}

grpc::ServerWriteReactor<Bytes>* AdminService::Verify(Context* context, const Bytes* bytes) {
  if (absl::Status open = parts_.gate.Open(); !open.ok()) {
    return MessageStream::Refuse(context, parts_.clock, open);
  }
  absl::StatusOr<v1::VerifyRequest> request = Decode<v1::VerifyRequest>(*bytes);
  if (!request.ok()) return MessageStream::Refuse(context, parts_.clock, request.status());
  return StartVerify(verifications_, context, *std::move(request));
}

grpc::ServerUnaryReactor* AdminService::Stats(Context* context, const Bytes* bytes, Bytes* reply) {
  return ReadLane(parts_.gate, parts_.clock, parts_.reads)
      .ForAdmin<v1::StatsRequest>(context, *bytes, reply,
                                  [this](const v1::StatsRequest&) { return ReadStats(); });
}

grpc::ServerUnaryReactor* AdminService::Waiting(Context* context, const Bytes* bytes,
                                                Bytes* reply) {
  return ReadLane(parts_.gate, parts_.clock, parts_.reports)
      .ForAdmin<v1::WaitingRequest>(context, *bytes, reply,
                                    [this](const v1::WaitingRequest& request) {
                                      return storage::Waiting(parts_.engine, request);
                                    });
}

absl::StatusOr<v1::StatsReply> AdminService::ReadStats() const {
  v1::StatsReply reply;
  const ProcessUsage usage = UsageOfThisProcess();
  reply.set_cpu_us(usage.cpu_us);
  reply.set_rss_bytes(usage.rss_bytes);
  reply.set_peak_rss_bytes(usage.peak_rss_bytes);
  const storage::CommitterStats commits = parts_.committer.Stats();
  reply.set_groups(commits.groups);
  reply.set_commits(commits.commits);
  reply.set_repeats(commits.repeats);
  reply.set_commit_us(commits.commit_us);
  reply.set_summary_p50_us(parts_.summary_times.Percentile(50));
  reply.set_summary_p99_us(parts_.summary_times.Percentile(99));

  std::vector<uint64_t> dispositions;
  uint64_t records = 0;
  for (const auto& [name, tenant] : parts_.directories.Tenants()) {
    const absl::StatusOr<std::string> row =
        parts_.engine.Get(storage::Family::kMeta, storage::HeadKey(tenant));
    if (absl::IsNotFound(row.status())) continue;
    if (!row.ok()) return row.status();
    disk::HeadRow head;
    if (!head.ParseFromString(*row)) return absl::DataLossError("a school's head cannot be read");
    records += head.records();
    dispositions.resize(
        std::max(dispositions.size(), static_cast<size_t>(head.dispositions_size())));
    for (int i = 0; i < head.dispositions_size(); ++i) {
      dispositions[static_cast<size_t>(i)] += head.dispositions(i);
    }
  }
  reply.mutable_dispositions()->Assign(dispositions.begin(), dispositions.end());
  reply.set_records(records);
  return reply;
}

}  // namespace halfterm::service
