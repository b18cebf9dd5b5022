// Means, medians and trends in whole numbers, against cases worked by hand.

#include "storage/summary/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace halfterm::storage {
namespace {

using ::testing::ElementsAre;

TEST(FiguresTest, AMeanIsRoundedHalfUpToAMillionth) {
  const struct {
    uint64_t sum, n;
    int64_t millionths;
  } cases[] = {{0, 0, 0},         {5, 2, 2'500'000}, {10, 3, 3'333'333}, {8, 3, 2'666'667},
               {7, 7, 1'000'000}, {1, 3, 333'333},   {2, 3, 666'667},    {4, 1, 4'000'000}};
  for (const auto& c : cases) EXPECT_EQ(MeanMillionths(c.sum, c.n), c.millionths) << c.sum;
}

TEST(FiguresTest, AMeanOfMeansCountsEachTeacherOnce) {
  // One teacher of one lesson at 4, one of three lessons at 1, 1, 2.
  EXPECT_EQ(MeanOfMeansMillionths(4'000'000 + 1'333'333, 2), 2'666'667);
  EXPECT_EQ(MeanOfMeansMillionths(0, 0), 0);
}

TEST(FiguresTest, OneDecimalIsHalfUp) {
  const struct {
    int64_t millionths;
    const char* shown;
  } cases[] = {{2'500'000, "2.5"}, {2'549'999, "2.5"},   {2'550'000, "2.6"}, {3'950'000, "4.0"},
               {0, "0.0"},         {-250'000, "-0.2"},   {-250'001, "-0.3"}, {-40'000, "0.0"},
               {-50'000, "0.0"},   {-1'000'000, "-1.0"}, {49'999, "0.0"},    {50'000, "0.1"}};
  for (const auto& c : cases) EXPECT_EQ(OneDecimal(c.millionths), c.shown) << c.millionths;
}

TEST(FiguresTest, TheLowerMedianIsTheLeastLevelThatHalfDoNotExceed) {
  const struct {
    Histogram histogram;
    uint32_t median;
  } cases[] = {{{0, 0, 0, 0}, 0}, {{1, 0, 0, 0}, 1}, {{0, 0, 0, 1}, 4},
               {{1, 1, 0, 0}, 1}, {{1, 0, 0, 1}, 1}, {{1, 0, 1, 1}, 3},
               {{1, 1, 1, 1}, 2}, {{2, 0, 3, 0}, 3}, {{3, 0, 3, 0}, 1}};
  for (const auto& c : cases) EXPECT_EQ(LowerMedian(c.histogram), c.median);
}

v1::RubricVersion Rubric(int levels) {
  v1::RubricVersion rubric;
  for (uint32_t number : {1u, 2u}) {
    rubric.add_elements()->set_number(number);
    for (int i = 0; i < levels; ++i) rubric.mutable_elements()->rbegin()->add_levels("words");
  }
  return rubric;
}

TEST(FiguresTest, RowsAddUpAndDamageCountsAsNothing) {
  const v1::RubricVersion rubric = Rubric(4);
  Sums sums;
  sums.AddRow({2, 2, 5, 0, 1, 1, 0, 1}, &rubric);
  sums.AddRow({1, 1, 4, 0, 0, 0, 1, 0, -3, -3, -3}, &rubric);
  EXPECT_EQ(sums.visits(), 3u);
  const v1::ElementFigures first = FiguresOf(1, sums.Of(1), 4);
  EXPECT_EQ(first.n(), 3u);
  EXPECT_EQ(first.sum(), 9u);
  EXPECT_THAT(first.hist(), ElementsAre(0, 1, 1, 1));
  EXPECT_EQ(first.lower_median(), 3u);
  EXPECT_EQ(first.mean_millionths(), 3'000'000);
  EXPECT_EQ(first.unresolved(), 1u);
  EXPECT_TRUE(sums.Of(2).IsEmpty());
  EXPECT_TRUE(sums.Of(200).IsEmpty());
}

TEST(FiguresTest, AGroupCountsTeachersNotLessons) {
  const v1::RubricVersion rubric = Rubric(4);
  Sums often, once, waiting;
  often.AddRow({3, 3, 4, 2, 1, 0, 0}, &rubric);
  once.AddRow({1, 1, 4, 0, 0, 0, 1}, &rubric);
  waiting.AddRow({1, 0, 0, 0, 0, 0, 0, 1}, &rubric);
  GroupSums group;
  group.AddTeacher(often);
  group.AddTeacher(once);
  group.AddTeacher(waiting);
  EXPECT_EQ(group.visits(), 5u);
  const auto figures = group.FiguresFor(rubric);
  ASSERT_EQ(figures.size(), 1);
  EXPECT_EQ(figures[0].teachers(), 2u);
  EXPECT_EQ(figures[0].n(), 4u);
  EXPECT_EQ(figures[0].mean_of_means_millionths(), 2'666'667);
  EXPECT_THAT(figures[0].median_hist(), ElementsAre(1, 0, 0, 1));
  EXPECT_EQ(figures[0].unresolved(), 1u);
}

TEST(FiguresTest, ATrendIsShownOnlyWithEnoughLessonsAndObservers) {
  v1::Policy policy;
  policy.set_trend_min_each_side(2);
  policy.set_trend_min_observers(2);
  const auto sums = [](uint64_t n, uint64_t sum) {
    ElementSums made;
    made.n = n;
    made.sum = sum;
    return made;
  };
  const struct {
    const char* what;
    ElementSums now, before;
    uint32_t observers;
    v1::TrendState state;
    int64_t difference;
  } cases[] = {
      {"one lesson now", sums(1, 4), sums(2, 2), 2, v1::TREND_STATE_NOT_ENOUGH_YET, 0},
      {"one lesson before", sums(2, 8), sums(1, 1), 2, v1::TREND_STATE_NOT_ENOUGH_YET, 0},
      {"one observer", sums(2, 8), sums(2, 2), 1, v1::TREND_STATE_NOT_ENOUGH_YET, 0},
      {"half a level up", sums(2, 5), sums(2, 4), 2, v1::TREND_STATE_RISING, 500'000},
      {"half a level down", sums(2, 4), sums(2, 5), 2, v1::TREND_STATE_FALLING, -500'000},
      {"a third up", sums(3, 7), sums(2, 4), 2, v1::TREND_STATE_STEADY, 333'333},
      {"a third down", sums(2, 4), sums(3, 7), 2, v1::TREND_STATE_STEADY, -333'333},
      {"the same", sums(2, 4), sums(4, 8), 2, v1::TREND_STATE_STEADY, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const v1::Trend trend = TrendOf(c.now, c.before, c.observers, policy);
    EXPECT_EQ(trend.state(), c.state);
    EXPECT_EQ(trend.difference_millionths(), c.difference);
    EXPECT_EQ(trend.n_now(), c.now.n);
    EXPECT_EQ(trend.n_before(), c.before.n);
  }
}

}  // namespace
}  // namespace halfterm::storage
