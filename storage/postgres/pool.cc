#include "storage/postgres/pool.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace halfterm::storage::postgres {

Pool::Pool(std::string conninfo, size_t idle, size_t most)
    : conninfo_(std::move(conninfo)), idle_limit_(idle), limit_(most) {}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Take() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    if (open_ == limit_) {
      return absl::UnavailableError(
          absl::StrCat("All ", limit_, " connections for reading are in use."));
    }
    ++open_;
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(conninfo_, Purpose::kReading);
  absl::Status ready = opened.status();
  if (ready.ok()) ready = (*opened)->Prepare();
  if (ready.ok()) return opened;
  Return(nullptr);
  return ready;
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (connection != nullptr && !connection->is_lost() && idle_.size() < idle_limit_) {
    idle_.push_back(std::move(connection));
  } else {
    --open_;
  }
}

void Pool::Forget() {
  std::vector<std::unique_ptr<Connection>> gone;
  const std::lock_guard<std::mutex> lock(mutex_);
  open_ -= idle_.size();
  gone.swap(idle_);
}

}  // namespace halfterm::storage::postgres
