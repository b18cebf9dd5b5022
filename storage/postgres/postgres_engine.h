// The engine in a PostgreSQL database, which outlives the machine that halftermd runs on, and which
// several halftermd may share.
//
// A commit is one transaction, durable when PostgreSQL says so; a database that is set to say so
// too early (fsync or synchronous_commit off) is refused. A connection that breaks in a commit
// costs no certainty: what became of it is read back, and it is done again if it was not done and
// nobody else has written since. News of commits comes by NOTIFY, and where that is cut by looking
// every second.
//
// Every row is keyed by its tenant and every statement goes to one tenant, so that Citus can spread
// the table (docs/operating.md).

#ifndef HALFTERM_STORAGE_POSTGRES_POSTGRES_ENGINE_H_
#define HALFTERM_STORAGE_POSTGRES_POSTGRES_ENGINE_H_
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/postgres/stop_signal.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {

struct PostgresEngineOptions {
  // As libpq reads it: 'host=... dbname=...' or a postgresql:// address. A password is better kept
  // in a password file or a service file.
  std::string conninfo;

  // Whether the tables may be made where there are none.
  bool may_create = true;

  // Other servers commit too, each in its turn (shared_engine.h). Until Follow is called, or the
  // engine closed, they wait: this one is starting. Else this server is alone: whoever commits
  // beside it, or takes the store over, ends it (Aborted, for ever), also its reading.
  bool is_shared = false;
  // Of a server that is alone: takes the store from those that are still connected.
  bool take_over = false;
  // For so long Open waits for those who are in the way, before it refuses.
  std::chrono::milliseconds wait_for_others{15'000};

  // False: nobody waits for a PostgreSQL that is away to get a turn (Unavailable, and the engine
  // stays whole), and what was decided in a turn is committed in that one or not at all (Aborted).
  bool mends_turns = true;

  // For so long a commit waits for a PostgreSQL that is away, before the engine fails for good.
  std::chrono::milliseconds patience{15'000};

  // Ends that waiting, for good; a commit then fails unless PostgreSQL is there at once.
  std::shared_ptr<StopSignal> stop = std::make_shared<StopSignal>();

  // How often a server that follows others looks for what they did when nobody notifies it.
  std::chrono::milliseconds look_every{1'000};

  // Connections for reading: kept, and open at most.
  size_t idle_readers = 8;
  size_t most_readers = 48;

  // As RocksEngineOptions'. Called by whichever thread met the failure.
  std::function<void(const absl::Status& why)> on_fatal;
};

// Commit() keeps to engine.h and adds: InvalidArgument for a key of more than 2,600 bytes, which
// PostgreSQL's index does not take; nothing was written. EngineStats knows the commits alone, and
// CompactRange frees the room of deleted rows for others, without wiping it.
//
// FailedPrecondition: PostgreSQL is set to lose commits, is a standby, has tables of a newer
//   Halfterm, or serves a halftermd beside which this one may not be.
// InvalidArgument: not a connection string. NotFound: no tables, and `may_create` is false.
// PermissionDenied: the role may not do what it must. DataLoss: our own rows are damaged.
// Unavailable: nobody answers, or another server has been starting all the time.
absl::StatusOr<std::unique_ptr<SharedEngine>> OpenPostgresEngine(
    const PostgresEngineOptions& options);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_POSTGRES_POSTGRES_ENGINE_H_
