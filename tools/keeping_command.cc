#include "tools/keeping_command.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "halfterm/v1/disposition.grpc.pb.h"
#include "tools/replay/connection.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kCallTime(30);

// "never allowed" for REASON_NEVER_ALLOWED.
std::string WordsOf(v1::Reason reason) {
  return absl::AsciiStrToLower(
      absl::StrReplaceAll(v1::Reason_Name(reason), {{"REASON_", ""}, {"_", " "}}));
}

const char* NameOf(v1::Disposition disposition) {
  return disposition == v1::DISPOSITION_LATE ? "late" : "quarantined";
}

json AsJson(const v1::CountsReply& counts) {
  json answer = {{"pushed", counts.pushed()},
                 {"committed", counts.committed()},
                 {"late", counts.late()},
                 {"quarantined", counts.quarantined()},
                 {"erased", counts.erased()},
                 {"accounts_for_everything", counts.accounts_for_everything()},
                 {"erased_records", counts.erased_records()},
                 {"as_of_seq", counts.as_of_seq()},
                 {"kept", json::array()}};
  for (const v1::ReasonCount& kept : counts.kept()) {
    answer["kept"].push_back({{"disposition", NameOf(kept.disposition())},
                              {"reason", WordsOf(kept.reason())},
                              {"groups", kept.groups()},
                              {"released", kept.released()}});
  }
  return answer;
}

int RunKeeping(Invocation& invocation) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  const auto stub = v1::KeepingAdmin::NewStub(OpenChannel(invocation.admin));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  v1::KeepingAdminCountsRequest request;
  request.set_tenant(*school);
  v1::CountsReply counts;
  const absl::Status status = ToStatus(stub->Counts(&context, request, &counts));
  if (!status.ok()) {
    return invocation.Fail("the account could not be had", status,
                           "Is halftermd running? See --admin.");
  }
  if (invocation.json) {
    invocation.out << AsJson(counts).dump() << "\n";
  } else {
    PrintCounts(invocation.out, counts);
  }
  return counts.accounts_for_everything() ? kExitOk : kExitNo;
}

}  // namespace

void PrintCounts(std::ostream& out, const v1::CountsReply& counts) {
  out << "Tablets have pushed " << counts.pushed() << " groups.\n";
  Table table;
  table.AddColumn("what became of them");
  table.AddColumn("groups", Table::Align::kRight);
  table.AddColumn("of these taken in since", Table::Align::kRight);
  table.AddRow({"committed", absl::StrCat(counts.committed()), ""});
  for (const v1::Disposition disposition : {v1::DISPOSITION_LATE, v1::DISPOSITION_QUARANTINED}) {
    const bool late = disposition == v1::DISPOSITION_LATE;
    table.AddRow(
        {NameOf(disposition), absl::StrCat(late ? counts.late() : counts.quarantined()), ""});
    for (const v1::ReasonCount& kept : counts.kept()) {
      if (kept.disposition() != disposition) continue;
      table.AddRow({absl::StrCat("  ", WordsOf(kept.reason())), absl::StrCat(kept.groups()),
                    absl::StrCat(kept.released())});
    }
  }
  table.AddRow({"erased", absl::StrCat(counts.erased()), ""});
  table.Print(out, 2);
  if (counts.erased_records() > 0) {
    out << counts.erased_records()
        << (counts.erased_records() == 1 ? " record was" : " records were") << " erased.\n";
  }
  const uint64_t sum = counts.committed() + counts.late() + counts.quarantined() + counts.erased();
  if (counts.accounts_for_everything()) {
    out << "This accounts for everything.\n";
  } else {
    out << "This accounts for " << sum << " of " << counts.pushed()
        << " groups; run `halfterm verify`.\n";
  }
}

void AddKeepingCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "keeping", "Accounts for everything that tablets ever sent: merged, kept aside, erased");
  command->footer(
      "Exit code 1 when the counts do not add up.\n"
      "Example: halfterm --school riverside keeping");
  command->callback(
      [&invocation] { invocation.run = [&invocation] { return RunKeeping(invocation); }; });
}

}  // namespace halfterm::tools
