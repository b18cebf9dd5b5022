// A school's year by its days: which half-term a moment falls in, and how many school days lie
// between two moments.
//
// A lesson belongs to the day on which it was given in the school's own time zone, whatever zone
// the tablet believed in, and a day in a holiday belongs to the half-term before it: work done in
// the holidays is about lessons that have been.

#ifndef HALFTERM_SYNC_SCHOOL_CALENDAR_H_
#define HALFTERM_SYNC_SCHOOL_CALENDAR_H_
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "halfterm/v1/directory.pb.h"

namespace halfterm::sync {

// Days since 1970-01-01 of a moment (milliseconds since then) in a zone. Moments beyond the years
// 0 to 9999 count as the nearest one within.
int32_t DayOf(int64_t moment_ms, const absl::TimeZone& zone);

// The zone of an IANA name; UTC where there is none of that name.
absl::TimeZone ZoneNamed(absl::string_view name);

// (first_year - 2000) * 8 + number.
uint16_t HalfTermNumber(uint32_t first_year, uint32_t number);

// Immutable.
class SchoolCalendar {
 public:
  // Half-terms may come in any order; one whose number or days make no sense is left out.
  explicit SchoolCalendar(const v1::Calendar& calendar);

  const absl::TimeZone& zone() const { return zone_; }
  // 0 before the first half-term.
  uint16_t HalfTermOfDay(int32_t day) const;
  uint16_t HalfTermAt(int64_t moment_ms) const { return HalfTermOfDay(DayOf(moment_ms, zone_)); }
  // Null where there is none of that number.
  const v1::HalfTerm* Find(uint16_t half_term) const;
  // Days in (from, to] that are Monday to Friday, not closed, and inside a half-term. 0 unless
  // from < to.
  int SchoolDaysAfter(int32_t from_day, int32_t to_day) const;

 private:
  struct Term {
    uint16_t number;
    v1::HalfTerm days;
    std::vector<int32_t> closed;  // Weekdays inside it, ascending, each once.
  };
  absl::TimeZone zone_;
  std::vector<Term> terms_;  // Ascending by first day.
};

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_SCHOOL_CALENDAR_H_
