#include "tools/demo_school_command.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tools/demo_school/people.h"
#include "tools/demo_school/roster_files.h"
#include "tools/demo_school/workload_lines.h"

namespace halfterm::tools {
namespace {

namespace fs = std::filesystem;

struct DemoFlags {
  std::string out;
  uint64_t seed = 1;
};

absl::Status WriteFile(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (error || !file) return absl::UnavailableError(path.string() + " cannot be written");
  return absl::OkStatus();
}

int Run(Invocation& invocation, const DemoFlags& flags) {
  const DemoSchool school(flags.seed);
  const fs::path out = flags.out;
  for (const Stage stage : {Stage::kAutumn, Stage::kHalfWay, Stage::kHalfTerm3}) {
    const fs::path folder = (out / "workload" / RosterFolder(stage)).lexically_normal();
    for (const auto& [name, text] : DemoRoster(school, stage)) {
      const absl::Status written = WriteFile(folder / name, text);
      if (!written.ok()) return invocation.Fail("the demonstration school", written);
    }
  }
  for (int half_term = 1; half_term <= 6; ++half_term) {
    invocation.Progress(absl::StrCat("half-term ", half_term, " of 6"));
    const absl::Status written =
        WriteFile(out / "workload" / absl::StrCat("half-term-", half_term, ".ndjson"),
                  DemoWorkload(school, half_term, flags.seed));
    if (!written.ok()) return invocation.Fail("the demonstration school", written);
  }
  invocation.EndProgress();
  if (invocation.json) {
    invocation.out << nlohmann::json{{"out", flags.out},
                                     {"school", DemoSchool::kHandle},
                                     {"people", school.people.size()},
                                     {"half_terms", 6}}
                          .dump()
                   << "\n";
    return kExitOk;
  }
  invocation.out << "Wrote " << school.people.size() << " people and six half-terms to "
                 << flags.out << ". Next:\n  halfterm import " << (out / "roster").string()
                 << "\n  halfterm replay " << (out / "workload" / "half-term-1.ndjson").string()
                 << "\n";
  return kExitOk;
}

}  // namespace

void AddDemoSchoolCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "demo-school", "Writes a made-up school: rosters, and the work of six half-terms");
  const auto flags = std::make_shared<DemoFlags>();
  command->add_option("--out", flags->out, "The folder to write to")->required()->type_name("DIR");
  command->add_option("--seed", flags->seed, "The same number gives the same bytes")
      ->capture_default_str();
  command->footer("Example: halfterm demo-school --out /tmp/school --seed 1");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
