#include "tools/merge_people_command.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/people.grpc.pb.h"
#include "tools/replay/connection.h"
#include "tools/school_calls.h"

namespace halfterm::tools {
namespace {

constexpr std::chrono::minutes kCallTime(2);

struct MergeFlags {
  std::string second, into;
  bool undo = false, dry_run = false;
};

std::string Told(const v1::MergePeopleReply& reply, const MergeFlags& flags,
                 const std::string& second, const std::string& into) {
  const std::string records =
      absl::StrCat(reply.records(), reply.records() == 1 ? " record" : " records");
  if (flags.dry_run) {
    return absl::StrCat(records, " would be filed under ", flags.undo ? second : into, ".");
  }
  if (reply.seq() == 0) return "It is so already; nothing was written.";
  if (flags.undo) {
    return absl::StrCat(second, " is a person of their own again; ", records, " went back.");
  }
  return absl::StrCat(records, " of ", second, " now filed under ", into,
                      ", and the entry has ended. --undo takes it back. Take it out of the roster "
                      "too: an import that lists it begins it again.");
}

int Run(Invocation& invocation, const MergeFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) {
    invocation.Fail("merge-people", school.status());
    return kExitUsage;
  }
  const auto held = FetchDirectory(invocation.admin, *school);
  if (!held.ok()) return invocation.Fail("the school's directory could not be had", held.status());
  const absl::StatusOr<const v1::Person*> second = PersonMeant(*held, flags.second);
  if (!second.ok()) return invocation.Fail("whom?", second.status());
  const absl::StatusOr<const v1::Person*> into = PersonMeant(*held, flags.into);
  if (!into.ok()) return invocation.Fail("into whom?", into.status());

  v1::MergePeopleRequest request;
  request.set_tenant(*school);
  request.set_second((*second)->id());
  request.set_into((*into)->id());
  request.set_undo(flags.undo);
  request.set_dry_run(flags.dry_run);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  v1::MergePeopleReply reply;
  const absl::Status merged = ToStatus(
      v1::People::NewStub(OpenChannel(invocation.admin))->MergePeople(&context, request, &reply));
  if (!merged.ok()) return invocation.Fail("the entries could not be merged", merged);
  if (invocation.json) {
    invocation.out << nlohmann::json{{"records", reply.records()}, {"seq", reply.seq()}}.dump()
                   << "\n";
  } else {
    invocation.out << Told(reply, flags, (*second)->display_name(), (*into)->display_name())
                   << "\n";
  }
  return kExitOk;
}

}  // namespace

void AddMergePeopleCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "merge-people", "Two entries of the roster are one person: files one under the other");
  const auto flags = std::make_shared<MergeFlags>();
  command->add_option("second", flags->second, "The entry that is one too many: id or name")
      ->required()
      ->type_name("WHO");
  command->add_option("--into", flags->into, "The entry that stands for both")
      ->required()
      ->type_name("WHO");
  command->add_flag("--undo", flags->undo, "They are two people after all");
  command->add_flag("--dry-run", flags->dry_run, "Only counts what would move");
  command->footer(
      "Example: halfterm --school riverside merge-people \"T. Green\" --into \"Tia Green\"");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
