#include "tools/audit_command.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "halfterm/v1/audit.grpc.pb.h"
#include "storage/audit/audit_log.h"
#include "sync/directory.h"
#include "tools/figures.h"
#include "tools/message_json.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/roster/builder.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

struct WhoSawFlags {
  std::string person, record, since;
};

int WrongUsage(Invocation& invocation, const std::string& why) {
  invocation.Fail("wrong usage", absl::InvalidArgumentError(why));
  return kExitUsage;
}

std::string ActText(v1::AuditAct act) {
  switch (act) {
    case v1::AUDIT_ACT_READ_FEEDBACK:
      return "feedback";
    case v1::AUDIT_ACT_READ_FIGURES:
      return "page of figures";
    case v1::AUDIT_ACT_READ_LIST:
      return "list of figures";
    default:
      return ChoiceText(v1::AuditAct_descriptor(), act);
  }
}

int WhoSaw(Invocation& invocation, const WhoSawFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return WrongUsage(invocation, std::string(school.status().message()));
  if (flags.person.empty() && flags.record.empty()) {
    return WrongUsage(invocation, "name --person or --record");
  }
  v1::WhoSawRequest request;
  request.set_tenant(*school);
  const absl::StatusOr<sync::Directory::Content> content =
      FetchDirectory(invocation.admin, *school);
  if (!content.ok()) return invocation.Fail("the school could not be read", content.status());
  const absl::TimeZone zone = sync::Directory(*content).ZoneOf(core::Id16{});
  if (!flags.person.empty()) {
    const absl::StatusOr<const v1::Person*> person = PersonMeant(*content, flags.person);
    if (!person.ok()) return invocation.Fail("nobody to look for", person.status());
    request.set_person((*person)->id());
  }
  if (!flags.record.empty()) {
    const auto record = ParseUuid(flags.record);
    if (!record) return WrongUsage(invocation, "--record is no id of a visit");
    request.set_record(Bytes(*record));
  }
  if (!flags.since.empty()) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(flags.since, &day)) {
      return WrongUsage(invocation, "--since is no day such as 2026-10-23");
    }
    request.set_since_ms(absl::ToUnixMillis(absl::FromCivil(day, zone)));
  }
  const auto stub = v1::AuditTrail::NewStub(OpenChannel(invocation.admin));
  grpc::ClientContext context;
  PrepareCall(context, "");
  v1::WhoSawReply reply;
  const absl::Status status = ToStatus(stub->WhoSaw(&context, request, &reply));
  if (!status.ok()) return invocation.Fail("the audit could not be read", status);
  if (invocation.json) {
    invocation.out << MessageAsJson(reply).dump() << "\n";
    return kExitOk;
  }
  Table table;
  table.AddColumn("when");
  table.AddColumn("who");
  table.AddColumn("what");
  table.AddColumn("visits", Table::Align::kRight);
  for (const v1::Reading& reading : reply.readings()) {
    const auto id = core::Id16::FromBytes(reading.reader());
    table.AddRow({MomentInWords(reading.at_ms(), zone),
                  !reading.display_name().empty() ? reading.display_name()
                  : id                            ? FormatUuid(*id)
                                                  : "",
                  ActText(reading.act()),
                  reading.records().empty() ? "" : absl::StrCat(reading.records_size())});
  }
  if (reply.readings().empty()) {
    invocation.out << "Nobody has.\n";
  } else {
    table.Print(invocation.out);
  }
  if (reply.more()) invocation.out << "There are more, older ones: name --since or --record.\n";
  return kExitOk;
}

// One JSON object a line, checked against the chain as it is written.
int Export(Invocation& invocation) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return WrongUsage(invocation, std::string(school.status().message()));
  const auto stub = v1::AuditTrail::NewStub(OpenChannel(invocation.admin));
  core::Digest32 chain{};
  v1::ListAuditRequest request;
  request.set_tenant(*school);
  for (bool more = true; more;) {
    grpc::ClientContext context;
    PrepareCall(context, "");
    v1::ListAuditReply reply;
    const absl::Status status = ToStatus(stub->ListAudit(&context, request, &reply));
    if (!status.ok()) return invocation.Fail("the audit could not be read", status);
    for (const v1::AuditLine& line : reply.lines()) {
      chain = storage::AuditChain(chain, line.n(), line.event());
      v1::AuditEvent event;
      if (line.n() != request.after_n() + 1 || chain.view() != line.chain() ||
          !event.ParseFromString(line.event())) {
        return invocation.Fail(
            "the audit was tampered with",
            absl::DataLossError(absl::StrCat("row ", line.n(), " does not follow")),
            "Keep the data directory as it is, and compare with the last export.");
      }
      nlohmann::ordered_json json = {{"n", line.n()}};
      json.update(MessageAsJson(event));
      json["chain"] = absl::BytesToHexString(line.chain());
      invocation.out << json.dump() << "\n";
      request.set_after_n(line.n());
    }
    more = reply.more();
  }
  invocation.out.flush();
  invocation.err << "halfterm: " << request.after_n() << " rows; the chain ends with "
                 << absl::BytesToHexString(std::string(chain.view())) << "\n";
  return kExitOk;
}

}  // namespace

void AddAuditCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* audit = app.add_subcommand("audit", "Shows who has read about whom");
  audit->require_subcommand(1);
  CLI::App* who_saw = audit->add_subcommand("who-saw", "Who has read about a person or a visit");
  const auto flags = std::make_shared<WhoSawFlags>();
  who_saw->add_option("--person", flags->person, "Name, staff code or id")->type_name("PERSON");
  who_saw->add_option("--record", flags->record, "A visit's id")->type_name("ID");
  who_saw->add_option("--since", flags->since, "A day such as 2026-10-23")->type_name("DAY");
  who_saw->footer(
      "Example: halfterm --school riverside audit who-saw --person \"Ann Reid\" --since "
      "2026-10-01");
  who_saw->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return WhoSaw(invocation, *flags); };
  });
  CLI::App* exported = audit->add_subcommand(
      "export", "Writes every row as a line of JSON, and where the chain ends");
  exported->footer("Example: halfterm --school riverside audit export > audit-2026.ndjson");
  exported->callback(
      [&invocation] { invocation.run = [&invocation] { return Export(invocation); }; });
}

}  // namespace halfterm::tools
