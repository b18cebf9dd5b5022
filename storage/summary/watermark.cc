#include "storage/summary/watermark.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

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

// The tablets in use, and on which of them some person's store has not yet greeted in the epoch. A
// person has a store of their own on each tablet, and hands back what is in it when they next sign
// in there.
class Recovering {
 public:
  void Add(const core::Id16& device, const disk::DeviceRow& tablet, uint32_t epoch) {
    // Until one of them has adopted the epoch, none of them is through.
    tablets_[device] = tablet.epoch() == epoch;
  }

  // Looks through the stores of these tablets. DataLoss: a row cannot be read.
  absl::Status AskStores(const Snapshot& snapshot, Tenant tenant, uint32_t epoch) {
    std::map<std::pair<core::Id16, core::Id16>, bool> greeted;  // By tablet and person.
    const std::string prefix = ReplicaPrefix(tenant);
    const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      disk::ReplicaRow store;
      const absl::string_view value = cursor->value();
      if (!store.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        return absl::DataLossError("the row of a tablet's store cannot be read");
      }
      const auto device = core::Id16::FromBytes(store.device());
      const auto person = core::Id16::FromBytes(store.person());
      if (!device || !person) continue;
      bool& has = greeted[{*device, *person}];
      has = has || (store.hello_no() > 0 && store.epoch() == epoch);
    }
    for (const auto& [store, has] : greeted) {
      const auto tablet = tablets_.find(store.first);
      if (tablet != tablets_.end() && !has) tablet->second = false;
    }
    return cursor->status();
  }

  uint32_t in_use() const { return static_cast<uint32_t>(tablets_.size()); }
  uint32_t through() const {
    return static_cast<uint32_t>(std::count_if(tablets_.begin(), tablets_.end(),
                                               [](const auto& tablet) { return tablet.second; }));
  }

 private:
  std::map<core::Id16, bool> tablets_;
};

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
  Recovering recovering;
  uint32_t away = 0;
  int64_t oldest_ms = 0;
  for (; cursor->Valid(); cursor->Next()) {
    disk::DeviceRow tablet;
    if (!tablet.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError("a tablet's row cannot be read");
    }
    const std::optional<ParsedIdKey> key = ParseDeviceKey(cursor->key());
    if (key && tablet.revoked_ms() == 0 && tablet.seen_ms() != 0) {
      recovering.Add(key->id, tablet, epoch.id());
    }
    if (tablet.seen_ms() == 0 || now_ms - tablet.seen_ms() <= kAwayMs) continue;
    ++away;
    oldest_ms = oldest_ms == 0 ? tablet.seen_ms() : std::min(oldest_ms, tablet.seen_ms());
  }
  if (!cursor->status().ok()) return cursor->status();
  watermark.set_tablets_not_seen(away);
  watermark.set_oldest_unsent_ms(oldest_ms);
  if (epoch.parent() == 0) return watermark;
  const absl::Status asked = recovering.AskStores(snapshot, tenant, epoch.id());
  if (!asked.ok()) return asked;
  if (recovering.through() < recovering.in_use()) {
    watermark.set_recovering_since_ms(epoch.began_ms());
    watermark.set_tablets_recovered(recovering.through());
    watermark.set_tablets_to_recover(recovering.in_use());
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
