#include "tools/drill_command.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/replay/drill.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

int RunDrill(Invocation& invocation, DrillOptions options, const std::string& keep) {
  std::error_code error;
  std::string folder = keep;
  if (folder.empty()) {
    folder = (std::filesystem::temp_directory_path(error) / "halfterm-drill-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
      return invocation.Fail("the drill did not begin", absl::UnavailableError("no folder for it"));
    }
  } else {
    std::filesystem::create_directories(folder, error);
  }
  options.directory = std::filesystem::absolute(folder, error).string();
  const absl::StatusOr<DrillReport> drilled = Drill(
      options, invocation.clock, [&](const std::string& doing, size_t done, size_t of) {
        invocation.Progress(absl::StrCat(doing, " ", done, " of ", of));
      });
  invocation.EndProgress();
  if (keep.empty()) std::filesystem::remove_all(folder, error);
  if (!drilled.ok()) {
    return invocation.Fail(absl::StrCat("the drill with seed ", options.seed, " failed"),
                           drilled.status());
  }
  const DrillReport& report = *drilled;
  if (invocation.json) {
    json answer = {{"right", report.IsRight()},
                   {"seed", options.seed},
                   {"tablets", report.tablets},
                   {"groups_before_backup", report.groups_before_backup},
                   {"groups_after_backup", report.groups_after_backup},
                   {"groups_missing_after_restore", report.groups_missing},
                   {"refills", report.meetings.refills},
                   {"refilled_facets", report.meetings.refilled_facets},
                   {"refilled_groups", report.meetings.refilled_groups},
                   {"facets_on_tablets", report.facets_on_tablets},
                   {"facets_equal", report.facets_equal},
                   {"facets_different", report.facets_different},
                   {"facets_missing", report.facets_missing},
                   {"verify_differences", report.verify_differences},
                   {"durable_seq", report.durable_seq},
                   {"seconds", json::object()}};
    for (const DrillStep& step : report.steps) answer["seconds"][step.name] = step.seconds;
    invocation.out << answer.dump(2) << "\n";
    return report.IsRight() ? kExitOk : kExitNo;
  }
  invocation.out << report.tablets << " tablets, seed " << options.seed << ".\n"
                 << "  " << report.groups_before_backup << " groups before the backup, "
                 << report.groups_after_backup << " after it; then kill -9.\n"
                 << "  The restored store lacked " << report.groups_missing << " groups; "
                 << report.meetings.refills << " stores handed back what they kept: "
                 << report.meetings.refilled_facets << " facets and "
                 << report.meetings.refilled_groups << " groups were new to it.\n"
                 << "  " << report.facets_on_tablets << " facets are held by some tablet: "
                 << report.facets_equal << " are byte for byte as before the kill, "
                 << report.facets_different << " differ, " << report.facets_missing
                 << " are missing.\n"
                 << "  Recomputed: " << report.verify_differences << " differences.\n";
  Table table;
  table.AddColumn("step");
  table.AddColumn("seconds", Table::Align::kRight);
  for (const DrillStep& step : report.steps) {
    table.AddRow({step.name, absl::StrFormat("%.2f", step.seconds)});
  }
  table.Print(invocation.out, 2);
  invocation.out << (report.IsRight() ? "Nothing was lost.\n" : "SOMETHING WAS LOST.\n");
  return report.IsRight() ? kExitOk : kExitNo;
}

}  // namespace

void AddDrillCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "drill", "Kills a server of its own, restores an older backup, lets tablets refill it, compares");
  const auto options = std::make_shared<DrillOptions>();
  const auto keep = std::make_shared<std::string>();
  command->add_option("--tablets", options->tablets, "Simulated tablets")->capture_default_str();
  command->add_option("--visits", options->visits, "Visits before the backup, and half as many after")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "What chance starts from")->capture_default_str();
  command->add_option("--keep", *keep, "Works in this folder and leaves everything there")
      ->type_name("DIR");
  command->footer(
      "Touches no server of yours. Exit code 1 when anything is lost or differs.\n"
      "Example: halfterm drill --tablets 200");
  command->callback([&invocation, options, keep] {
    invocation.run = [&invocation, options, keep] { return RunDrill(invocation, *options, *keep); };
  });
}

}  // namespace halfterm::tools
