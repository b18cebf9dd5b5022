#include "sync/school_calendar.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"

namespace halfterm::sync {
namespace {

constexpr int64_t kFirstMs = -62167219200000;  // 0000-01-01.
constexpr int64_t kLastMs = 253402300799999;   // 9999-12-31.

// 1970-01-01 was a Thursday; Monday is 0.
int WeekdayOf(int32_t day) { return static_cast<int>(((int64_t{day} + 3) % 7 + 7) % 7); }
bool IsWeekday(int32_t day) { return WeekdayOf(day) < 5; }

// Weekdays in [first, last].
int64_t WeekdaysIn(int64_t first, int64_t last) {
  if (last < first) return 0;
  const int64_t days = last - first + 1;
  int64_t count = days / 7 * 5;
  const int begin = WeekdayOf(static_cast<int32_t>(first));
  for (int64_t i = 0; i < days % 7; ++i) count += (begin + i) % 7 < 5;
  return count;
}

}  // namespace

int32_t DayOf(int64_t moment_ms, const absl::TimeZone& zone) {
  const absl::Time moment = absl::FromUnixMillis(std::clamp(moment_ms, kFirstMs, kLastMs));
  return static_cast<int32_t>(absl::ToCivilDay(moment, zone) - absl::CivilDay(1970, 1, 1));
}

absl::TimeZone ZoneNamed(absl::string_view name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) return absl::UTCTimeZone();
  return zone;
}

uint16_t HalfTermNumber(uint32_t first_year, uint32_t number) {
  return static_cast<uint16_t>((first_year - 2000) * 8 + number);
}

SchoolCalendar::SchoolCalendar(const v1::Calendar& calendar) : zone_(ZoneNamed(calendar.zone())) {
  for (const v1::SchoolYear& year : calendar.years()) {
    if (year.first_year() < 2000 || year.first_year() > 2100) continue;
    for (const v1::HalfTerm& days : year.half_terms()) {
      if (days.number() < 1 || days.number() > 6 || days.end_day() < days.start_day()) continue;
      Term term{HalfTermNumber(year.first_year(), days.number()), days, {}};
      for (const int32_t closed : days.closed_days()) {
        if (closed >= days.start_day() && closed <= days.end_day() && IsWeekday(closed)) {
          term.closed.push_back(closed);
        }
      }
      std::sort(term.closed.begin(), term.closed.end());
      term.closed.erase(std::unique(term.closed.begin(), term.closed.end()), term.closed.end());
      terms_.push_back(std::move(term));
    }
  }
  std::stable_sort(terms_.begin(), terms_.end(), [](const Term& a, const Term& b) {
    return a.days.start_day() < b.days.start_day();
  });
}

uint16_t SchoolCalendar::HalfTermOfDay(int32_t day) const {
  const auto after = std::upper_bound(
      terms_.begin(), terms_.end(), day,
      [](int32_t wanted, const Term& term) { return wanted < term.days.start_day(); });
  return after == terms_.begin() ? uint16_t{0} : std::prev(after)->number;
}

const v1::HalfTerm* SchoolCalendar::Find(uint16_t half_term) const {
  for (const Term& term : terms_) {
    if (term.number == half_term) return &term.days;
  }
  return nullptr;
}

int SchoolCalendar::SchoolDaysAfter(int32_t from_day, int32_t to_day) const {
  int64_t count = 0;
  for (const Term& term : terms_) {
    const int64_t first = std::max<int64_t>(int64_t{from_day} + 1, term.days.start_day());
    const int64_t last = std::min(to_day, term.days.end_day());
    if (last < first) continue;
    count += WeekdaysIn(first, last);
    count -= std::upper_bound(term.closed.begin(), term.closed.end(), last) -
             std::lower_bound(term.closed.begin(), term.closed.end(), first);
  }
  return static_cast<int>(count);
}

}  // namespace halfterm::sync
