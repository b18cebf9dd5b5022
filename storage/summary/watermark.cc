#include "storage/summary/watermark.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "halfterm/disk/rows.pb.h"
#include "storage/commit/group_time.h"
#include "sync/core/types.h"

namespace halfterm::storage {
namespace {

constexpr int64_t kAwayMs = int64_t{7} * 24 * 3'600'000;
constexpr size_t kMaxChanges = 128;

// The row of `key`, empty where there is none.
template <typename Row>
absl::StatusOr<Row> Read(const Snapshot& snapshot, Family family, const std::string& key) {
  Row row;
  const absl::StatusOr<std::string> stored = snapshot.Get(family, key);
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!row.ParseFromString(*stored)) return absl::DataLossError("a row cannot be read");
  return row;
}

struct Change {
  uint64_t seq;
  core::Id16 record;
  bool operator<(const Change& other) const {
    return seq != other.seq ? seq < other.seq : record < other.record;
  }
};

// The first changes after the view in any of the scopes, each record once.
absl::StatusOr<std::set<Change>> ChangesAfter(const Snapshot& snapshot, Tenant tenant,
                                              const std::vector<core::Scope>& scopes,
                                              uint64_t last_view_seq) {
  std::set<Change> changes;
  for (const core::Scope& scope : scopes) {
    const std::string end = EndOfPrefix(FeedPrefix(tenant, scope));
    const std::unique_ptr<Cursor> cursor =
        snapshot.NewCursor(Family::kFeed, FeedAfter(tenant, scope, last_view_seq), end);
    size_t looked_at = 0;
    for (; cursor->Valid() && looked_at < kMaxChanges; cursor->Next(), ++looked_at) {
      const std::optional<ParsedFeedKey> key = ParseFeedKey(cursor->key());
      if (key) changes.insert({key->seq, key->record});
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  while (changes.size() > kMaxChanges) changes.erase(std::prev(changes.end()));
  return changes;
}

}  // namespace

absl::StatusOr<v1::Watermark> WatermarkOf(const Snapshot& snapshot, Tenant tenant, int64_t now_ms) {
  const auto head = Read<disk::HeadRow>(snapshot, Family::kMeta, HeadKey(tenant));
  if (!head.ok()) return head.status();
  v1::Watermark watermark;
  watermark.set_as_of_seq(head->seq());
  watermark.set_as_of_ms(now_ms);
  watermark.set_recomputing_since_ms(head->recomputing_since_ms());
  watermark.set_definition_id(kDefinition);

  const std::string prefix = DevicePrefix(tenant);
  const std::unique_ptr<Cursor> cursor =
      snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  const absl::StatusOr<disk::EpochsRow> epochs =
      Read<disk::EpochsRow>(snapshot, Family::kMeta, EpochKey());
  if (!epochs.ok()) return epochs.status();
  const disk::EpochRow epoch =
      epochs->epochs().empty() ? disk::EpochRow() : epochs->epochs(epochs->epochs_size() - 1);
  uint32_t in_use = 0, recovered = 0;
  uint32_t away = 0;
  int64_t oldest_ms = 0;
  for (; cursor->Valid(); cursor->Next()) {
    disk::DeviceRow tablet;
    if (!tablet.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError("a tablet's row cannot be read");
    }
    if (tablet.revoked_ms() == 0 && tablet.seen_ms() != 0) {
      ++in_use;
      if (tablet.epoch() == epoch.id()) ++recovered;
    }
    if (tablet.seen_ms() == 0 || now_ms - tablet.seen_ms() <= kAwayMs) continue;
    ++away;
    oldest_ms = oldest_ms == 0 ? tablet.seen_ms() : std::min(oldest_ms, tablet.seen_ms());
  }
  if (!cursor->status().ok()) return cursor->status();
  watermark.set_tablets_not_seen(away);
  watermark.set_oldest_unsent_ms(oldest_ms);
  if (epoch.parent() != 0 && recovered < in_use) {
    watermark.set_recovering_since_ms(epoch.began_ms());
    watermark.set_tablets_recovered(recovered);
    watermark.set_tablets_to_recover(in_use);
  }
  return watermark;
}

absl::StatusOr<uint32_t> LateSince(const Snapshot& snapshot, Tenant tenant,
                                   const std::vector<core::Scope>& scopes, uint64_t last_view_seq,
                                   IsBehind is_behind) {
  if (last_view_seq == 0) return 0;
  const auto viewed = Read<disk::LogRow>(snapshot, Family::kLog, OplogKey(tenant, last_view_seq));
  if (!viewed.ok()) return viewed.status();
  const int64_t viewed_ms =
      viewed->upper_ms() != 0 ? viewed->upper_ms() : MsOfStamp(viewed->stamp());
  const absl::StatusOr<std::set<Change>> changes =
      ChangesAfter(snapshot, tenant, scopes, last_view_seq);
  if (!changes.ok()) return changes.status();

  std::set<core::Id16> late;
  for (const Change& change : *changes) {
    const auto record =
        Read<disk::RecordRow>(snapshot, Family::kDerived, RecordKey(tenant, change.record));
    if (!record.ok()) return record.status();
    const auto& rows = record->contributions();
    const bool counts =
        std::any_of(rows.begin(), rows.end(),
                    [&](const disk::ContributionRow& row) { return is_behind(row.key()); });
    if (!counts) continue;
    const auto log = Read<disk::LogRow>(snapshot, Family::kLog, OplogKey(tenant, change.seq));
    if (!log.ok()) return log.status();
    if (log->estimate_ms() != 0 && log->estimate_ms() < viewed_ms) late.insert(change.record);
  }
  return static_cast<uint32_t>(late.size());
}

}  // namespace halfterm::storage
