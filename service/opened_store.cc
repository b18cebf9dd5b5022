#include "service/opened_store.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/ledger_database.h"
#include "storage/backup/fill_ledger.h"
#include "storage/backup/history.h"
#include "storage/backup/replay.h"
#include "storage/backup/restore.h"
#include "storage/keys.h"
#include "storage/move/move_mark.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::service {
namespace {

constexpr size_t kLedgerCacheBytes = size_t{4} << 20, kLedgerMemtableBytes = size_t{2} << 20;

// What to do when an engine fails for good. Words that are ours alone are logged too.
std::function<void(const absl::Status&)> OnFatal(const ServerOptions& options, Log& log,
                                                 const char* what, const char* told_what) {
  return [&log, told = options.on_fatal, what, told_what](const absl::Status& why) {
    const bool is_ours = absl::IsFailedPrecondition(why) || absl::IsAborted(why);
    log.Error(what, {{"status", absl::StatusCodeToString(why.code())},
                     {"because", is_ours ? std::string(why.message()) : std::string()}});
    if (told) told(told_what);
  };
}

bool IsShared(const ServerOptions& options) { return !options.ledger.empty(); }

// NotFound: there is no store in the directory, and none may be made.
absl::StatusOr<std::unique_ptr<storage::Engine>> OpenEngine(const ServerOptions& options,
                                                            bool may_create, const Stored& stored,
                                                            Log& log) {
  const auto on_fatal = OnFatal(options, log, "engine failed", "the store cannot be written");
  if (!options.postgres.empty()) {
    storage::PostgresEngineOptions postgres;
    postgres.conninfo = options.postgres;
    postgres.is_shared = IsShared(options);
    postgres.take_over = options.take_over;
    postgres.stop = stored.stop;
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

// Whether anything was ever committed to a database. One in which nothing was, beside a directory
// that holds a store, would have the server tell every tablet that nothing of its work is held.
absl::StatusOr<bool> HasHistory(const ServerOptions& options, const storage::Engine& database) {
  const absl::StatusOr<std::string> epochs =
      database.Get(storage::Family::kMeta, storage::EpochKey());
  if (epochs.ok()) return true;
  if (!absl::IsNotFound(epochs.status())) return epochs.status();
  if (!HasStoreDirectory(options)) return false;
  return absl::FailedPreconditionError(absl::StrCat(
      "The database holds nothing, and ", StoreDirectory(options.data),
      " holds a store. Started so, this server would tell every tablet that its work is not here. "
      "Move the store with `halfterm move`, start without --engine=postgres, or name another "
      "--data "
      "directory for the database."));
}

// One of several servers makes no keys: what the others sealed could not be opened.
absl::Status HasAllKeys(const ServerOptions& options) {
  for (const char* const name : {"accounts.key", "sealing.pem"}) {
    const std::string file = absl::StrCat(options.data, "/keys/", name);
    if (std::filesystem::exists(file)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        file, " is missing. Copy the whole folder keys/ from a server of this database."));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<storage::Engine>> OpenLedgerEngine(
    const ServerOptions& options, const std::function<void(const absl::Status&)>& on_fatal,
    Log& log) {
  if (IsShared(options)) return OpenLedgerDatabase(options, on_fatal, log);
  storage::RocksEngineOptions ledger;
  ledger.directory = storage::LedgerPath(options.data);
  ledger.low_space_bytes = options.low_space_bytes;
  ledger.block_cache_bytes = kLedgerCacheBytes;
  ledger.memtable_bytes = kLedgerMemtableBytes;
  ledger.on_fatal = on_fatal;
  return storage::OpenRocksEngine(ledger);
}

absl::Status OpenLedger(const ServerOptions& options, Log& log, Stored& stored) {
  absl::StatusOr<std::unique_ptr<storage::Engine>> engine = OpenLedgerEngine(
      options, OnFatal(options, log, "ledger failed", "the ledger cannot be written"), log);
  if (!engine.ok()) return engine.status();
  stored.ledger_engine = *std::move(engine);
  absl::StatusOr<std::unique_ptr<storage::Ledger>> opened =
      storage::Ledger::Open(*stored.ledger_engine);
  if (!opened.ok()) return opened.status();
  stored.ledger = *std::move(opened);
  return absl::OkStatus();
}

// What was decided since the backup, before anybody is served.
absl::Status ReplayLedger(const Stored& stored, const Server::World& world) {
  storage::Directories directories;
  storage::Sessions sessions;
  storage::Changes changes;
  if (absl::Status loaded = directories.Load(*stored.engine); !loaded.ok()) return loaded;
  if (absl::Status loaded = sessions.Load(*stored.engine); !loaded.ok()) return loaded;
  storage::Epochs epochs = *stored.epochs;  // Says the same as the one it is a copy of.
  storage::BatchContext context{*stored.engine, world.clock,  directories,
                                sessions,       changes,      *stored.secrets,
                                epochs,         world.random, stored.ledger.get()};
  const absl::StatusOr<storage::Replayed> replayed = storage::Replay(context, *stored.ledger);
  if (!replayed.ok()) return replayed.status();
  world.log.Info("decisions replayed", {{"erased", static_cast<int64_t>(replayed->erased)},
                                        {"decisions", static_cast<int64_t>(replayed->decisions)},
                                        {"rows", static_cast<int64_t>(replayed->rows)}});
  return absl::OkStatus();
}

// What is kept in memory, and of a shared store kept true from now on. Other servers, which have
// waited for this one to start, go on.
absl::Status LoadMemory(const ServerOptions& options, Stored& stored) {
  if (!IsShared(options)) {
    if (absl::Status read = stored.directories.Load(*stored.engine); !read.ok()) return read;
    return stored.sessions.Load(*stored.engine);
  }
  stored.following = std::make_unique<storage::Following>(stored.directories, stored.sessions,
                                                          stored.changes, *stored.epochs);
  return storage::SharedEngine::Of(*stored.engine)
      ->Follow([following = stored.following.get()](const storage::News& news,
                                                    const storage::Snapshot& view) {
        return following->Heed(news, view);
      });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stored>> OpenStored(const ServerOptions& options,
                                                   const Server::World& world) {
  std::error_code error;
  std::filesystem::create_directories(options.data, error);

  auto stored = std::make_unique<Stored>();
  bool store_exists = HasStoreDirectory(options);
  if (!options.postgres.empty()) {
    absl::StatusOr<std::unique_ptr<storage::Engine>> database =
        OpenEngine(options, /*may_create=*/true, *stored, world.log);
    if (!database.ok()) return database.status();
    stored->engine = *std::move(database);
    const absl::Status may = storage::MayBeServed(*stored->engine->NewSnapshot());
    if (!may.ok()) return may;
    const absl::StatusOr<bool> has_history = HasHistory(options, *stored->engine);
    if (!has_history.ok()) return has_history.status();
    store_exists = *has_history;
  }
  // The keys first: a store whose keys are gone must stay as it is.
  absl::StatusOr<storage::Secrets> secrets = storage::Secrets::Open(options.data, store_exists);
  if (!secrets.ok()) return secrets.status();
  stored->secrets = *std::move(secrets);
  if (IsShared(options) && store_exists) {
    if (absl::Status whole = HasAllKeys(options); !whole.ok()) return whole;
  }
  absl::StatusOr<storage::AccountKeys> account_keys = storage::AccountKeys::Open(options.data);
  if (!account_keys.ok()) return account_keys.status();
  stored->account_keys = *std::move(account_keys);

  if (absl::Status done = OpenLedger(options, world.log, *stored); !done.ok()) return done;
  if (stored->engine == nullptr) {
    // A store that was here and is gone must not come up empty, nor one that was being put back.
    const storage::LedgerFacts known = stored->ledger->facts();
    const bool may_create = known.epochs.epochs().empty() && !known.mark;
    absl::StatusOr<std::unique_ptr<storage::Engine>> engine =
        OpenEngine(options, may_create, *stored, world.log);
    if (absl::IsNotFound(engine.status()) && !may_create) {
      return absl::FailedPreconditionError(absl::StrCat(
          StoreDirectory(options.data),
          known.mark ? " is missing: a restore did not come to its end; run `halfterm "
                       "restore` again"
                     : " is missing, and the ledger beside it tells of a store; put it "
                       "back with `halfterm restore`, or put back the directory itself"));
    }
    if (!engine.ok()) return engine.status();
    stored->engine = *std::move(engine);
    const absl::Status may = storage::MayBeServed(*stored->engine->NewSnapshot());
    if (!may.ok()) return may;
  }

  absl::StatusOr<storage::OpenedHistory> history = storage::OpenHistory(
      *stored->engine, *stored->ledger, *stored->secrets, world.clock, world.random);
  if (!history.ok()) return history.status();
  stored->epochs = history->epochs;
  if (!history->restored.empty()) {
    world.log.Info("the store is a restored one; tablets will refill it",
                   {{"because", history->restored}, {"epoch", int64_t{stored->epochs->current()}}});
  }
  if (history->needs_replay) {
    if (absl::Status done = ReplayLedger(*stored, world); !done.ok()) return done;
  }
  if (history->needs_filling) {
    const absl::StatusOr<uint64_t> filled = storage::FillLedger(*stored->engine, *stored->ledger);
    if (!filled.ok()) return filled.status();
    world.log.Info("the ledger was older than the store, and has its rows now",
                   {{"rows", static_cast<int64_t>(*filled)}});
  }
  if (absl::Status loaded = LoadMemory(options, *stored); !loaded.ok()) return loaded;
  return stored;
}

}  // namespace halfterm::service
