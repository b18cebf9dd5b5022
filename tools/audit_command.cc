#include "tools/audit_command.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "halfterm/v1/audit.grpc.pb.h"
#include "halfterm/v1/directory.pb.h"
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
      return absl::StrReplaceAll(ChoiceText(v1::AuditAct_descriptor(), act), {{"_", " "}});
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

// Walks the whole audit, checked against its chain, in order.
absl::Status ForEachRow(Invocation& invocation, const std::string& school,
                        const std::function<void(const v1::AuditLine&, const v1::AuditEvent&)>& use,
                        uint64_t& last_n, core::Digest32& chain) {
  const auto stub = v1::AuditTrail::NewStub(OpenChannel(invocation.admin));
  v1::ListAuditRequest request;
  request.set_tenant(school);
  for (bool more = true; more;) {
    grpc::ClientContext context;
    PrepareCall(context, "");
    v1::ListAuditReply reply;
    const absl::Status status = ToStatus(stub->ListAudit(&context, request, &reply));
    if (!status.ok()) return status;
    for (const v1::AuditLine& line : reply.lines()) {
      chain = storage::AuditChain(chain, line.n(), line.event());
      v1::AuditEvent event;
      if (line.n() != request.after_n() + 1 || chain.view() != line.chain() ||
          !event.ParseFromString(line.event())) {
        return absl::DataLossError(absl::StrCat("row ", line.n(), " does not follow"));
      }
      use(line, event);
      request.set_after_n(line.n());
    }
    more = reply.more();
  }
  last_n = request.after_n();
  return absl::OkStatus();
}

int FailToRead(Invocation& invocation, const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return invocation.Fail("the audit could not be read", status);
  return invocation.Fail("the audit was tampered with", status,
                         "Keep the data directory as it is, and compare with the last export.");
}

bool IsReading(v1::AuditAct act) {
  return act == v1::AUDIT_ACT_READ_FEEDBACK || act == v1::AUDIT_ACT_READ_FIGURES ||
         act == v1::AUDIT_ACT_READ_LIST;
}

// What was done with accounts, tablets, roles and the school itself; what was read is who-saw's.
int Acts(Invocation& invocation, const std::string& since) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return WrongUsage(invocation, std::string(school.status().message()));
  const absl::StatusOr<sync::Directory::Content> content =
      FetchDirectory(invocation.admin, *school);
  if (!content.ok()) return invocation.Fail("the school could not be read", content.status());
  const sync::Directory directory(*content);
  const absl::TimeZone zone = directory.ZoneOf(core::Id16{});
  int64_t since_ms = 0;
  if (!since.empty()) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(since, &day)) {
      return WrongUsage(invocation, "--since is no day such as 2026-10-23");
    }
    since_ms = absl::ToUnixMillis(absl::FromCivil(day, zone));
  }
  const auto name_of = [&directory](const std::string& bytes, const char* nobody) {
    const auto id = core::Id16::FromBytes(bytes);
    if (!id) return std::string(nobody);
    const v1::Person* person = directory.Person(*id);
    return person == nullptr ? FormatUuid(*id) : person->display_name();
  };
  Table table;
  for (const char* head : {"when", "who", "what", "about", "role"}) table.AddColumn(head);
  uint64_t last_n = 0;
  core::Digest32 chain{};
  const absl::Status walked = ForEachRow(
      invocation, *school,
      [&](const v1::AuditLine& line, const v1::AuditEvent& event) {
        if (IsReading(event.act()) || event.at_ms() < since_ms) return;
        if (invocation.json) {
          nlohmann::ordered_json json = {{"n", line.n()}};
          json.update(MessageAsJson(event));
          invocation.out << json.dump() << "\n";
          return;
        }
        table.AddRow({MomentInWords(event.at_ms(), zone), name_of(event.person(), "this machine"),
                      ActText(event.act()), name_of(event.subject(), ""),
                      event.role() == 0
                          ? ""
                          : ChoiceText(v1::Role_descriptor(), static_cast<int>(event.role()))});
      },
      last_n, chain);
  if (!walked.ok()) return FailToRead(invocation, walked);
  if (!invocation.json) table.Print(invocation.out);
  return kExitOk;
}

// One JSON object a line, checked against the chain as it is written.
int Export(Invocation& invocation) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return WrongUsage(invocation, std::string(school.status().message()));
  uint64_t last_n = 0;
  core::Digest32 chain{};
  const absl::Status walked = ForEachRow(
      invocation, *school,
      [&invocation](const v1::AuditLine& line, const v1::AuditEvent& event) {
        nlohmann::ordered_json json = {{"n", line.n()}};
        json.update(MessageAsJson(event));
        json["chain"] = absl::BytesToHexString(line.chain());
        invocation.out << json.dump() << "\n";
      },
      last_n, chain);
  if (!walked.ok()) return FailToRead(invocation, walked);
  invocation.out.flush();
  invocation.err << "halfterm: " << last_n << " rows; the chain ends with "
                 << absl::BytesToHexString(std::string(chain.view())) << "\n";
  return kExitOk;
}

}  // namespace

void AddAuditCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* audit = app.add_subcommand("audit", "Shows who has read about whom, and what was done");
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
  CLI::App* acts =
      audit->add_subcommand("acts", "What was done with accounts, tablets, roles and the school");
  const auto since = std::make_shared<std::string>();
  acts->add_option("--since", *since, "A day such as 2026-10-23")->type_name("DAY");
  acts->footer("Example: halfterm --school riverside audit acts --since 2026-10-01");
  acts->callback([&invocation, since] {
    invocation.run = [&invocation, since] { return Acts(invocation, *since); };
  });
  CLI::App* exported = audit->add_subcommand(
      "export", "Writes every row as a line of JSON, and where the chain ends");
  exported->footer("Example: halfterm --school riverside audit export > audit-2026.ndjson");
  exported->callback(
      [&invocation] { invocation.run = [&invocation] { return Export(invocation); }; });
}

}  // namespace halfterm::tools
