#include "storage/commit/read_ends.h"

#include <optional>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/delta.h"
#include "sync/facts.h"
#include "sync/value.h"

namespace halfterm::storage {
namespace {

using core::Kind;
using core::Path;

// So far is a school's day ahead of UTC's at most.
constexpr int64_t kMostAheadMs = 14 * 3'600'000;
constexpr size_t kEndsAtOnce = 256;

class ReadEnds final : public Job {
 public:
  ReadEnds(std::vector<Tenant> schools, std::function<void(absl::Status)> done)
      : schools_(std::move(schools)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    for (const Tenant tenant : schools_) {
      const absl::Status ended = EndThoseOf(batch, *snapshot, tenant);
      if (!ended.ok()) result_ = ended;
    }
  }

  void Done(const absl::Status& committed) override { done_(committed.ok() ? result_ : committed); }

 private:
  absl::Status EndThoseOf(Batch& batch, const Snapshot& snapshot, Tenant tenant) {
    const std::string prefix = ReadEndPrefix(tenant);
    const auto today = static_cast<uint32_t>((batch.now_ms() + kMostAheadMs) / 86'400'000);
    std::vector<std::string> keys;
    {
      const auto cursor = snapshot.NewCursor(Family::kDerived, prefix,
                                             ReadEndKey(tenant, today, core::Id16{}, core::Id16{}));
      for (; cursor->Valid() && keys.size() < kEndsAtOnce; cursor->Next()) {
        keys.emplace_back(cursor->key());
      }
      if (!cursor->status().ok()) return cursor->status();
    }
    for (const std::string& key : keys) {
      const std::optional<ParsedReadEndKey> end = ParseReadEndKey(key);
      if (!end) continue;
      const absl::Status ended = End(batch, *end, key);
      if (!ended.ok()) return ended;
    }
    return absl::OkStatus();
  }

  absl::Status End(Batch& batch, const ParsedReadEndKey& end, const std::string& key) {
    const absl::StatusOr<RecordState*> found = batch.Record(end.tenant, end.record);
    if (!found.ok()) return found.status();
    RecordState& record = **found;
    const core::FacetId plan_id{record.id, core::kPlan, {}};
    const FacetState* plan = record.Find(plan_id);
    const Path entry = Path::Entry(v1::Plan::kReadGrantsFieldNumber, end.person, 0, Kind::kElem);
    const core::Cell* held = plan == nullptr ? nullptr : plan->facet.Find(entry);
    const bool stands = held != nullptr && !held->siblings.empty() &&
                        UntilDayOf(plan->facet, end.person) == static_cast<int32_t>(end.day);
    if (stands) {
      const absl::TimeZone zone =
          batch.DirectoryOf(end.tenant).ZoneOf(batch.FactsOf(record).school);
      if (sync::DayOf(batch.now_ms(), zone) <= static_cast<int32_t>(end.day)) {
        return absl::OkStatus();  // Not yet, where the school is.
      }
      const absl::Status removed = Remove(batch, record, plan_id, entry);
      if (!removed.ok()) return removed;
    }
    batch.Delete(Family::kDerived, key);
    return absl::OkStatus();
  }

  static absl::Status Remove(Batch& batch, RecordState& record, const core::FacetId& plan_id,
                             const Path& entry) {
    const absl::StatusOr<core::Dot> dot = batch.ServerDot(record.tenant);
    if (!dot.ok()) return dot.status();
    const absl::StatusOr<uint64_t> seq = batch.NextSeq(record.tenant);
    if (!seq.ok()) return seq.status();
    core::Facet delta;
    delta.cells.push_back(core::Removed(record.Find(plan_id)->facet, entry, *dot));
    disk::LogRow log;
    log.set_disposition(v1::DISPOSITION_COMMITTED);
    const absl::Status written = batch.ServerWrite(record, plan_id, std::move(delta), *seq, log);
    if (!written.ok()) return written;
    batch.PutUnread(Family::kLog, OplogKey(record.tenant, *seq), log.SerializeAsString());
    return absl::OkStatus();
  }

  const std::vector<Tenant> schools_;
  const std::function<void(absl::Status)> done_;
  absl::Status result_;
};

}  // namespace

Path UntilDayPath(const core::Id16& person) {
  return Path::Entry(v1::Plan::kReadGrantsFieldNumber, person, v1::ReadGrant::kUntilDayFieldNumber,
                     Kind::kReg);
}

int32_t UntilDayOf(const core::Facet& plan, const core::Id16& person) {
  const core::Cell* cell = plan.Find(UntilDayPath(person));
  const core::Sibling* shown = cell == nullptr ? nullptr : core::ShownFirst(*cell);
  return shown == nullptr ? 0 : sync::DecodeDate(shown->value).value_or(0);
}

std::unique_ptr<Job> MakeReadEnds(std::vector<Tenant> schools,
                                  std::function<void(absl::Status)> done) {
  return std::make_unique<ReadEnds>(std::move(schools), std::move(done));
}

}  // namespace halfterm::storage
