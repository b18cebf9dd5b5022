#include "sync/late.h"

#include <algorithm>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/path.h"
#include "sync/facts.h"
#include "sync/school_calendar.h"
#include "sync/value.h"

namespace halfterm::sync {

using core::Kind;
using core::Path;

std::optional<int32_t> DoneLateDay(const RecordView& record, const core::VisitFacts& facts,
                                   const Directory& directory, int64_t now_ms) {
  const uint16_t number = directory.HalfTermAt(facts.school, LessonStartMs(record));
  const v1::HalfTerm* half_term = directory.HalfTerm(facts.school, number);
  if (half_term == nullptr) return std::nullopt;
  const absl::TimeZone zone = directory.ZoneOf(facts.school);
  const int32_t today = DayOf(now_ms, zone);
  // A lesson in a holiday counts in the half-term before, which had closed when it was given.
  const int32_t in_time = std::max(half_term->end_day(), DayOf(LessonStartMs(record), zone));
  if (today <= in_time) return std::nullopt;
  return today;
}

bool IsRecordedLate(const core::Facet& plan, const v1::HalfTerm& half_term) {
  const core::Cell* cell = plan.Find(Path::Field(v1::Plan::kDoneLateDayFieldNumber, Kind::kReg));
  if (cell == nullptr || cell->siblings.empty()) return false;
  const absl::optional<int32_t> day = DecodeDate(cell->siblings.front().value);
  return day && *day > half_term.end_day();
}

}  // namespace halfterm::sync
