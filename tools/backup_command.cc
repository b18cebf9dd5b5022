#include "tools/backup_command.h"

#include <grpcpp/client_context.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "halfterm/v1/backup.grpc.pb.h"
#include "storage/backup/backup_run.h"
#include "storage/backup/restore.h"
#include "storage/rocks/rocks_backup.h"
#include "tools/replay/connection.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

struct BackupFlags {
  std::string to;
  uint32_t keep = storage::kBackupsKept;
};

struct RestoreFlags {
  std::string data, from;
  uint32_t generation = 0;
};

std::string Moment(int64_t ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(ms), absl::LocalTimeZone());
}

std::string Mebibytes(uint64_t bytes) { return absl::StrCat((bytes + (1 << 19)) >> 20, " MiB"); }

json AsJson(const v1::BackupGeneration& generation) {
  json answer = {{"generation", generation.generation()},
                 {"folder", generation.folder()},
                 {"verified_ms", generation.verified_ms()},
                 {"epoch", generation.epoch()},
                 {"bytes", generation.bytes()},
                 {"schools", json::array()}};
  for (const v1::BackedUpSchool& school : generation.schools()) {
    answer["schools"].push_back({{"school", school.tenant()}, {"seq", school.seq()}});
  }
  return answer;
}

// The folder as the server must name it, which may run elsewhere on this machine.
std::string Absolute(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(folder, error).lexically_normal();
  return path.has_filename() ? path.string() : path.parent_path().string();
}

int RunBackup(Invocation& invocation, const BackupFlags& flags) {
  const auto stub = v1::Backups::NewStub(OpenChannel(invocation.admin));
  v1::MakeBackupRequest request;
  request.set_folder(Absolute(flags.to));
  request.set_keep(flags.keep);
  grpc::ClientContext context;
  const auto reader = stub->MakeBackup(&context, request);
  v1::MakeBackupReply reply, last;
  while (reader->Read(&reply)) {
    last = reply;
    invocation.Progress(absl::StrCat("recomputing the copy: ", reply.records(), " records, ",
                                     reply.groups(), " groups"));
  }
  const absl::Status status = ToStatus(reader->Finish());
  invocation.EndProgress();
  if (!status.ok()) {
    return invocation.Fail("no backup was made", status,
                           absl::IsUnavailable(status) ? "Is halftermd running? See --admin." : "");
  }
  if (!last.has_made()) {
    return invocation.Fail("no backup was made",
                           absl::InternalError("the server did not say which"));
  }
  const v1::BackupGeneration& made = last.made();
  if (invocation.json) {
    invocation.out << AsJson(made).dump() << "\n";
    return kExitOk;
  }
  invocation.out << "Generation " << made.generation() << " in " << made.folder()
                 << ": copied, opened and recomputed; everything agrees ("
                 << Mebibytes(made.bytes()) << ").\n";
  for (const v1::BackedUpSchool& school : made.schools()) {
    invocation.out << "  " << school.tenant() << ": everything up to group " << school.seq()
                   << "\n";
  }
  invocation.out << "The keys and the ledger are not in it: keep copies of them elsewhere.\n";
  return kExitOk;
}

int RunBackups(Invocation& invocation) {
  const auto stub = v1::Backups::NewStub(OpenChannel(invocation.admin));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  v1::ListBackupsReply reply;
  const absl::Status status =
      ToStatus(stub->ListBackups(&context, v1::ListBackupsRequest(), &reply));
  if (!status.ok()) {
    return invocation.Fail("the backups could not be listed", status,
                           "Is halftermd running? See --admin.");
  }
  if (invocation.json) {
    json answer = {{"generations", json::array()}, {"schools", json::array()}};
    for (const auto& generation : reply.generations()) {
      answer["generations"].push_back(AsJson(generation));
    }
    for (const v1::DurableSchool& school : reply.schools()) {
      answer["schools"].push_back({{"school", school.tenant()},
                                   {"durable_seq", school.durable_seq()},
                                   {"seq", school.seq()}});
    }
    invocation.out << answer.dump() << "\n";
    return kExitOk;
  }
  if (reply.generations().empty()) {
    invocation.out << "There is no verified backup.\n";
  } else {
    Table table;
    table.AddColumn("generation", Table::Align::kRight);
    table.AddColumn("verified");
    table.AddColumn("epoch", Table::Align::kRight);
    table.AddColumn("size", Table::Align::kRight);
    table.AddColumn("folder", Table::Align::kLeft, 60);
    for (const v1::BackupGeneration& generation : reply.generations()) {
      table.AddRow({absl::StrCat(generation.generation()), Moment(generation.verified_ms()),
                    absl::StrCat(generation.epoch()), Mebibytes(generation.bytes()),
                    generation.folder()});
    }
    table.Print(invocation.out);
  }
  for (const v1::DurableSchool& school : reply.schools()) {
    invocation.out << school.tenant() << ": " << school.durable_seq() << " of " << school.seq()
                   << " groups are in two verified backups; tablets keep the others.\n";
  }
  return kExitOk;
}

int RunRestore(Invocation& invocation, const RestoreFlags& flags) {
  const absl::StatusOr<storage::Restored> restored = storage::RestoreStore(
      {Absolute(flags.data), Absolute(flags.from), flags.generation}, invocation.clock);
  if (!restored.ok()) {
    return invocation.Fail("nothing was restored, and nothing was changed", restored.status());
  }
  if (invocation.json) {
    invocation.out << json{{"generation", restored->from.generation()},
                           {"folder", restored->from.folder()},
                           {"verified_ms", restored->from.verified_ms()},
                           {"old_store", restored->old_store}}
                          .dump()
                   << "\n";
    return kExitOk;
  }
  invocation.out << "Generation " << restored->from.generation() << ", verified "
                 << Moment(restored->from.verified_ms()) << ", is in place.\n";
  if (!restored->old_store.empty()) {
    invocation.out << "What was there is in " << restored->old_store
                   << "; delete it when the school is content.\n";
  }
  invocation.out << "Start halftermd now. Tablets bring back by themselves what was written since; "
                    "summaries say\nhow many have.\n";
  return kExitOk;
}

}  // namespace

void AddBackupCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "backup", "Copies the running server's store, opens the copy and recomputes all of it");
  const auto flags = std::make_shared<BackupFlags>();
  command
      ->add_option("--to", flags->to, "Folder of the backups, on another disk; one for each server")
      ->required()
      ->type_name("DIR");
  command->add_option("--keep", flags->keep, "Verified generations to keep, at least 2")
      ->capture_default_str();
  command->footer("Example: halfterm backup --to /mnt/backups/halfterm");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return RunBackup(invocation, *flags); };
  });
}

void AddBackupsCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("backups", "Lists the verified backups, and how much is in two of them");
  command->footer("Example: halfterm backups");
  command->callback(
      [&invocation] { invocation.run = [&invocation] { return RunBackups(invocation); }; });
}

void AddRestoreCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "restore", "Puts a verified backup in the place of the store of a server that is stopped");
  const auto flags = std::make_shared<RestoreFlags>();
  command->add_option("--data", flags->data, "The server's data directory")
      ->required()
      ->type_name("DIR");
  command->add_option("--from", flags->from, "Folder of the backups")->required()->type_name("DIR");
  command->add_option("--to-generation", flags->generation,
                      "Which one; else the newest that was verified");
  command->footer(
      "Nothing is deleted: the old store stays beside the new one.\n"
      "Example: halfterm restore --data /var/lib/halfterm --from /mnt/backups/halfterm");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return RunRestore(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
