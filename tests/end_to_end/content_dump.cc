#include "tests/end_to_end/content_dump.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "sync/core/codec.h"
#include "tools/replay/ids.h"

namespace halfterm::testing {
namespace {

using Labels = std::map<uint64_t, std::string>;  // By replica: "tablet 3, <person>".

Labels LabelsOf(const std::vector<std::unique_ptr<tools::Tablet>>& tablets) {
  Labels labels;
  for (size_t i = 0; i < tablets.size(); ++i) {
    for (const core::Id16& person : tablets[i]->people()) {
      labels[tablets[i]->StoreOf(person)->outbox().row().replica()] =
          absl::StrCat("tablet ", i, " ", tools::FormatUuid(person));
    }
  }
  return labels;
}

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString({bytes.data(), bytes.size()});
}

// Empty for a cell that only the server has written.
std::string CellLine(const core::Cell& cell, const Labels& labels) {
  if (cell.path.kind() == core::Kind::kPhase) {
    return absl::StrCat(" phase ", cell.phase.withdrawn, " ", cell.phase.round, " ",
                        static_cast<int>(cell.phase.level));
  }
  std::map<std::string, uint64_t> seen;  // In the order of the labels, not of the random names.
  for (const core::Dot& dot : cell.seen) {
    const auto label = labels.find(dot.replica);
    if (label != labels.end()) seen[label->second] = dot.count;
  }
  std::map<std::string, std::string> values;
  for (const core::Sibling& sibling : cell.siblings) {
    const auto label = labels.find(sibling.dot.replica);
    if (label == labels.end()) continue;
    values[absl::StrCat(label->second, "#", sibling.dot.count)] =
        absl::StrCat(tools::FormatUuid(sibling.author), "=", Hex(sibling.value));
  }
  if (seen.empty() && values.empty()) return "";
  std::string line = absl::StrCat(" [", Hex(cell.path.bytes()));
  for (const auto& [label, count] : seen) absl::StrAppend(&line, " saw ", label, "#", count);
  for (const auto& [dot, value] : values) absl::StrAppend(&line, " ", dot, ":", value);
  return absl::StrCat(line, "]");
}

// Asks as somebody, and keeps what does not depend on the run.
template <typename Reply, typename Request>
absl::Status Ask(v1::Summaries::Stub& stub,
                 grpc::Status (v1::Summaries::Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Reply*),
                 const std::string& token, const Request& request, const std::string& name,
                 Lines& lines) {
  grpc::ClientContext context;
  tools::PrepareCall(context, token);
  Reply reply;
  const grpc::Status status = (stub.*method)(&context, request, &reply);
  if (!status.ok()) return tools::ToStatus(status);
  reply.clear_watermark();
  lines[name] = reply.ShortDebugString();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Lines> DumpContent(const std::vector<std::unique_ptr<tools::Tablet>>& tablets,
                                  tools::Tablet& fresh) {
  const Labels labels = LabelsOf(tablets);
  Lines lines;
  absl::Status failed;
  for (const core::Id16& person : fresh.people()) {
    const absl::Status read = fresh.StoreOf(person)->base().ForEach(
        [&](const core::FacetId& id, const disk::TabletFacetRow& row) {
          if (id.facet_class == core::kBody || id.facet_class == core::kVersion) return;
          const core::Result<core::Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
          if (!facet.ok()) failed = absl::DataLossError(facet.reason());
          if (!facet.ok()) return;
          std::string& line = lines[Hex(id.Bytes())];
          line.clear();
          for (const core::Cell& cell : facet->cells)
            absl::StrAppend(&line, CellLine(cell, labels));
        });
    if (!read.ok()) return read;
  }
  if (!failed.ok()) return failed;
  return lines;
}

absl::StatusOr<Lines> DumpSummaries(const tools::SchoolShape& school, const std::string& tenant,
                                    const std::string& address, tools::AdminCalls& admin) {
  const std::unique_ptr<v1::Summaries::Stub> stub =
      v1::Summaries::NewStub(tools::OpenChannel(address));
  Lines lines;
  std::map<core::Id16, std::string> token;
  for (const auto& [site, unused] : school.sites) {
    const absl::StatusOr<v1::OpenSessionReply> session =
        admin.OpenSession(tenant, tools::HeadOfSite(site), tools::NamedId("heads"), "heads");
    if (!session.ok()) return session.status();
    token[site] = session->token();
    v1::SchoolRequest request;
    request.set_school(tools::Bytes(site));
    request.set_h2(tools::kFirstHalfTerm);
    absl::Status asked = Ask(*stub, &v1::Summaries::Stub::School, token[site], request,
                             absl::StrCat("school ", tools::FormatUuid(site)), lines);
    if (!asked.ok()) return asked;
    v1::CoverageRequest coverage;
    coverage.set_org(tools::Bytes(site));
    coverage.set_h2(tools::kFirstHalfTerm);
    asked = Ask(*stub, &v1::Summaries::Stub::Coverage, token[site], coverage,
                absl::StrCat("coverage ", tools::FormatUuid(site)), lines);
    if (!asked.ok()) return asked;
  }
  for (const auto& [id, department] : school.departments) {
    v1::DepartmentRequest request;
    request.set_department(tools::Bytes(id));
    request.set_h2(tools::kFirstHalfTerm);
    request.set_with_teachers(true);
    const absl::Status asked =
        Ask(*stub, &v1::Summaries::Stub::Department, token[department.site], request,
            absl::StrCat("department ", tools::FormatUuid(id)), lines);
    if (!asked.ok()) return asked;
  }
  for (const auto& [id, teacher] : school.teachers) {
    v1::TeacherRequest request;
    request.set_teacher(tools::Bytes(id));
    request.set_h2(tools::kFirstHalfTerm);
    const absl::Status asked = Ask(*stub, &v1::Summaries::Stub::Teacher,
                                   token[school.departments.at(teacher.department).site], request,
                                   absl::StrCat("teacher ", tools::FormatUuid(id)), lines);
    if (!asked.ok()) return asked;
  }
  return lines;
}

std::string FirstDifference(const Lines& a, const Lines& b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (*left == *right) continue;
    return absl::StrCat(left->first, ":", left->second, "\nbut\n", right->first, ":",
                        right->second);
  }
  if (left != a.end()) return absl::StrCat("only the first has ", left->first);
  if (right != b.end()) return absl::StrCat("only the second has ", right->first);
  return "";
}

}  // namespace halfterm::testing
