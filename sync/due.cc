#include "sync/due.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "sync/core/path.h"
#include "sync/core/varint.h"
#include "sync/facts.h"
#include "sync/number_in.h"

namespace halfterm::sync {
namespace {

using core::Cell;
using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;

// The day that every sibling names; nothing where there is none or they differ.
std::optional<int32_t> DayIn(const Cell* cell) {
  if (cell == nullptr || cell->siblings.empty() || IsDisputed(*cell)) return std::nullopt;
  const std::string& value = cell->siblings.front().value;
  if (value.empty()) return std::nullopt;
  const int64_t day = core::UnZigZag(NumberIn(value));
  if (day < 0 || day > 1'000'000) return std::nullopt;
  return static_cast<int32_t>(day);
}

template <typename Is>
bool AllSay(const Cell* cell, const Is& is) {
  return cell != nullptr && !cell->siblings.empty() &&
         std::all_of(cell->siblings.begin(), cell->siblings.end(),
                     [&](const core::Sibling& s) { return is(NumberIn(s.value)); });
}

const Facet* FacetOf(const RecordView& record, v1::FacetClass facet_class) {
  return record.Find(static_cast<core::FacetClass>(facet_class));
}

}  // namespace

std::vector<DueItem> StepsDue(const RecordView& record) {
  std::vector<DueItem> items;
  const Facet* steps = record.Find(core::kSteps);
  if (steps == nullptr) return items;
  constexpr uint16_t kSteps = v1::Steps::kStepsFieldNumber;
  for (const Id16& key : PresentEntries(*steps, kSteps)) {
    const auto part = [&](uint16_t sub) {
      return steps->Find(Path::Entry(kSteps, key, sub, Kind::kReg));
    };
    const std::optional<int32_t> day = DayIn(part(v1::Step::kDueDayFieldNumber));
    if (!day) continue;
    DueItem item;
    item.day = *day;
    item.is_done = AllSay(part(v1::Step::kStatusFieldNumber), [](uint64_t status) {
      return status == v1::STEP_STATUS_EMBEDDED || status == v1::STEP_STATUS_DROPPED;
    });
    const Cell* check = part(v1::Step::kCheckVisitFieldNumber);
    item.is_checked =
        check != nullptr && std::any_of(check->siblings.begin(), check->siblings.end(),
                                        [](const core::Sibling& s) { return !s.value.empty(); });
    items.push_back(item);
  }
  return items;
}

RowKey DecisionsKey(const Id16& site, int32_t day, const Id16& record) {
  return RowKey(RollupKind::kDecisions).Id(site).U32(static_cast<uint32_t>(day)).Id(record);
}

std::vector<std::pair<RowKey, size_t>> OtherWorkDue(const RecordView& record,
                                                    const Directory& directory) {
  std::vector<std::pair<RowKey, size_t>> rows;
  if (const Facet* body = FacetOf(record, v1::FACET_CLASS_REFERRAL)) {
    const core::Phase phase = PhaseOf(body, v1::ReferralBody::kPhaseFieldNumber);
    const Id16 site = directory.SiteOf(
        ShownId(*body, Path::Field(v1::ReferralBody::kDepartmentFieldNumber, Kind::kReg)));
    const std::optional<int32_t> day =
        DayIn(body->Find(Path::Field(v1::ReferralBody::kUntilDayFieldNumber, Kind::kReg)));
    const bool is_open = !phase.withdrawn && phase.level < v1::REFERRAL_LEVEL_OUTCOME;
    const bool is_plan = ShownNumber(*body, Path::Field(v1::ReferralBody::kIsSupportPlanFieldNumber,
                                                        Kind::kReg)) != 0;
    if (is_open && !site.IsZero()) {
      rows.emplace_back(DecisionsKey(site, day.value_or(kNoDay), record.id),
                        is_plan ? kDueSupportPlans : kDueReferrals);
    }
  }
  if (const Facet* review = FacetOf(record, v1::FACET_CLASS_CYCLE_REVIEW)) {
    constexpr uint16_t kDecisions = v1::CycleReview::kDecisionsFieldNumber;
    const Id16 site = directory.SiteOf(
        ShownId(*review, Path::Field(v1::CycleReview::kScopeFieldNumber, Kind::kReg)));
    if (site.IsZero()) return rows;
    for (const Id16& key : PresentEntries(*review, kDecisions)) {
      const auto part = [&](uint16_t sub) {
        return review->Find(Path::Entry(kDecisions, key, sub, Kind::kReg));
      };
      const std::optional<int32_t> day = DayIn(part(v1::Decision::kDueDayFieldNumber));
      const bool is_done =
          AllSay(part(v1::Decision::kDoneFieldNumber), [](uint64_t done) { return done != 0; });
      if (is_done) continue;
      rows.emplace_back(DecisionsKey(site, day.value_or(kNoDay), record.id), kDueDecisions);
    }
  }
  return rows;
}

int64_t NoonMs(const Directory& directory, const Id16& site, int32_t day) {
  const absl::CivilDay date = absl::CivilDay(1970, 1, 1) + day;
  return absl::ToUnixMillis(absl::FromCivil(absl::CivilHour(date) + 12, directory.ZoneOf(site)));
}

int32_t SchoolDayAfter(const Directory& directory, const Id16& site, int32_t day, int school_days) {
  constexpr int32_t kFarthest = 400;
  const auto passed = [&](int32_t days) {
    return directory.SchoolDaysBetween(site, NoonMs(directory, site, day),
                                       NoonMs(directory, site, day + days)) >= school_days;
  };
  if (!passed(kFarthest)) return day + (school_days * 7 + 4) / 5;
  int32_t low = 0, high = kFarthest;
  while (low < high) {
    const int32_t middle = (low + high) / 2;
    if (passed(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return day + low;
}

}  // namespace halfterm::sync
