// Connections for reading, lent one at a time.

#ifndef HALFTERM_STORAGE_POSTGRES_POOL_H_
#define HALFTERM_STORAGE_POSTGRES_POOL_H_
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/postgres/connection.h"

namespace halfterm::storage::postgres {

// Safe to call from any thread.
class Pool {
 public:
  // Keeps up to `idle` connections that nobody uses. Never more than `most` are open; PostgreSQL
  // has 100 for all its clients, unless it is set otherwise.
  Pool(std::string conninfo, size_t idle, size_t most);

  // Unavailable: nobody answers, or all are lent.
  absl::StatusOr<std::unique_ptr<Connection>> Take();

  // Takes a connection back; a lost one, or null, makes room only. It must not be in a transaction.
  void Return(std::unique_ptr<Connection> connection);

  // Closes what is idle: after one was lost to a restart, the others are too.
  void Forget();

 private:
  const std::string conninfo_;
  const size_t idle_limit_, limit_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_, and so is:
  size_t open_ = 0;
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_POOL_H_
