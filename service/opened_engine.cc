#include "service/opened_engine.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/keys.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::service {

absl::StatusOr<std::unique_ptr<storage::Engine>> OpenEngine(const ServerOptions& options,
                                                            bool may_create, Log& log) {
  const auto on_fatal = [&log, told = options.on_fatal](const absl::Status& why) {
    log.Error("engine failed", {{"status", absl::StatusCodeToString(why.code())}});
    if (told) told("the store cannot be written");
  };
  if (!options.postgres.empty()) {
    storage::PostgresEngineOptions postgres;
    postgres.conninfo = options.postgres;
    postgres.take_over = options.take_over;
    postgres.on_fatal = on_fatal;
    return storage::OpenPostgresEngine(postgres);
  }
  storage::RocksEngineOptions rocks;
  rocks.directory = StoreDirectory(options.data);
  rocks.may_create = may_create;
  rocks.low_space_bytes = options.low_space_bytes;
  rocks.on_fatal = on_fatal;
  return storage::OpenRocksEngine(rocks);
}

bool HasStoreDirectory(const ServerOptions& options) {
  const std::string directory = StoreDirectory(options.data);
  std::error_code error;
  return std::filesystem::exists(directory, error) && !std::filesystem::is_empty(directory, error);
}

absl::StatusOr<bool> HasHistory(const ServerOptions& options, const storage::Engine& database) {
  const absl::StatusOr<std::string> epochs =
      database.Get(storage::Family::kMeta, storage::EpochKey());
  if (epochs.ok()) return true;
  if (!absl::IsNotFound(epochs.status())) return epochs.status();
  if (!HasStoreDirectory(options)) return false;
  return absl::FailedPreconditionError(absl::StrCat(
      "The database holds nothing, and ", StoreDirectory(options.data),
      " holds a store. Started so, this server would tell every tablet that its work is not here. "
      "Start it without --engine=postgres, or name another --data directory for the database."));
}

}  // namespace halfterm::service
