// halfterm: the command line for administrators and developers.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "storage/clock.h"
#include "tools/accounts_command.h"
#include "tools/audit_command.h"
#include "tools/backup_command.h"
#include "tools/bench_command.h"
#include "tools/command.h"
#include "tools/coverage_command.h"
#include "tools/demo_school_command.h"
#include "tools/doctor_command.h"
#include "tools/drill_command.h"
#include "tools/freeze_command.h"
#include "tools/import_command.h"
#include "tools/keeping_command.h"
#include "tools/merge_people_command.h"
#include "tools/move_command.h"
#include "tools/practice/agreement_command.h"
#include "tools/replay_command.h"
#include "tools/summary_command.h"
#include "tools/tablets_command.h"
#include "tools/verify_command.h"

namespace halfterm::tools {
namespace {

// In the order in which --help lists them.
constexpr AddCommand kCommands[] = {
    AddImportCommand,     AddInviteCommand,      AddAccountsCommand,  AddProviderCommand,
    AddDemoSchoolCommand, AddReplayCommand,      AddSummaryCommand,   AddCoverageCommand,
    AddTabletsCommand,    AddVerifyCommand,      AddWaitingCommand,   AddKeepingCommand,
    AddFreezeCommand,     AddAuditCommand,       AddAgreementCommand, AddBackupCommand,
    AddBackupsCommand,    AddRestoreCommand,     AddMoveCommand,      AddDoctorCommand,
    AddDrillCommand,      AddMergePeopleCommand, AddBenchCommand,
};

int Main(int argc, char** argv) {
  const storage::SystemClock clock;
  Invocation invocation(std::cout, std::cerr, isatty(STDERR_FILENO) == 1, clock);
  CLI::App app("Brings rosters in, shows summaries and coverage, checks a server's figures.",
               "halfterm");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  app.add_option("--server", invocation.server, "Public port of halftermd")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  app.add_option("--admin", invocation.admin, "Admin port of halftermd")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  app.add_option("--school", invocation.school, "The school's handle, such as riverside")
      ->envname("HALFTERM_SCHOOL")
      ->type_name("NAME");
  app.add_flag("--json", invocation.json, "Answers as one JSON object");
  app.footer(
      "Exit codes: 0 it is so, 1 the answer is no or could not be had, 2 wrong usage.\n"
      "Example: halfterm --school riverside coverage --as \"Hana Owen\"");
  for (const AddCommand add : kCommands) add(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // CLI11 would say the same of a word that it does not know.
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      std::cerr << "halfterm: there is no command \"" << argv[1] << "\"; see halfterm --help\n";
      return kExitUsage;
    }
    app.exit(error);
    return kExitUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return invocation.run ? invocation.run() : kExitUsage;
}

}  // namespace
}  // namespace halfterm::tools

int main(int argc, char** argv) { return halfterm::tools::Main(argc, argv); }
