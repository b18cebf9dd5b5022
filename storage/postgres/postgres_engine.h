// The engine in a PostgreSQL database, which outlives the machine that halftermd runs on.
//
// A commit is one transaction, durable when PostgreSQL says so; a database that is set to say so
// too early (fsync or synchronous_commit off) is refused. One halftermd writes at a time: opening
// takes the store over, and from then on the one before it commits nothing (Aborted). A connection
// that breaks in a commit costs no certainty: what became of it is read back, and it is done again
// if it was not done.
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
#include "storage/engine.h"

namespace halfterm::storage {

struct PostgresEngineOptions {
  // As libpq reads it: 'host=... dbname=...' or a postgresql:// address. A password is better kept
  // in a password file or a service file.
  std::string conninfo;

  // Whether the tables may be made where there are none.
  bool may_create = true;

  // Takes the store from a server that is still connected. Else Open waits for that one to leave,
  // for this long, and then refuses.
  bool take_over = false;
  std::chrono::milliseconds wait_for_others{15'000};

  // For so long a commit waits for a PostgreSQL that is away, before the engine fails for good.
  std::chrono::milliseconds patience{15'000};

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
//   Halfterm, or serves another halftermd.
// InvalidArgument: not a connection string. NotFound: no tables, and `may_create` is false.
// PermissionDenied: the role may not do what it must. DataLoss: our own rows are damaged.
// Unavailable: nobody answers.
absl::StatusOr<std::unique_ptr<Engine>> OpenPostgresEngine(const PostgresEngineOptions& options);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_POSTGRES_POSTGRES_ENGINE_H_
