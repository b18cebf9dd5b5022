// The one server that writes, and how it stays the only one.
//
// Taking the store over puts the writer's number into the head of every tenant. A commit replaces
// the heads of the tenants that it touches by compare and set, so a server that another has
// overtaken commits nothing more. The same heads tell what became of a commit whose answer was lost
// with its connection: they are read back, under a lock for which the lost transaction must first
// end.

#ifndef HALFTERM_STORAGE_POSTGRES_WRITER_H_
#define HALFTERM_STORAGE_POSTGRES_WRITER_H_
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/postgres/commit_plan.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/latch.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/postgres/rows.h"

namespace halfterm::storage::postgres {

// For one thread at a time.
class Writer {
 public:
  // Connects, brings the tables up to date, and takes the store over. Errors of OpenPostgresEngine.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const PostgresEngineOptions& options,
                                                      Latch& latch);

  // As Engine::Commit, of a set that is not empty.
  absl::Status Commit(const WriteSet& writes);

  // The number that this writer put into the heads.
  uint64_t number() const { return number_; }

 private:
  enum class Fate { kCommitted, kNotCommitted, kUnknown };
  using Deadline = std::chrono::steady_clock::time_point;

  Writer(const PostgresEngineOptions& options, Latch& latch) : options_(options), latch_(latch) {}

  absl::Status Connect();
  absl::Status LockOutOthers();
  absl::Status TakeOver();
  // A connection, if need be a new one, before the deadline; else the latch is shut. Sleeps between
  // tries, and nothing cuts that short: nobody else commits meanwhile, and a server that stops lets
  // its last commit have the same patience before it closes the store.
  absl::Status Reconnect(Deadline deadline);
  // One transaction. OK and kCommitted; OK and kNotCommitted: try again; OK and kUnknown: the
  // answer was lost; else an error for the caller, with nothing written.
  absl::Status Try(const std::vector<TenantWrites>& plan, Fate& fate);
  // What an answer that is not OK means for a transaction that was not committed.
  absl::Status Judge(const Answer& answer, absl::string_view doing);
  // Reads the heads back after kUnknown.
  absl::Status Prove(const std::vector<TenantWrites>& plan, Deadline deadline, Fate& fate);
  // Neither kCommitted nor kNotCommitted can be shown, because of `why`. Shuts the latch.
  absl::Status Undecided(const absl::Status& why);
  // The head of a tenant is not what we left there. Shuts the latch.
  absl::Status Overtaken(uint32_t tenant);
  void Rollback();
  Head Next(uint32_t tenant) const;

  const PostgresEngineOptions options_;
  Latch& latch_;
  std::unique_ptr<Connection> connection_;
  uint64_t number_ = 0;
  std::map<uint32_t, Head> heads_;  // As we left them. Tenant 0 is always there.
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_WRITER_H_
