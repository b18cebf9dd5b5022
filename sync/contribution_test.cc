// Which visits add to the summaries at all, from when on, and in which half-term's rows; the rows
// themselves are shown in contribution/.

#include "sync/contribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "sync/contribution_school.h"

namespace halfterm::sync {
namespace {

using testing::At;
using testing::Day;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;

TEST_F(ContributionTest, NothingCountsBeforeItIsShared) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  SubmitAll();
  visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kSubmitted);
  EXPECT_THAT(Teacher(), IsEmpty());
  EXPECT_EQ(CountOf(RollupKind::kLesson), 0u);
  EXPECT_EQ(CountOf(RollupKind::kLoop), 0u);
}

TEST_F(ContributionTest, AVisitThatWasClosedWithoutBeingSharedDoesNotCount) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  SubmitAll();
  visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kClosed);
  EXPECT_THAT(Teacher(), IsEmpty());
  EXPECT_EQ(Cover()[kCoverDone], 1);
}

TEST_F(ContributionTest, AClosedVisitStillCounts) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  visit_.SetPhase(visit_.Facet(core::kPlan), 1, core::kClosed);
  EXPECT_EQ(Teacher()[kFigureVisits], 1);
}

TEST_F(ContributionTest, WithdrawnContributesNothing) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  ASSERT_FALSE(Rows().empty());
  visit_.Withdraw();
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_F(ContributionTest, WhichKindsCount) {
  const struct {
    v1::VisitKind kind;
    bool counts, counts_by_policy;
  } cases[] = {{v1::VISIT_KIND_DEPT, true, true},      {v1::VISIT_KIND_TEAM, true, true},
               {v1::VISIT_KIND_AST, true, true},       {v1::VISIT_KIND_WALK, false, true},
               {v1::VISIT_KIND_MENTOR, false, true},   {v1::VISIT_KIND_COACH, false, false},
               {v1::VISIT_KIND_PEER, false, false},    {v1::VISIT_KIND_INFORMAL, false, false},
               {v1::VISIT_KIND_CALIB, false, false},   {v1::VISIT_KIND_SELF, false, false},
               {v1::VISIT_KIND_GOVERNOR, false, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::VisitKind_Name(c.kind));
    visit_.written.clear();
    Plan([&](PlanOf& plan) { plan.kind = c.kind; });
    hana_.Rate(visit_, 1, 2);
    ShareAll();
    school_.policy().clear_walk_rated();
    school_.policy().clear_mentor_counts();
    EXPECT_EQ(!Teacher().empty(), c.counts);
    school_.policy().set_walk_rated(true);
    school_.policy().set_mentor_counts(true);
    EXPECT_EQ(!Teacher().empty(), c.counts_by_policy);
  }
}

TEST_F(ContributionTest, ALessonCountsInTheHalfTermInWhichItWasGiven) {
  const struct {
    const char* what;
    int64_t start_ms;
    uint16_t half_term;
  } cases[] = {
      {"first minute of the first day, summer time", At(2026, 9, 2, 0, 0), SmallSchool::kAutumn1},
      {"a minute before", At(2026, 9, 1, 23, 59), 0},
      {"in the holiday", At(2026, 10, 28), SmallSchool::kAutumn1},
      {"last minute of the holiday, winter time", At(2026, 11, 1, 23, 59), SmallSchool::kAutumn1},
      {"first day of the next", At(2026, 11, 2, 0, 0), SmallSchool::kAutumn2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit_.written.clear();
    Plan([&](PlanOf& plan) { plan.start_ms = c.start_ms; });
    ShareAll();
    EXPECT_THAT(Teacher(c.half_term), ElementsAre(1));
    EXPECT_EQ(CountOf(RollupKind::kTeacher), 1u);
  }
}

TEST_F(ContributionTest, OfTwoStartsTheEarliestCounts) {
  Plan([](PlanOf& plan) { plan.start_ms = At(2026, 9, 14); });
  hanas_other_tablet_.Pull(visit_);
  const auto move = [&](VisitWriter& writer, int64_t start_ms) {
    writer.Write(visit_, visit_.Facet(core::kPlan),
                 {{core::Path::Field(8, core::Kind::kReg), testing::Signed(start_ms)}});
  };
  move(hana_, At(2026, 11, 9));
  move(hanas_other_tablet_, At(2026, 10, 12));
  ShareAll();
  EXPECT_THAT(Teacher(SmallSchool::kAutumn1), ElementsAre(1));
  EXPECT_THAT(Teacher(SmallSchool::kAutumn2), IsEmpty());
}

TEST_F(ContributionTest, ARubricChangeSeparatesRows) {
  Plan();
  hana_.Rate(visit_, 1, 4);
  ShareAll();
  const std::vector<Contribution> with_a = Rows();
  visit_.written.clear();
  Plan([this](PlanOf& plan) { plan.rubric = school_.rubric_b; });
  hana_.Rate(visit_, 1, 5);
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(1, 5, 0, 0, 0, 0, 1, 0));
  for (const Contribution& b : Rows()) {
    const auto kind = static_cast<RollupKind>(b.key[0]);
    if (kind != RollupKind::kTeacher && kind != RollupKind::kDeptTeacher &&
        kind != RollupKind::kLesson) {
      continue;
    }
    for (const Contribution& a : with_a) EXPECT_NE(a.key, b.key);
  }
}

TEST_F(ContributionTest, AVisitWhoseRubricNobodyKnowsCountsWithoutLevels) {
  Plan([](PlanOf& plan) { plan.rubric = IdNumber(99); });
  hana_.Rate(visit_, 1, 4);
  ShareAll();
  EXPECT_THAT(Teacher(), ElementsAre(1));
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_DEPT));
}

TEST_F(ContributionTest, ARecordWithoutAPlanAddsNothing) {
  hana_.Rate(visit_, 1, 2);
  visit_.Submit(school_.hana);
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_F(ContributionTest, RowsAreAscendingAndEachIsNamedOnce) {
  PlanTeam();
  for (VisitWriter* writer : {&hana_, &sara_, &hugo_}) {
    for (uint16_t element = 1; element <= 9; ++element) writer->Rate(visit_, element, 3);
  }
  for (uint8_t step = 220; step < 224; ++step) {
    hana_.AddStep(visit_, IdNumber(step), Day(2026, 10, 1));
  }
  ShareAll();
  const std::vector<Contribution> rows = Rows();
  for (size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].key, rows[i].key);
  for (const Contribution& row : rows) {
    ASSERT_FALSE(row.vector.empty());
    EXPECT_NE(row.vector.back(), 0);
  }
}

}  // namespace
}  // namespace halfterm::sync
