#include "storage/commit/erasure.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/erased.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/group.h"

namespace halfterm::storage {
namespace {

constexpr size_t kRowsAtOnce = 4000;

absl::Status CannotBeRead() {
  return absl::DataLossError("the row of an erased record cannot be read; run `halfterm verify`");
}

class LogClearing final : public Job {
 public:
  LogClearing(std::vector<Tenant> schools, std::function<void(absl::StatusOr<bool>)> done)
      : schools_(std::move(schools)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    for (const Tenant tenant : schools_) {
      const absl::Status cleared = ClearThoseOf(batch, *snapshot, tenant);
      if (!cleared.ok()) result_ = cleared;
    }
  }

  void Done(const absl::Status& committed) override {
    done_(committed.ok() ? result_ : absl::StatusOr<bool>(committed));
  }

 private:
  absl::Status ClearThoseOf(Batch& batch, const Snapshot& snapshot, Tenant tenant) {
    std::map<core::Id16, disk::ErasedRow> waiting;
    const std::string prefix = ErasedPrefix(tenant);
    const auto erased = snapshot.NewCursor(Family::kErased, prefix, EndOfPrefix(prefix));
    for (; erased->Valid(); erased->Next()) {
      const auto key = ParseErasedKey(erased->key());
      disk::ErasedRow row;
      if (!key ||
          !row.ParseFromArray(erased->value().data(), static_cast<int>(erased->value().size()))) {
        return CannotBeRead();
      }
      if (row.cleared_to_seq() < row.seq()) waiting.emplace(key->record, std::move(row));
    }
    if (!erased->status().ok()) return erased->status();
    if (waiting.empty()) return absl::OkStatus();

    // All of them go through the log together, from where the least has come.
    uint64_t from = ~uint64_t{0}, last = 0;
    for (const auto& [id, row] : waiting) {
      from = std::min(from, row.cleared_to_seq());
      last = std::max(last, row.seq());
    }
    const auto log =
        snapshot.NewCursor(Family::kLog, OplogKey(tenant, from + 1), OplogKey(tenant, last + 1));
    uint64_t come_to = last;
    for (size_t rows = 0; log->Valid(); log->Next(), ++rows) {
      const auto key = ParseOplogKey(log->key());
      if (key && rows == kRowsAtOnce) {
        come_to = key->number - 1;
        break;
      }
      if (key) Clear(batch, tenant, waiting, key->number, log->value());
    }
    if (!log->status().ok()) return log->status();
    for (auto& [id, row] : waiting) {
      if (row.cleared_to_seq() > come_to) continue;
      const std::string key = ErasedKey(tenant, id);
      // Another group of this batch may have been counted meanwhile.
      const absl::StatusOr<std::string> now = batch.Get(Family::kErased, key);
      if (!now.ok()) return now.status();
      if (!row.ParseFromString(*now)) return CannotBeRead();
      row.set_cleared_to_seq(std::min(come_to, row.seq()));
      if (row.cleared_to_seq() < row.seq()) result_ = true;
      batch.Put(Family::kErased, key, row.SerializeAsString());
    }
    return absl::OkStatus();
  }

  static void Clear(Batch& batch, Tenant tenant,
                    const std::map<core::Id16, disk::ErasedRow>& waiting, uint64_t seq,
                    absl::string_view value) {
    disk::LogRow row;
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return;
    const auto goes = [&](const core::Id16& record) {
      const auto found = waiting.find(record);
      return found != waiting.end() && seq <= found->second.seq();
    };
    const core::Result<core::Group> group = core::DecodeGroup(row.group());
    const bool is_of_it = group.ok() && goes(group->facet.record);
    // A group may have had effects on another record, which stays.
    auto& effects = *row.mutable_effects();
    const auto kept =
        std::remove_if(effects.begin(), effects.end(), [&](const disk::ServerEffect& effect) {
          const std::optional<core::FacetId> id = core::FacetId::Parse(effect.facet());
          return id && goes(id->record);
        });
    if (!is_of_it && kept == effects.end()) return;
    effects.erase(kept, effects.end());
    if (is_of_it) {
      if (row.disposition() == v1::DISPOSITION_LATE) {
        batch.Delete(Family::kDerived, LateKey(tenant, group->facet.record, seq));
      } else if (row.disposition() == v1::DISPOSITION_QUARANTINED) {
        batch.Delete(Family::kDerived, QuarantineKey(tenant, row.replica(), seq));
      }
      row.clear_group();
    }
    row.set_content_erased(true);
    batch.Put(Family::kLog, OplogKey(tenant, seq), row.SerializeAsString());
  }

  const std::vector<Tenant> schools_;
  const std::function<void(absl::StatusOr<bool>)> done_;
  absl::StatusOr<bool> result_ = false;
};

}  // namespace

absl::Status EraseRecord(Batch& batch, RecordState& record, uint64_t seq) {
  for (const FacetState& state : record.facets) {
    batch.Delete(Family::kState, FacetKey(record.tenant, state.id));
  }
  record.facets.clear();
  record.erased = true;
  record.touched = true;
  record.seq = seq;
  record.facts_are_current = false;
  disk::ErasedRow row;
  row.set_seq(seq);
  row.set_erased_ms(batch.now_ms());
  batch.Put(Family::kErased, ErasedKey(record.tenant, record.id), row.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<bool> IsErased(Batch& batch, Tenant tenant, const core::Id16& record) {
  const absl::Status held = batch.Get(Family::kErased, ErasedKey(tenant, record)).status();
  if (absl::IsNotFound(held)) return false;
  if (!held.ok()) return held;
  return true;
}

absl::StatusOr<bool> CountIfErased(Batch& batch, Tenant tenant, const core::Id16& record) {
  const std::string key = ErasedKey(tenant, record);
  const absl::StatusOr<std::string> held = batch.Get(Family::kErased, key);
  if (absl::IsNotFound(held.status())) return false;
  if (!held.ok()) return held.status();
  disk::ErasedRow row;
  if (!row.ParseFromString(*held)) return CannotBeRead();
  row.set_dropped_groups(row.dropped_groups() + 1);
  batch.Put(Family::kErased, key, row.SerializeAsString());
  return true;
}

std::unique_ptr<Job> MakeLogClearing(std::vector<Tenant> schools,
                                     std::function<void(absl::StatusOr<bool>)> done) {
  return std::make_unique<LogClearing>(std::move(schools), std::move(done));
}

}  // namespace halfterm::storage
