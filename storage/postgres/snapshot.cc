#include "storage/postgres/snapshot.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/reads.h"
#include "storage/postgres/tenant_of.h"
#include "storage/postgres/tenant_walk.h"

namespace halfterm::storage::postgres {
namespace {

constexpr size_t kMarkBytes = 8;

std::string NumberKey(uint64_t number) { return Int8(static_cast<int64_t>(number)); }

}  // namespace

PostgresSnapshot::PostgresSnapshot(Pool& pool, std::atomic<int>& snapshots)
    : pool_(pool), snapshots_(snapshots) {
  ++snapshots_;
  // An idle connection may have died with a PostgreSQL that is back since.
  if (!Begin()) {
    pool_.Forget();
    Begin();
  }
}

PostgresSnapshot::~PostgresSnapshot() {
  if (connection_ != nullptr) {
    if (!connection_->is_lost()) connection_->Ask("rollback");
    pool_.Return(std::move(connection_));
  }
  --snapshots_;
}

absl::StatusOr<std::string> PostgresSnapshot::Get(Family family, absl::string_view key) const {
  if (!status_.ok()) return status_;
  return postgres::Get(*connection_, family, key);
}

std::vector<absl::StatusOr<std::string>> PostgresSnapshot::MultiGet(
    Family family, absl::Span<const std::string> keys) const {
  if (!status_.ok()) return {keys.size(), status_};
  return postgres::MultiGet(*connection_, family, keys);
}

std::unique_ptr<Cursor> PostgresSnapshot::NewCursor(Family family, absl::string_view begin,
                                                    absl::string_view end) const {
  if (!status_.ok()) return NewFailedCursor(status_);
  return postgres::NewCursor(*connection_, family, begin, end);
}

absl::StatusOr<std::vector<std::string>> PostgresSnapshot::NewsSince(const Head& since) const {
  if (!status_.ok()) return status_;
  if (since == head_) return std::vector<std::string>();
  const absl::Status another =
      absl::DataLossError(absl::StrCat("The database at ", connection_->place(),
                                       " does not hold the history that this server knew: "
                                       "commit ",
                                       since.commits, " is another one there."));
  if (since.commits >= head_.commits) return another;
  std::vector<std::string> said;
  // Its own news says that `since` was here. Nothing was said of a store's beginning.
  uint64_t next = std::max<uint64_t>(since.commits, 1);
  TenantWalk walk(*connection_, kNoTenant, kNews, NumberKey(next), NumberKey(head_.commits + 1));
  for (walk.Seek({}); walk.Valid(); walk.Next(), ++next) {
    if (walk.key() != NumberKey(next) || walk.value().size() < kMarkBytes) break;
    if (next != since.commits) {
      if (walk.value().size() == kMarkBytes) break;
      said.emplace_back(walk.value().substr(kMarkBytes + 1));
    } else if (!absl::StartsWith(walk.value(), Int8(static_cast<int64_t>(since.mark)))) {
      return another;
    }
  }
  if (!walk.status().ok()) return walk.status();
  if (next != head_.commits + 1) return absl::OutOfRangeError("The news is not all there.");
  return said;
}

bool PostgresSnapshot::Begin() {
  absl::StatusOr<std::unique_ptr<Connection>> taken = pool_.Take();
  status_ = taken.status();
  if (!taken.ok()) return true;
  const std::string zero = Int8(kNoTenant), heads = Int2(kHeads), none;
  const Call head{Statement::kGet, {zero, heads, none}};
  const Answer began = (*taken)->Run("begin isolation level repeatable read read only", {&head, 1});
  connection_ = *std::move(taken);
  if (began.lost) {
    pool_.Return(std::move(connection_));
    status_ = ReadError(began);
    return false;
  }
  if (!began.ok()) {
    status_ = ReadError(began);
    return true;
  }
  const Result& row = began.results.back();
  const std::optional<Head> found = row.rows() == 1 ? HeadFrom(row.Text(0, 0)) : std::nullopt;
  if (found) {
    head_ = *found;
  } else {
    status_ = absl::DataLossError("The head of the store in PostgreSQL cannot be read.");
  }
  return true;
}

}  // namespace halfterm::storage::postgres
