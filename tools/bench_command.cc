#include "tools/bench_command.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tools/bench/bench.h"

namespace halfterm::tools {
namespace {

struct BenchFlags {
  std::string what;
  std::string records, edits, target, admin_target;
  uint64_t generated = 10'000;
  size_t tablets = 20;
  BenchOptions options;
};

absl::StatusOr<VisitSource> SourceOf(const BenchFlags& flags) {
  if (!flags.records.empty()) return VisitSource::FromFiles(flags.records, flags.edits);
  return VisitSource::Generated(flags.generated, flags.options.seed, flags.tablets);
}

absl::StatusOr<nlohmann::json> Measure(const BenchFlags& flags, const storage::Clock& clock) {
  const absl::StatusOr<VisitSource> source = SourceOf(flags);
  if (!source.ok()) return source.status();
  if (flags.what == "merge") return BenchMerge(*source, clock);
  absl::StatusOr<std::unique_ptr<MeasuredServer>> server =
      MeasuredServer::Open(flags.target, flags.admin_target);
  if (!server.ok()) return server.status();
  if (flags.what == "push") return BenchPush(*source, flags.options, **server, clock);
  if (flags.what == "schools") return BenchSchools(*source, flags.options, **server, clock);
  if (flags.what == "pull") return BenchPull(*source, flags.options, **server, clock);
  return BenchSummary(*source, flags.options, **server, clock);
}

int Run(const BenchFlags& flags, Invocation& invocation) {
  const absl::StatusOr<nlohmann::json> measured = Measure(flags, invocation.clock);
  invocation.EndProgress();
  if (!measured.ok()) return invocation.Fail("the measurement stopped", measured.status());
  if (invocation.json) {
    invocation.out << measured->dump() << "\n";
    return kExitOk;
  }
  for (const auto& item : measured->items()) {
    invocation.out << item.key() << ": " << item.value() << "\n";
  }
  return kExitOk;
}

}  // namespace

void AddBenchCommand(CLI::App& app, Invocation& invocation) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = app.add_subcommand(
      "bench",
      "Measures a push, a pull, a summary, a merge or what a school costs among many; pushes are "
      "durable when answered");
  command->footer(
      "Without --target it starts a halftermd of its own on a fresh folder.\n"
      "Examples:\n"
      "  halfterm bench push --json\n"
      "  halfterm bench schools --schools 100 --generated 20\n"
      "  halfterm bench pull --records records.ndjson --json\n"
      "  halfterm bench summary --generated 100000");
  command->add_option("WHAT", flags->what, "What is measured")
      ->required()
      ->check(CLI::IsMember({"push", "pull", "summary", "merge", "schools"}));
  command->add_option("--records", flags->records, "Records of the common workload")
      ->type_name("FILE");
  command->add_option("--edits", flags->edits, "Its edits; pushed after the records")
      ->type_name("FILE");
  command->add_option("--generated", flags->generated, "Without files: this many visits")
      ->capture_default_str();
  command->add_option("--tablets", flags->tablets, "That push at once")->capture_default_str();
  command->add_option("--target", flags->target, "A running server's public port")
      ->type_name("HOST:PORT");
  command->add_option("--admin-target", flags->admin_target, "Its admin port")
      ->type_name("HOST:PORT");
  command->add_option("--as-school", flags->options.tenant, "The school's handle")
      ->capture_default_str();
  command
      ->add_option("--schools", flags->options.schools,
                   "Of `schools`: so many, the handle and a number")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command
      ->add_option("--database-process", flags->options.database,
                   "Of `schools`: the server's database, to be measured too")
      ->type_name("PID");
  command->add_option("--first-school", flags->options.first_school, "The first one's number")
      ->capture_default_str();
  command->add_option("--seed", flags->options.seed, "What chance starts from")
      ->capture_default_str();
  command->add_option("--reads", flags->options.reads, "How many summaries are read")
      ->capture_default_str();
  command->add_option("--streams", flags->options.pull_streams, "Stores that are pulled at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--push-groups", flags->options.push_groups, "Groups in a push, at most")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  command->callback([flags, command, &invocation] {
    invocation.run = [flags, command, &invocation] {
      if (flags->target.empty() != flags->admin_target.empty()) {
        invocation.err << "halfterm: --target and --admin-target go together\n";
        return kExitUsage;
      }
      flags->options.progress = [&invocation](const std::string& doing) {
        invocation.Progress(doing);
      };
      return Run(*flags, invocation);
    };
  });
}

}  // namespace halfterm::tools
