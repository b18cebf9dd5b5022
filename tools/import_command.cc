#include "tools/import_command.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "sync/school_calendar.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/roster/roster.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

constexpr int kChangesShown = 20;

struct ImportFlags {
  std::string path;
  std::string zone;
  std::string columns;
  bool dry_run = false;
  bool allow_many_leavers = false;
};

std::string KindInWords(int kind) {
  switch (kind) {
    case v1::RECORD_KIND_PERSON:
      return "people";
    case v1::RECORD_KIND_ORG:
      return "organisations";
    case v1::RECORD_KIND_RUBRIC_VERSION:
      return "rubric versions";
    case v1::RECORD_KIND_TEMPLATE:
      return "templates";
    case v1::RECORD_KIND_CALENDAR:
      return "calendars";
    case v1::RECORD_KIND_CYCLE:
      return "cycles";
    case v1::RECORD_KIND_POLICY:
      return "policies";
    case v1::RECORD_KIND_COVERAGE_RULE:
      return "coverage rules";
    case v1::RECORD_KIND_ROLE_GRANT:
      return "role grants";
    default:
      return "other";
  }
}

json FaultsAsJson(const Faults& faults) {
  json list = json::array();
  for (const Fault& fault : faults) {
    list.push_back({{"file", fault.place.file},
                    {"line", fault.place.line},
                    {"where", fault.where},
                    {"reason", fault.reason}});
  }
  return list;
}

int PrintFaults(Invocation& invocation, const Faults& faults) {
  if (invocation.json) {
    invocation.out << json{{"applied", false}, {"rejected", FaultsAsJson(faults)}}.dump() << "\n";
    return kExitNo;
  }
  for (const Fault& fault : faults) invocation.err << InWords(fault) << "\n";
  invocation.err << "halfterm: " << faults.size()
                 << (faults.size() == 1 ? " row cannot stand" : " rows cannot stand")
                 << "; nothing was imported. Put them right and import again.\n";
  return kExitNo;
}

json ReplyAsJson(const v1::ImportReply& reply, const std::vector<std::string>& notes) {
  json result = {{"applied", reply.applied()},
                 {"refused_for_leavers", reply.refusal() == v1::IMPORT_REFUSAL_MANY_LEAVERS},
                 {"active_people", reply.active_people()},
                 {"deactivated_people", reply.deactivated_people()},
                 {"seq", reply.seq()},
                 {"notes", notes},
                 {"differences", json::array()},
                 {"changes", json::array()}};
  for (const v1::ImportDifference& difference : reply.differences()) {
    result["differences"].push_back({{"kind", KindInWords(difference.kind())},
                                     {"added", difference.added()},
                                     {"changed", difference.changed()},
                                     {"ended", difference.ended()},
                                     {"unchanged", difference.unchanged()}});
  }
  for (const v1::ImportChange& change : reply.changes()) {
    const auto id = core::Id16::FromBytes(change.id());
    result["changes"].push_back(
        {{"kind", KindInWords(change.kind())},
         {"id", id ? FormatUuid(*id) : ""},
         {"sourced_id", change.sourced_id()},
         {"name", change.name()},
         {"action", ChoiceText(v1::ImportAction_descriptor(), change.action())},
         {"fields", std::vector<std::string>(change.fields().begin(), change.fields().end())}});
  }
  return result;
}

void PrintReply(std::ostream& out, const v1::ImportReply& reply,
                const std::vector<std::string>& notes, bool dry_run) {
  Table counts;
  counts.AddColumn(dry_run ? "would be" : "imported");
  for (const char* title : {"added", "changed", "ended", "unchanged"}) {
    counts.AddColumn(title, Table::Align::kRight);
  }
  for (const v1::ImportDifference& difference : reply.differences()) {
    counts.AddRow({KindInWords(difference.kind()), absl::StrCat(difference.added()),
                   absl::StrCat(difference.changed()), absl::StrCat(difference.ended()),
                   absl::StrCat(difference.unchanged())});
  }
  counts.Print(out);
  // What is new is a number above; what changes or ends is said one by one.
  int shown = 0, told = 0;
  for (const v1::ImportChange& change : reply.changes()) {
    if (change.action() == v1::IMPORT_ACTION_ADDED) continue;
    ++told;
    if (told > kChangesShown) continue;
    if (shown++ == 0) out << "\n";
    out << ChoiceText(v1::ImportAction_descriptor(), change.action()) << ": "
        << KindInWords(change.kind()) << ", " << change.name();
    if (!change.sourced_id().empty()) out << " (" << change.sourced_id() << ")";
    if (!change.fields().empty()) out << ": " << absl::StrJoin(change.fields(), ", ");
    out << "\n";
  }
  if (told > shown) out << "and " << told - shown << " more; --json lists all\n";
  for (const std::string& note : notes) out << "note: " << note << "\n";
}

