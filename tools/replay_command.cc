#include "tools/replay_command.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/clock.h"
#include "tools/replay/check.h"
#include "tools/replay/fleet.h"
#include "tools/replay/merge_report.h"
#include "tools/replay/replay_report.h"
#include "tools/roster/roster.h"
#include "tools/workload/common_workload.h"
#include "tools/workload/generated_workload.h"
#include "tools/workload/gesture_file.h"

namespace halfterm::tools {
namespace {

struct ReplayOptions {
  std::vector<std::string> files;
  size_t generated = 0;
  size_t tablets = 0;
  std::string stores;
  uint64_t seed = 1;
  std::string faults = "none";
  uint64_t order_seed = 0;
  std::string as_school;
  bool check = false;
};

// The workload, and the edits of its file if that says what must be found of each.
struct Read {
  Workload workload;
  std::vector<Edit> edits;
};

absl::StatusOr<Read> ReadWorkload(const ReplayOptions& options) {
  Read read;
  CommonReader common;
  bool is_common = options.generated > 0;
  std::vector<std::string> gesture_files;
  for (const std::string& file : options.files) {
    std::ifstream in(file);
    std::string first_line;
    if (!std::getline(in, first_line)) {
      return absl::NotFoundError(absl::StrCat(file, ": cannot be read, or is empty"));
    }
    if (!IsCommonWorkload(first_line)) {
      gesture_files.push_back(file);
      continue;
    }
    is_common = true;
    in.seekg(0);
    if (absl::Status lines = common.Read(in, file); !lines.ok()) return lines;
  }
  if (is_common == !gesture_files.empty()) {
    return absl::InvalidArgumentError("files of one kind are replayed at a time");
  }
  if (is_common) {
    CommonRecords records =
        options.generated > 0 ? Generate(options.seed, options.generated) : common.Take();
    read.edits = records.edits;
    read.workload = MakeWorkload(std::move(records),
                                 options.as_school.empty() ? "workload" : options.as_school);
  } else {
    absl::StatusOr<Workload> workload = ReadGestureFiles(gesture_files, ImportOfFolder);
    if (!workload.ok()) return workload.status();
    read.workload = *std::move(workload);
    if (!options.as_school.empty()) read.workload.tenant = options.as_school;
  }
  if (options.tablets > 0) OnFewerTablets(options.tablets, read.workload);
  return read;
}

// A folder of its own that goes with it, unless the caller named one.
class StoresFolder {
 public:
  explicit StoresFolder(const std::string& named) : path_(named), is_ours_(named.empty()) {
    if (is_ours_) {
      std::error_code error;
      path_ = (std::filesystem::temp_directory_path(error) / "halfterm-tablets-XXXXXX").string();
      if (mkdtemp(path_.data()) == nullptr) path_.clear();
    } else {
      std::error_code error;
      std::filesystem::create_directories(path_, error);
    }
  }
  ~StoresFolder() {
    std::error_code error;
    if (is_ours_ && !path_.empty()) std::filesystem::remove_all(path_, error);
  }
  StoresFolder(const StoresFolder&) = delete;
  StoresFolder& operator=(const StoresFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool is_ours_;
};

absl::Status Check(const std::vector<Edit>& edits, const Workload& workload, Fleet& fleet,
                   ReplayReport& report) {
  std::set<core::Id16> people;
  for (const auto& on_tablet : workload.people) people.insert(on_tablet.begin(), on_tablet.end());
  absl::StatusOr<std::unique_ptr<Tablet>> fresh =
      fleet.FreshTablet("fresh-tablet", {people.begin(), people.end()});
  if (!fresh.ok()) return fresh.status();
  absl::StatusOr<StoreComparison> stores = CompareStores(fleet.tablets(), **fresh);
  if (!stores.ok()) return stores.status();
  absl::StatusOr<Fate> groups = CheckGroups(fleet.tablets(), **fresh);
  if (!groups.ok()) return groups.status();
  absl::StatusOr<Fate> found = CheckEdits(edits, **fresh);
  if (!found.ok()) return found.status();
  report.check = CheckReport{*std::move(stores), *groups, *found};
  return absl::OkStatus();
}

// Not more often than people read.
Progress OnTerminal(Invocation& invocation) {
  auto shown_ms = std::make_shared<int64_t>(0);
  auto shown = std::make_shared<std::string>();
  return [&invocation, shown_ms, shown](const std::string& doing, size_t done, size_t of) {
    const int64_t now_ms = invocation.clock.MonotonicMs();
    if (doing == *shown && now_ms - *shown_ms < 100) return;
    *shown = doing;
    *shown_ms = now_ms;
    invocation.Progress(absl::StrCat(doing, " ", done, " of ", of));
  };
}

absl::StatusOr<ReplayReport> Replay(const ReplayOptions& options, Invocation& invocation) {
  absl::StatusOr<Read> read = ReadWorkload(options);
  if (!read.ok()) return read.status();
  const StoresFolder folder(options.stores);
  if (folder.path().empty()) return absl::UnavailableError("no folder for the tablets' stores");
  AdminCalls admin(invocation.admin);
  if (absl::Status serves = admin.WaitUntilServing(5000); !serves.ok()) return serves;

  FleetOptions fleet_options;
  fleet_options.address = invocation.server;
  fleet_options.directory = folder.path();
  fleet_options.seed = options.seed;
  if (options.faults == "lost-acks") fleet_options.rates = kLostReplies;
  if (options.faults == "all") fleet_options.rates = kAllFaults;
  if (options.order_seed != 0) fleet_options.order_seed = options.order_seed;
  Fleet fleet(read->workload, fleet_options, admin, invocation.clock, OnTerminal(invocation));
  ReplayReport report;
  const int64_t began_ms = invocation.clock.MonotonicMs();
  if (absl::Status started = fleet.Start(); !started.ok()) return started;
  if (absl::Status run = fleet.Run(); !run.ok()) return run;
  report.seconds = static_cast<double>(invocation.clock.MonotonicMs() - began_ms) / 1000;
  report.tenant = read->workload.tenant;
  report.tablets = fleet.tablets().size();
  for (const auto& people : read->workload.people) report.stores += people.size();
  report.gestures = read->workload.gestures();
  report.skipped = fleet.skipped();
  report.meetings = fleet.counts();
  report.faults = fleet.faults();
  report.bytes_up = fleet.bytes_up();
  report.bytes_down = fleet.bytes_down();
  absl::StatusOr<MergeReport> merged = MakeMergeReport(fleet.tablets());
  if (!merged.ok()) return merged.status();
  report.merged = *std::move(merged);
  absl::StatusOr<std::map<core::Id16, std::string>> names =
      NamesOf(invocation.admin, report.tenant);
  if (!names.ok()) return names.status();
  report.names = *std::move(names);
  if (options.check) {
    if (absl::Status checked = Check(read->edits, read->workload, fleet, report); !checked.ok()) {
      return checked;
    }
  }
  return report;
}

int Run(const ReplayOptions& options, Invocation& invocation) {
  const absl::StatusOr<ReplayReport> report = Replay(options, invocation);
  if (!report.ok()) {
    const int failed = invocation.Fail("the replay stopped", report.status());
    return absl::IsInvalidArgument(report.status()) ? kExitUsage : failed;
  }
  invocation.EndProgress();
  invocation.out << (invocation.json ? ToJson(*report).dump(2) + "\n" : ToText(*report));
  return report->check.has_value() && !report->check->IsRight() ? kExitNo : kExitOk;
}

}  // namespace

void AddReplayCommand(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand("replay",
                                         "Replays what people wrote on tablets, each with its own "
                                         "stores on disk, over the real calls");
  command->footer(
      "Examples:\n"
      "  halfterm replay school/workload/half-term-1.ndjson\n"
      "  halfterm replay records.ndjson edits.ndjson --faults all --seed 7 --check");
  command->add_option("FILE", options->files,
                      "Files of gestures (docs/workload.md), or of the common workload");
  command->add_option("--generated", options->generated,
                      "Instead of files: this many visits, made up from the seed");
  command->add_option("--target", invocation.server, "As --server")->type_name("HOST:PORT");
  command->add_option("--admin-target", invocation.admin, "As --admin")->type_name("HOST:PORT");
  command->add_option("--tablets", options->tablets, "Fewer tablets than the files name");
  command
      ->add_option("--stores", options->stores,
                   "Keeps the tablets' stores here, and goes on with those that are here")
      ->type_name("DIR");
  command->add_option("--seed", options->seed, "What chance starts from")->capture_default_str();
  command->add_option("--faults", options->faults, "What goes wrong on the way")
      ->check(CLI::IsMember({"none", "lost-acks", "all"}))
      ->capture_default_str();
  command->add_option("--order-seed", options->order_seed,
                      "One store at a time, in the order that follows from this number");
  command->add_option("--as-school", options->as_school, "The school's handle, if not the file's")
      ->type_name("NAME");
  command->add_flag("--check", options->check,
                    "Compares all stores with those of a fresh tablet, and looks for every edit");
  command->callback([options, command, &invocation] {
    invocation.run = [options, command, &invocation] {
      if (options->files.empty() == (options->generated == 0)) {
        invocation.err << command->help();
        return kExitUsage;
      }
      return Run(*options, invocation);
    };
  });
}

}  // namespace halfterm::tools
