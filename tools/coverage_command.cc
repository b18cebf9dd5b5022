#include "tools/coverage_command.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/figures.h"
#include "tools/half_term_name.h"
#include "tools/message_json.h"
#include "tools/reading.h"
#include "tools/replay/connection.h"
#include "tools/roster/builder.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

struct CoverageFlags {
  ReadingFlags reading;
  std::string org;
  bool teachers = false;
};

std::string OrNothing(uint32_t count) { return count == 0 ? "" : absl::StrCat(count); }

// One table a rule; one row a department.
void PrintDepartments(std::ostream& out, const std::vector<const v1::RuleCoverage*>& departments) {
  Table table;
  table.AddColumn("department");
  table.AddColumn("done", Table::Align::kRight);
  for (const char* title : {"booked", "due", "overdue", "at risk", "exempt", "not shared yet",
                            "recorded late"}) {
    table.AddColumn(title, Table::Align::kRight);
  }
  for (const v1::RuleCoverage* rule : departments) {
    table.AddRow({rule->department_name(), absl::StrCat(rule->done(), " of ", rule->eligible()),
                  OrNothing(rule->booked()), OrNothing(rule->due()), OrNothing(rule->overdue()),
                  OrNothing(rule->at_risk()), OrNothing(rule->exempt()),
                  OrNothing(rule->done_not_shared()), OrNothing(rule->recorded_late())});
  }
  table.Print(out, 2);
}

void PrintTeachers(std::ostream& out, const std::vector<const v1::RuleCoverage*>& departments,
                   const absl::TimeZone& zone) {
  Table table;
  table.AddColumn("teacher");
  table.AddColumn("department");
  table.AddColumn("state");
  for (const char* title : {"done", "shared", "booked", "recorded late"}) {
    table.AddColumn(title, Table::Align::kRight);
  }
  table.AddColumn("last");
  for (const v1::RuleCoverage* rule : departments) {
    for (const v1::TeacherCoverage& teacher : rule->teachers()) {
      std::string state = ChoiceText(v1::CoverageState_descriptor(), teacher.state());
      if (teacher.at_risk()) state += ", at risk";
      table.AddRow({teacher.display_name(), rule->department_name(), state,
                    OrNothing(teacher.done()), OrNothing(teacher.shared()),
                    OrNothing(teacher.booked()), OrNothing(teacher.recorded_late()),
                    teacher.last_done_ms() == 0 ? "" : DayInWords(teacher.last_done_ms(), zone)});
    }
  }
  out << "\n";
  table.Print(out, 2);
}

int Run(Invocation& invocation, const CoverageFlags& flags) {
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  auto org = (*reader)->OrgFor(flags.org, /*departments=*/flags.org.empty());
  if (!org.ok() && flags.org.empty()) org = (*reader)->OrgFor("", /*departments=*/false);
  if (!org.ok()) return FailReading(invocation, org.status());
  v1::CoverageRequest request;
  request.set_org((*org)->id());
  request.set_h2((*reader)->h2);
  request.set_numbers_only(!flags.teachers && !invocation.json);
  grpc::ClientContext context;
  PrepareCall(context, (*reader)->token);
  v1::CoverageReply reply;
  const absl::Status status = ToStatus((*reader)->summaries->Coverage(&context, request, &reply));
  if (!status.ok()) return FailReading(invocation, status);
  if (invocation.json) {
    invocation.out << MessageAsJson(reply).dump() << "\n";
    return kExitOk;
  }
  std::map<std::string, std::vector<const v1::RuleCoverage*>> by_title;
  for (const v1::RuleCoverage& rule : reply.rules()) {
    // A department in which the rule asks for nobody would be a row of zeros.
    if (rule.eligible() + rule.exempt() > 0) by_title[rule.title()].push_back(&rule);
  }
  invocation.out << (*org)->name() << ", " << HalfTermName(reply.h2()) << "\n";
  if (by_title.empty()) invocation.out << "\nNo coverage rule asks for anybody here.\n";
  for (const auto& [title, departments] : by_title) {
    uint32_t done = 0, eligible = 0;
    for (const v1::RuleCoverage* rule : departments) {
      done += rule->done();
      eligible += rule->eligible();
    }
    invocation.out << "\n" << title << ": " << done << " of " << eligible << "\n";
    PrintDepartments(invocation.out, departments);
    if (flags.teachers) PrintTeachers(invocation.out, departments, (*reader)->zone());
  }
  invocation.out << "\n" << WatermarkText(reply.watermark(), (*reader)->zone());
  return kExitOk;
}

}  // namespace

void AddCoverageCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("coverage", "Shows who has been observed in a half-term, and who is due");
  const auto flags = std::make_shared<CoverageFlags>();
  command->add_option("--org", flags->org, "A department, site or school; what is led if not said")
      ->type_name("NAME");
  command->add_flag("--teachers", flags->teachers, "Lists the teachers by name");
  AddReadingFlags(*command, flags->reading);
  command->footer(
      "Example: halfterm --school riverside coverage --half-term \"Autumn 1 2026\" --as HOW");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
