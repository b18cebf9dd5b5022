// Six-week cycles over a change of clocks and over holidays, in zones on both sides of the day.

#include "storage/summary/cycles.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using testing::Day;
using testing::SmallSchool;

class CyclesTest : public ::testing::TestWithParam<const char*> {
 protected:
  CyclesTest() { school_.content.calendars.front().set_zone(GetParam()); }

  v1::CycleState State(int32_t start, int32_t today) {
    v1::Cycle cycle;
    cycle.set_org(testing::BytesOf(school_.site));
    cycle.set_start_day(start);
    return CycleStateOf(cycle, school_.Made(), today);
  }
  static std::vector<int32_t> Mondays(const v1::CycleState& state) {
    std::vector<int32_t> mondays;
    for (const v1::CycleWeek& week : state.weeks()) mondays.push_back(week.from_day());
    return mondays;
  }

  SmallSchool school_;
};

// Autumn 1 ends on 23 October, clocks go back on the 25th, Autumn 2 begins on 2 November.
TEST_P(CyclesTest, ACyclePassesTheHolidayInWhichTheClocksGoBack) {
  const v1::CycleState state = State(Day(2026, 10, 12), Day(2026, 10, 28));
  EXPECT_EQ(Mondays(state),
            (std::vector<int32_t>{Day(2026, 10, 12), Day(2026, 10, 19), Day(2026, 11, 2),
                                  Day(2026, 11, 9), Day(2026, 11, 16), Day(2026, 11, 23)}));
  EXPECT_EQ(state.week(), 0u) << "a holiday is no week of it";
  EXPECT_EQ(state.next_checkpoint_day(), Day(2026, 11, 6));
  EXPECT_EQ(State(Day(2026, 10, 12), Day(2026, 11, 2)).week(), 3u);
}

// Spring 2 ends on Thursday 25 March, clocks go forward on the 28th, Summer 1 begins on 12 April.
TEST_P(CyclesTest, ACyclePassesTheHolidayInWhichTheClocksGoForward) {
  const v1::CycleState state = State(Day(2027, 3, 22), Day(2027, 3, 25));
  EXPECT_EQ(Mondays(state),
            (std::vector<int32_t>{Day(2027, 3, 22), Day(2027, 4, 12), Day(2027, 4, 19),
                                  Day(2027, 4, 26), Day(2027, 5, 3), Day(2027, 5, 10)}));
  EXPECT_EQ(state.week(), 1u);
}

TEST_P(CyclesTest, AWeekWithOneSchoolDayIsAWeek) {
  v1::HalfTerm& autumn = *school_.content.calendars.front().mutable_years(0)->mutable_half_terms(0);
  autumn.set_end_day(Day(2026, 10, 19));  // A Monday.
  const std::vector<int32_t> mondays = Mondays(State(Day(2026, 10, 12), Day(2026, 10, 12)));
  EXPECT_EQ(mondays[1], Day(2026, 10, 19));
  EXPECT_EQ(mondays[2], Day(2026, 11, 2)) << "not the holiday before a Monday at school";
}

INSTANTIATE_TEST_SUITE_P(Zones, CyclesTest,
                         ::testing::Values("Europe/London", "America/New_York", "Pacific/Auckland",
                                           "Pacific/Kiritimati", "Pacific/Pago_Pago"));

}  // namespace
}  // namespace halfterm::storage
