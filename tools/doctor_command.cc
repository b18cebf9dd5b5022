#include "tools/doctor_command.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "storage/backup/doctor.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;
using storage::Finding;

const char* WordOf(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kWell:
      return "well";
    case Finding::Kind::kNote:
      return "note";
    case Finding::Kind::kWrong:
      return "WRONG";
  }
  return "";
}

int RunDoctor(Invocation& invocation, storage::DoctorWish wish) {
  wish.now_ms = invocation.clock.NowMs();
  const absl::StatusOr<std::vector<Finding>> findings = storage::Examine(wish);
  if (!findings.ok()) return invocation.Fail("nothing could be looked at", findings.status());
  const bool wrong = std::any_of(findings->begin(), findings->end(), [](const Finding& finding) {
    return finding.kind == Finding::Kind::kWrong;
  });
  if (invocation.json) {
    json answer = {{"well", !wrong}, {"findings", json::array()}};
    for (const Finding& finding : *findings) {
      answer["findings"].push_back({{"kind", WordOf(finding.kind)},
                                    {"what", finding.what},
                                    {"what_to_do", finding.what_to_do}});
    }
    invocation.out << answer.dump() << "\n";
    return wrong ? kExitNo : kExitOk;
  }
  for (const Finding& finding : *findings) {
    invocation.out << WordOf(finding.kind) << "  " << finding.what << "\n";
    if (!finding.what_to_do.empty()) invocation.out << "       " << finding.what_to_do << "\n";
  }
  return wrong ? kExitNo : kExitOk;
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "doctor", "Says what would be lost before anything is: store, ledger, keys and backups");
  const auto wish = std::make_shared<storage::DoctorWish>();
  command->add_option("--data", wish->data, "The server's data directory")
      ->required()
      ->type_name("DIR");
  command->add_option("--backups", wish->folder, "Folder of the backups, if not those on record")
      ->type_name("DIR");
  command->footer(
      "Reads only; the server may run. Exit code 1 when something is wrong.\n"
      "Example: halfterm doctor --data /var/lib/halfterm");
  command->callback([&invocation, wish] {
    invocation.run = [&invocation, wish] { return RunDoctor(invocation, *wish); };
  });
}

}  // namespace halfterm::tools
