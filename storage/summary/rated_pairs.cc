#include "storage/summary/rated_pairs.h"

#include <utility>

#include "sync/rollup_rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr size_t kMostPairs = 4000;

}  // namespace

absl::StatusOr<std::vector<RatedPair>> PairsOf(RollupRows& rows, const Id16& rubric,
                                               const Id16& observer, int64_t from_ms) {
  std::vector<RatedPair> pairs;
  const absl::Status walked = rows.ForEach(
      sync::RowKey(sync::RollupKind::kRater).Id(rubric).Id(observer),
      [&](KeyRest rest, const std::vector<int64_t>& row) {
        RatedPair pair;
        pair.start_ms = sync::MomentOf(rest.Number(8));
        if (pair.start_ms < from_ms) return false;
        pair.visit = rest.Id();
        pair.observer = observer;
        pair.other = rest.Id();
        pair.kind = static_cast<v1::VisitKind>(row.empty() ? 0 : row[sync::kRaterKind]);
        pair.other_leads = row.size() > sync::kRaterOtherLeads && row[sync::kRaterOtherLeads] != 0;
        for (size_t at = sync::RaterAt(1); at < row.size(); ++at) {
          if (row[at] <= 0) continue;
          pair.levels[static_cast<uint32_t>(at - sync::RaterAt(0))] = {
              static_cast<uint8_t>(row[at] % sync::kRaterOther),
              static_cast<uint8_t>(row[at] / sync::kRaterOther % sync::kRaterOther)};
        }
        pairs.push_back(std::move(pair));
        return pairs.size() < kMostPairs;
      });
  if (!walked.ok()) return walked;
  return pairs;
}

std::vector<sync::RatedTogether> RatedByDay(const std::vector<RatedPair>& pairs,
                                            const absl::TimeZone& zone) {
  std::vector<sync::RatedTogether> together;
  for (const RatedPair& pair : pairs) {
    sync::RatedTogether& one = together.emplace_back();
    one.visit = pair.visit;
    one.day = sync::DayOf(pair.start_ms, zone);
    one.is_calibration = pair.kind == v1::VISIT_KIND_CALIB;
    one.other_leads = pair.other_leads;
    for (const auto& [element, levels] : pair.levels) one.levels.push_back(levels);
  }
  return together;
}

}  // namespace halfterm::storage
