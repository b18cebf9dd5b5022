// Half-terms where the clocks change: every hour of a year, in zones that change in opposite
// seasons, change by half an hour, or lie past noon of UTC.

#include "sync/school_calendar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/time/civil_time.h"
#include "sync/due.h"
#include "tests/support/small_school.h"

namespace halfterm::sync {
namespace {

using testing::Day;

constexpr int64_t kHourMs = 3'600'000;

v1::Calendar InZone(const char* zone) {
  v1::Calendar calendar;
  calendar.set_zone(zone);
  v1::SchoolYear& year = *calendar.add_years();
  year.set_first_year(2026);
  // The third begins on the day on which Europe's clocks go forward.
  const int32_t days[][2] = {{Day(2026, 9, 2), Day(2026, 10, 25)},
                             {Day(2026, 10, 26), Day(2026, 12, 18)},
                             {Day(2027, 3, 28), Day(2027, 4, 3)},
                             {Day(2027, 4, 4), Day(2027, 7, 21)}};
  for (uint32_t i = 0; i < 4; ++i) {
    v1::HalfTerm& half_term = *year.add_half_terms();
    half_term.set_number(i + 1);
    half_term.set_start_day(days[i][0]);
    half_term.set_end_day(days[i][1]);
  }
  return calendar;
}

class ZoneTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ZoneTest, EachHourOfAYearIsOfTheDayThatTheClockOnTheWallShows) {
  const SchoolCalendar calendar(InZone(GetParam()));
  std::map<int32_t, int> hours;
  int32_t last = 0;
  for (int64_t ms = int64_t{Day(2026, 8, 31)} * 24 * kHourMs;
       ms < int64_t{Day(2027, 9, 1)} * 24 * kHourMs; ms += kHourMs) {
    const absl::CivilDay wall(absl::ToCivilDay(absl::FromUnixMillis(ms), calendar.zone()));
    const int32_t day = static_cast<int32_t>(wall - absl::CivilDay(1970, 1, 1));
    ASSERT_EQ(DayOf(ms, calendar.zone()), day) << GetParam() << " " << ms;
    ASSERT_GE(day, last) << "days do not go back with the clocks";
    ASSERT_EQ(calendar.HalfTermAt(ms), calendar.HalfTermOfDay(day));
    last = day;
    ++hours[day];
  }
  // The day of each change has an hour more or less than the others.
  const auto changed = [](const auto& day) { return day.second != 24; };
  EXPECT_LE(std::count_if(std::next(hours.begin()), std::prev(hours.end()), changed), 2);
}

TEST_P(ZoneTest, AHalfTermHasItsFirstAndItsLastHour) {
  const SchoolCalendar calendar(InZone(GetParam()));
  for (const uint32_t number : {1u, 2u, 3u, 4u}) {
    const uint16_t half_term = HalfTermNumber(2026, number);
    const v1::HalfTerm& days = *calendar.Find(half_term);
    const auto midnight = [&](int32_t day) {
      return absl::ToUnixMillis(absl::FromCivil(absl::CivilDay(1970, 1, 1) + day, calendar.zone()));
    };
    EXPECT_EQ(calendar.HalfTermAt(midnight(days.start_day())), half_term);
    EXPECT_NE(calendar.HalfTermAt(midnight(days.start_day()) - 1), half_term);
    EXPECT_EQ(calendar.HalfTermAt(midnight(days.end_day() + 1) - 1), half_term);
  }
}

TEST_P(ZoneTest, NoonIsOfItsOwnDay) {
  testing::SmallSchool school;
  school.content.calendars.front().set_zone(GetParam());
  const Directory directory = school.Made();
  for (int32_t day = Day(2026, 8, 1); day < Day(2027, 9, 1); ++day) {
    ASSERT_EQ(DayOf(NoonMs(directory, school.site, day), directory.ZoneOf(school.site)), day);
  }
}

INSTANTIATE_TEST_SUITE_P(Zones, ZoneTest,
                         ::testing::Values("Europe/London", "America/New_York", "Pacific/Auckland",
                                           "Australia/Lord_Howe", "Pacific/Kiritimati",
                                           "Pacific/Pago_Pago", "UTC"));

}  // namespace
}  // namespace halfterm::sync