int Run(Invocation& invocation, const ImportFlags& flags) {
  const absl::StatusOr<RosterFiles> files = ReadRosterFiles(flags.path);
  if (!files.ok()) return invocation.Fail("the roster cannot be read", files.status());
  RosterOptions options;
  options.school = invocation.school.empty() ? SchoolNamedIn(*files) : invocation.school;
  options.zone = flags.zone;
  options.today = sync::DayOf(invocation.clock.NowMs(), sync::ZoneNamed(flags.zone));
  if (!flags.columns.empty()) {
    absl::StatusOr<ColumnMap> columns = ParseColumnMap(flags.columns);
    if (!columns.ok()) {
      invocation.Fail("--columns", columns.status());
      return kExitUsage;
    }
    options.columns = *std::move(columns);
  }
  absl::StatusOr<sync::Directory::Content> held = sync::Directory::Content();
  if (!options.school.empty()) {
    invocation.Progress("asking what the school has");
    held = FetchDirectory(invocation.admin, options.school);
    if (absl::IsNotFound(held.status())) held = sync::Directory::Content();
    if (!held.ok())
      return invocation.Fail("the school's directory could not be had", held.status());
  }
  absl::StatusOr<Roster> roster = ReadRoster(*files, options, *held);
  if (!roster.ok()) {
    invocation.Fail("the roster cannot be read", roster.status());
    return kExitUsage;
  }
  invocation.EndProgress();
  if (!roster->faults.empty()) return PrintFaults(invocation, roster->faults);

  roster->request.set_dry_run(flags.dry_run);
  roster->request.set_allow_many_leavers(flags.allow_many_leavers);
  invocation.Progress("importing");
  AdminCalls admin(invocation.admin);
  const absl::StatusOr<v1::ImportReply> reply = admin.Import(roster->request);
  invocation.EndProgress();
  if (!reply.ok()) return invocation.Fail("the import failed", reply.status());
  if (!reply->rejected().empty()) {
    return PrintFaults(invocation, FaultsOf(*reply, roster->places));
  }
  if (invocation.json) {
    invocation.out << ReplyAsJson(*reply, roster->notes).dump() << "\n";
  } else {
    PrintReply(invocation.out, *reply, roster->notes, flags.dry_run || !reply->applied());
  }
  if (reply->refusal() == v1::IMPORT_REFUSAL_MANY_LEAVERS) {
    invocation.err << "halfterm: this roster would end " << reply->deactivated_people() << " of "
                   << reply->active_people()
                   << " people, more than a tenth; nothing was imported.\n"
                   << "  If they have all left, import again with --allow-many-leavers.\n";
    return kExitNo;
  }
  if (flags.dry_run && !invocation.json) {
    invocation.out << "This was a dry run; nothing was written.\n";
  }
  return kExitOk;
}

}  // namespace

void AddImportCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "import",
      "Takes a roster in: OneRoster 1.1 or 1.2, or a list of staff; all of it, or nothing");
  const auto flags = std::make_shared<ImportFlags>();
  command->add_option("path", flags->path, "A folder, a zip, or one .csv file")
      ->required()
      ->type_name("DIR|ZIP|CSV");
  command->add_flag("--dry-run", flags->dry_run, "Says what would change, and writes nothing");
  command->add_flag("--allow-many-leavers", flags->allow_many_leavers,
                    "Goes on although more than a tenth of the people would be ended");
  command->add_option("--zone", flags->zone, "The school's time zone")->type_name("Europe/London");
  command->add_option("--columns", flags->columns, "Which column of a staff list holds what")
      ->type_name("id=..,name=..");
  command->footer(
      "Example: halfterm --school riverside import roster.zip --dry-run\n"
      "Example: halfterm --school riverside import staff.csv --columns \"id=Staff ID,name=Name\"");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
