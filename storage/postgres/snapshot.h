// A transaction that reads, on a connection of its own until it ends; and how far the store had
// come when it began.

#ifndef HALFTERM_STORAGE_POSTGRES_SNAPSHOT_H_
#define HALFTERM_STORAGE_POSTGRES_SNAPSHOT_H_
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/pool.h"
#include "storage/postgres/rows.h"

namespace halfterm::storage::postgres {

class PostgresSnapshot final : public Snapshot {
 public:
  // Both must outlive it. `snapshots` counts those that are open.
  PostgresSnapshot(Pool& pool, std::atomic<int>& snapshots);
  ~PostgresSnapshot() override;
  PostgresSnapshot(const PostgresSnapshot&) = delete;
  PostgresSnapshot& operator=(const PostgresSnapshot&) = delete;

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override;
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override;
  std::unique_ptr<Cursor> NewCursor(Family family, absl::string_view begin,
                                    absl::string_view end) const override;

  // Whether it can be read.
  const absl::Status& status() const { return status_; }
  // Every read fails with `why` from now on.
  void Fail(const absl::Status& why) { status_ = why; }
  // Of a snapshot that can be read.
  const Head& head() const { return head_; }

  // What was said with the commits from `since` on, which the store had come to, up to head();
  // oldest first, without that of `since`. OutOfRange: some of it was not said, or is not kept.
  // DataLoss: `since` is no part of this history.
  absl::StatusOr<std::vector<std::string>> NewsSince(const Head& since) const;

 private:
  // PostgreSQL fixes the moment at the first read, which is that of the head. False: the connection
  // was lost.
  bool Begin();

  Pool& pool_;
  std::atomic<int>& snapshots_;
  std::unique_ptr<Connection> connection_;
  Head head_;
  absl::Status status_;
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_SNAPSHOT_H_
