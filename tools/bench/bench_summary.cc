#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "tools/bench/bench.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

// A teacher, and the token of somebody who may read their page.
struct Reader {
  std::string teacher;
  std::string token;
};

absl::StatusOr<std::vector<Reader>> ReadersOf(const SchoolShape& school,
                                              const BenchOptions& options, AdminCalls& admin) {
  std::map<core::Id16, std::string> head_token;
  for (const auto& [site, unused] : school.sites) {
    const absl::StatusOr<v1::OpenSessionReply> session = admin.OpenSession(
        options.tenant, HeadOfSite(site), NamedId("bench: the heads' tablet"), "bench");
    if (!session.ok()) return session.status();
    head_token[site] = session->token();
  }
  std::vector<Reader> readers;
  for (const auto& [id, teacher] : school.teachers) {
    readers.push_back({Bytes(id), head_token.at(school.departments.at(teacher.department).site)});
  }
  return readers;
}

uint64_t At(const std::vector<uint64_t>& sorted, double quantile) {
  const auto place = static_cast<size_t>(quantile * static_cast<double>(sorted.size() - 1));
  return sorted[place];
}

}  // namespace

absl::StatusOr<nlohmann::json> BenchSummary(const VisitSource& source, const BenchOptions& options,
                                            MeasuredServer& server, const storage::Clock& clock) {
  if (server.is_ours()) {
    const absl::StatusOr<nlohmann::json> pushed = BenchPush(source, options, server, clock);
    if (!pushed.ok()) return pushed.status();
  }
  const absl::StatusOr<std::vector<Reader>> readers =
      ReadersOf(source.school(), options, server.admin());
  if (!readers.ok()) return readers.status();
  if (options.progress) options.progress("reading summaries");
  const std::unique_ptr<v1::Summaries::Stub> stub =
      v1::Summaries::NewStub(OpenChannel(server.address()));
  std::mt19937_64 random(options.seed);
  std::vector<uint64_t> us;
  uint64_t lessons = 0;
  Meter meter(server.admin(), clock);
  if (absl::Status begun = meter.Begin(); !begun.ok()) return begun;
  for (uint64_t i = 0; i < options.reads; ++i) {
    const Reader& reader = (*readers)[random() % readers->size()];
    v1::TeacherRequest request;
    request.set_teacher(reader.teacher);
    request.set_h2(kFirstHalfTerm);
    grpc::ClientContext context;
    PrepareCall(context, reader.token);
    v1::TeacherReply reply;
    const auto began = std::chrono::steady_clock::now();
    const grpc::Status status = stub->Teacher(&context, request, &reply);
    us.push_back(static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                           std::chrono::steady_clock::now() - began)
                                           .count()));
    if (!status.ok()) return ToStatus(status);
    lessons += reply.visits();
  }
  if (absl::Status ended = meter.End(); !ended.ok()) return ended;
  std::sort(us.begin(), us.end());
  const auto reads = static_cast<double>(options.reads);
  return nlohmann::json{{"reads", options.reads},
                        {"p50_us", At(us, 0.5)},
                        {"p99_us", At(us, 0.99)},
                        {"handler_p50_us", meter.stats().summary_p50_us()},
                        {"handler_p99_us", meter.stats().summary_p99_us()},
                        {"records", meter.stats().records()},
                        {"mean_lessons", static_cast<double>(lessons) / reads},
                        {"seconds", meter.seconds()},
                        {"reads_per_s", reads / meter.seconds()},
                        {"server_cpu_s_per_1000", meter.cpu_s() / reads * 1000},
                        {"server_rss_mb", static_cast<double>(meter.stats().rss_bytes()) / 1e6},
                        {"server_peak_rss_mb", meter.peak_rss_mb()}};
}

}  // namespace halfterm::tools
