#include "service/ledger_database.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/backup/copy_ledger.h"
#include "storage/backup/restore.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/postgres/which_database.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::service {
namespace {

// For a commit whose answer is lost. Less than PostgreSQL's own patience with a turn of the rows.
constexpr std::chrono::seconds kPatience(5);

absl::Status AreApart(const ServerOptions& options, Log& log) {
  const absl::StatusOr<storage::WhichDatabase> rows = storage::AskWhichDatabase(options.postgres);
  if (!rows.ok()) return rows.status();
  const absl::StatusOr<storage::WhichDatabase> ledger = storage::AskWhichDatabase(options.ledger);
  if (!ledger.ok()) return ledger.status();
  if (rows->cluster.empty() || rows->cluster != ledger->cluster) return absl::OkStatus();
  if (rows->name == ledger->name) {
    return absl::FailedPreconditionError(
        "--ledger and --postgres name the same database. The ledger is a database of its own, best "
        "in another cluster: a restore of the rows must not take it back.");
  }
  log.Info("the ledger is in the same cluster as the rows; a restore of it takes both back");
  return absl::OkStatus();
}

absl::Status Copy(const std::string& directory, storage::Engine& database, Log& log) {
  storage::RocksEngineOptions options;
  options.directory = directory;
  options.may_create = false;
  absl::StatusOr<std::unique_ptr<storage::Engine>> engine = storage::OpenRocksEngine(options);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<uint64_t> copied = storage::CopyLedger(**engine, database);
  if (!copied.ok()) return copied.status();
  log.Info("the ledger was copied to its database", {{"rows", static_cast<int64_t>(*copied)}});
  return (*engine)->Close();
}

}  // namespace

absl::StatusOr<std::unique_ptr<storage::Engine>> OpenLedgerDatabase(
    const ServerOptions& options, std::function<void(const absl::Status&)> on_fatal, Log& log) {
  if (absl::Status apart = AreApart(options, log); !apart.ok()) return apart;
  storage::PostgresEngineOptions ledger;
  ledger.conninfo = options.ledger;
  ledger.is_shared = true;
  ledger.mends_turns = false;
  ledger.patience = kPatience;
  ledger.idle_readers = 2;
  ledger.most_readers = 8;
  ledger.on_fatal = std::move(on_fatal);
  absl::StatusOr<std::unique_ptr<storage::SharedEngine>> engine =
      storage::OpenPostgresEngine(ledger);
  if (!engine.ok()) return engine.status();

  const std::string directory = storage::LedgerPath(options.data);
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) return engine;
  if (absl::Status copied = Copy(directory, **engine, log); !copied.ok()) return copied;
  std::filesystem::rename(directory, directory + ".in-database", error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " is in its database now and cannot be renamed to ", directory,
                     ".in-database: ", error.message(), ". Move it away and start again."));
  }
  return engine;
}

}  // namespace halfterm::service
