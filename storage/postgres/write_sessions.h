// The connections on which a server writes, and the locks that its sessions hold.
//
// All of these locks are courtesies, which keep servers from taking a store from each other by
// mistake and give each its turn; the head of the store is what counts (writer.h).

#ifndef HALFTERM_STORAGE_POSTGRES_WRITE_SESSIONS_H_
#define HALFTERM_STORAGE_POSTGRES_WRITE_SESSIONS_H_
#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/latch.h"
#include "storage/postgres/postgres_engine.h"

namespace halfterm::storage::postgres {

// Begins a transaction once whoever has waited longer for a turn has had it. At a row lock, whoever
// ended a turn could take the next one before those who wait have woken.
inline constexpr char kNextTurn[] = "begin; select pg_advisory_xact_lock(5215575617049031278)";

// For one thread at a time.
class WriteSessions {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Both outlive it.
  WriteSessions(const PostgresEngineOptions& options, Latch& latch)
      : options_(options), latch_(latch) {}

  // The first one, on which nothing is prepared yet: when nobody is in the way, and others are kept
  // out until LetOthersIn. Errors of OpenPostgresEngine.
  absl::StatusOr<std::unique_ptr<Connection>> First() const;
  // The start is over: others have their turns again.
  static void LetOthersIn(Connection& first);

  // A further one, ready for statements, without waiting; after a failure not again for a moment.
  absl::StatusOr<std::unique_ptr<Connection>> AtOnce();
  // One before the deadline, and without waiting for it once the process is asked to stop; else the
  // latch is shut.
  absl::StatusOr<std::unique_ptr<Connection>> Before(Deadline deadline) const;

 private:
  absl::Status WaitForOthers(Connection& connection) const;
  absl::StatusOr<std::unique_ptr<Connection>> Further() const;

  const PostgresEngineOptions& options_;
  Latch& latch_;
  Deadline from_;  // AtOnce does nothing before.
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_WRITE_SESSIONS_H_
