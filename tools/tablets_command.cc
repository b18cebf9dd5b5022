#include "tools/tablets_command.h"

#include <grpcpp/client_context.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "halfterm/v1/holdings.grpc.pb.h"
#include "sync/core/scope.h"
#include "tools/figures.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

absl::StatusOr<std::vector<v1::TabletCopy>> FetchCopies(const std::string& admin,
                                                        v1::ListCopiesRequest request) {
  const auto stub = v1::Holdings::NewStub(OpenChannel(admin));
  std::vector<v1::TabletCopy> copies;
  do {
    grpc::ClientContext context;
    v1::ListCopiesReply reply;
    const absl::Status status = ToStatus(stub->ListCopies(&context, request, &reply));
    if (!status.ok()) return status;
    copies.insert(copies.end(), reply.copies().begin(), reply.copies().end());
    request.set_page_token(reply.next_page_token());
  } while (!request.page_token().empty());
  return copies;
}

std::string UuidText(const std::string& bytes) {
  const auto id = core::Id16::FromBytes(bytes);
  return id ? FormatUuid(*id) : "";
}

// People and organisations by id.
std::map<std::string, std::string> NamesOf(const sync::Directory::Content& content) {
  std::map<std::string, std::string> names;
  for (const v1::Person& person : content.people) names[person.id()] = person.display_name();
  for (const v1::Org& org : content.orgs) names[org.id()] = org.name();
  return names;
}

std::string ScopeInWords(const v1::ScopeId& scope,
                         const std::map<std::string, std::string>& names) {
  const auto name = names.find(scope.id());
  const std::string of = name == names.end() ? "" : absl::StrCat(" ", name->second);
  switch (static_cast<core::ScopeType>(scope.type())) {
    case core::ScopeType::kStaff:
      return "all staff";
    case core::ScopeType::kPerson:
      return "their own";
    case core::ScopeType::kDepartment:
      return absl::StrCat("department", of);
    case core::ScopeType::kSchool:
      return absl::StrCat("school", of);
    case core::ScopeType::kReview:
      return "a review";
  }
  return "something newer than this program";
}

json AsJson(const std::vector<v1::TabletCopy>& copies) {
  json answer = json::array();
  for (const v1::TabletCopy& copy : copies) {
    json row = {{"person", UuidText(copy.person())},
                {"tablet", UuidText(copy.device())},
                {"label", copy.label()},
                {"app", copy.app()},
                {"seen_ms", copy.seen_ms()},
                {"proved_ms", copy.proved_ms()},
                {"proved_seq", copy.proved_seq()},
                {"signed_out", copy.signed_out()},
                {"unproven", json::array()}};
    for (const v1::UnprovenLoss& loss : copy.unproven()) {
      row["unproven"].push_back({{"type", loss.scope().type()},
                                 {"id", UuidText(loss.scope().id())},
                                 {"seq", loss.seq()},
                                 {"lost_ms", loss.lost_ms()}});
    }
    answer.push_back(std::move(row));
  }
  return answer;
}

void Print(Invocation& invocation, const std::vector<v1::TabletCopy>& copies,
           const sync::Directory::Content& content) {
  const std::map<std::string, std::string> names = NamesOf(content);
  const absl::TimeZone zone = sync::Directory(content).ZoneOf(core::Id16{});
  const auto moment = [&zone](int64_t ms) { return ms == 0 ? "never" : MomentInWords(ms, zone); };
  Table table;
  for (const char* title : {"person", "tablet", "last seen", "last proof", "not proved gone"}) {
    table.AddColumn(title);
  }
  for (const v1::TabletCopy& copy : copies) {
    const auto name = names.find(copy.person());
    std::vector<std::string> left;
    for (const v1::UnprovenLoss& loss : copy.unproven()) {
      left.push_back(
          absl::StrCat(ScopeInWords(loss.scope(), names), " since ", moment(loss.lost_ms())));
    }
    table.AddRow({name == names.end() ? UuidText(copy.person()) : name->second,
                  copy.label().empty() ? UuidText(copy.device()) : copy.label(),
                  absl::StrCat(moment(copy.seen_ms()), copy.signed_out() ? ", signed out" : ""),
                  moment(copy.proved_ms()), absl::StrJoin(left, "; ")});
  }
  table.Print(invocation.out, 2);
}

int RunTablets(Invocation& invocation, bool unproven_only) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  const absl::StatusOr<sync::Directory::Content> content =
      FetchDirectory(invocation.admin, *school);
  if (!content.ok()) {
    return invocation.Fail("the school's directory could not be had", content.status());
  }
  v1::ListCopiesRequest request;
  request.set_tenant(*school);
  request.set_unproven_only(unproven_only);
  const absl::StatusOr<std::vector<v1::TabletCopy>> copies = FetchCopies(invocation.admin, request);
  if (!copies.ok()) return invocation.Fail("the tablets could not be had", copies.status());
  const int code = unproven_only && !copies->empty() ? kExitNo : kExitOk;
  if (invocation.json) {
    invocation.out << json{{"copies", AsJson(*copies)}}.dump() << "\n";
  } else if (copies->empty()) {
    invocation.out << (unproven_only ? "Every tablet has proved what was taken back to be gone.\n"
                                     : "Nobody has signed in on a tablet yet.\n");
  } else {
    Print(invocation, *copies, *content);
  }
  return code;
}

}  // namespace

void AddTabletsCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "tablets", "Lists whose copies lie on which tablets, and what has not proved to be gone");
  const auto unproven = std::make_shared<bool>(false);
  command->add_flag("--unproven", *unproven, "Only copies with something left to prove");
  command->footer(
      "Exit code 1 with --unproven when there is such a copy.\n"
      "Example: halfterm --school riverside tablets --unproven");
  command->callback([&invocation, unproven] {
    invocation.run = [&invocation, unproven] { return RunTablets(invocation, *unproven); };
  });
}

}  // namespace halfterm::tools
