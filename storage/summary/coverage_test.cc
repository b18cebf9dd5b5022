// Who has been observed: rules, periods, eligibility and states, through the reader on rows in a
// real engine. Today is Wednesday, 14 October 2026; the half-term runs from 2 September to 23
// October.

#include "storage/summary/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/support/summed_school.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::At;
using testing::BytesOf;
using testing::Day;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;
using testing::PlanOf;
using testing::SmallSchool;
using testing::SummedSchool;
using testing::Visit;
using testing::VisitWriter;

enum Reached { kBookedOnly, kIsSubmitted, kIsShared };

class CoverageTest : public ::testing::Test {
 protected:
  CoverageTest() {
    rule_ = &school_.people.AddRule(60, "Each half-term", {v1::VISIT_KIND_DEPT});
    school_.PutDirectory();
  }
  SmallSchool& people() { return school_.people; }

  Visit& Put(const Id16& teacher, int64_t start_ms, Reached reached,
             v1::VisitKind kind = v1::VISIT_KIND_DEPT, const Id16& department = {}) {
    Visit& visit = visits_.emplace_back(IdNumber(static_cast<uint8_t>(150 + visits_.size())));
    VisitWriter hana(people().hana, visits_.size());
    hana.WritePlan(visit, {kind,
                           teacher,
                           department.IsZero() ? people().maths : department,
                           people().hana,
                           {people().hana},
                           start_ms,
                           50,
                           people().rubric_a});
    if (reached != kBookedOnly) {
      visit.Submit(people().hana);
      visit.SetPhase(visit.Facet(core::kPlan), 0, core::kSubmitted);
    }
    if (reached == kIsShared) visit.Share();
    school_.Put(visit);
    return visit;
  }

  absl::StatusOr<v1::CoverageReply> Read(const Id16& caller, const Id16& org,
                                         uint32_t half_term = SmallSchool::kAutumn1) {
    school_.PutDirectory();
    school_.Commit();
    request_.set_org(BytesOf(org));
    request_.set_h2(half_term);
    return school_.reader().Coverage(school_.As(caller), request_);
  }
  // The only rule, in maths, as Hedy the head reads it.
  v1::RuleCoverage Maths(uint32_t half_term = SmallSchool::kAutumn1) {
    const auto reply = Read(people().hedy, people().maths, half_term);
    if (!reply.ok() || reply->rules_size() != 1) {
      ADD_FAILURE() << reply.status();
      return {};
    }
    return reply->rules(0);
  }
  v1::TeacherCoverage Of(const Id16& teacher, uint32_t half_term = SmallSchool::kAutumn1) {
    const v1::RuleCoverage coverage = Maths(half_term);
    for (const v1::TeacherCoverage& one : coverage.teachers()) {
      if (one.teacher() == teacher.view()) return one;
    }
    return {};
  }

  SummedSchool school_;
  v1::CoverageRule* rule_;
  std::deque<Visit> visits_;
  v1::CoverageRequest request_;
};

TEST_F(CoverageTest, DoneBookedAndDueOfHowMany) {
  Put(people().tia, At(2026, 9, 14), kIsShared);
  Put(people().tom, At(2026, 10, 19), kBookedOnly);
  const v1::RuleCoverage maths = Maths();
  EXPECT_EQ(maths.title(), "Each half-term");
  EXPECT_EQ(maths.department_name(), "Mathematics");
  EXPECT_EQ(maths.eligible(), 4u);
  EXPECT_EQ(maths.done(), 1u);
  EXPECT_EQ(maths.booked(), 1u);
  EXPECT_EQ(maths.due(), 2u);
  EXPECT_EQ(maths.at_risk(), 2u) << "eight school days are left";
  EXPECT_EQ(maths.overdue(), 0u);
  EXPECT_EQ(maths.exempt(), 0u);
  EXPECT_EQ(maths.from_day(), Day(2026, 9, 2));
  EXPECT_EQ(maths.to_day(), Day(2026, 10, 23));
  std::vector<std::string> names;
  for (const v1::TeacherCoverage& one : maths.teachers()) names.push_back(one.display_name());
  EXPECT_THAT(names, ElementsAre("Hana Owen", "Sara Khan", "Tia Green", "Tom Baker"));
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DONE);
  EXPECT_EQ(Of(people().tia).last_done_ms(), At(2026, 9, 14, 0, 0));
  EXPECT_EQ(Of(people().tom).state(), v1::COVERAGE_STATE_BOOKED);
  EXPECT_FALSE(Of(people().tom).at_risk());
  EXPECT_EQ(Of(people().hana).state(), v1::COVERAGE_STATE_DUE);
}

TEST_F(CoverageTest, NobodyIsAtRiskWhileThereIsTime) {
  people().policy().set_at_risk_school_days(7);
  EXPECT_EQ(Maths().at_risk(), 0u) << "eight school days are left";
  people().policy().set_at_risk_school_days(8);
  EXPECT_EQ(Maths().at_risk(), 4u);
}

TEST_F(CoverageTest, WhatIsNotDoneWhenThePeriodIsOverIsOverdue) {
  Put(people().tia, At(2026, 9, 14), kIsSubmitted);
  Put(people().tom, At(2026, 10, 22), kBookedOnly);
  school_.clock.SetWall(At(2026, 10, 23, 23, 59));
  EXPECT_EQ(Maths().overdue(), 0u) << "the last day";
  school_.clock.SetWall(At(2026, 10, 24, 0, 0));
  const v1::RuleCoverage maths = Maths();
  EXPECT_EQ(maths.done(), 1u);
  EXPECT_EQ(maths.overdue(), 3u) << "a booking that nothing came of is no visit";
  EXPECT_EQ(maths.booked(), 0u);
}

TEST_F(CoverageTest, DoneAndNotSharedCountsAndIsListed) {
  Put(people().tia, At(2026, 9, 14), kIsSubmitted);
  Put(people().tom, At(2026, 9, 14), kIsShared);
  const v1::RuleCoverage maths = Maths();
  EXPECT_EQ(maths.done(), 2u);
  EXPECT_EQ(maths.done_not_shared(), 1u);
  EXPECT_EQ(Of(people().tia).shared(), 0u);
  EXPECT_EQ(Of(people().tom).shared(), 1u);
}

TEST_F(CoverageTest, AWithdrawnVisitIsNoVisit) {
  Visit& visit = Put(people().tia, At(2026, 9, 14), kIsShared);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DONE);
  visit.Withdraw();
  school_.Put(visit);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
}

TEST_F(CoverageTest, ARuleAsksForKindsAndForANumber) {
  rule_->add_kinds(v1::VISIT_KIND_TEAM);
  rule_->set_min_count(2);
  Put(people().tia, At(2026, 9, 14), kIsShared);
  Put(people().tia, At(2026, 9, 15), kIsShared, v1::VISIT_KIND_WALK);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
  Put(people().tia, At(2026, 9, 16), kBookedOnly, v1::VISIT_KIND_TEAM);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_BOOKED);
  Put(people().tia, At(2026, 9, 17), kIsSubmitted, v1::VISIT_KIND_TEAM);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DONE);
  EXPECT_EQ(Of(people().tia).last_done_ms(), At(2026, 9, 17, 0, 0));
}

TEST_F(CoverageTest, ARuleMayAskForTheRoleOfTheLead) {
  Put(people().tia, At(2026, 9, 14), kIsShared);
  rule_->add_by_roles(v1::ROLE_SLT);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
  rule_->add_by_roles(v1::ROLE_HOD);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DONE);
}

TEST_F(CoverageTest, AVisitInAnotherDepartmentCountsForTheTeacher) {
  Put(people().tia, At(2026, 9, 14), kIsShared, v1::VISIT_KIND_DEPT, people().art);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DONE);
}

TEST_F(CoverageTest, WhoWasThereForLessThanHalfTheSchoolDaysIsExempt) {
  // 38 school days; the first 19 of them end on 28 September.
  const struct {
    const char* what;
    int32_t from, to;
    v1::CoverageState state;
  } cases[] = {
      {"all of it", 0, 0, v1::COVERAGE_STATE_DUE},
      {"left after half", 0, Day(2026, 9, 28), v1::COVERAGE_STATE_DUE},
      {"left a day earlier", 0, Day(2026, 9, 27) - 2, v1::COVERAGE_STATE_EXEMPT},
      {"came for half", Day(2026, 9, 29), 0, v1::COVERAGE_STATE_DUE},
      {"came a day later", Day(2026, 9, 30), 0, v1::COVERAGE_STATE_EXEMPT},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    people().person(people().tia).set_from_day(c.from);
    people().person(people().tia).set_to_day(c.to);
    EXPECT_EQ(Of(people().tia).state(), c.state);
    EXPECT_EQ(Maths().eligible() + Maths().exempt(), 4u);
  }
  people().person(people().tia).set_to_day(Day(2026, 9, 1));
  people().person(people().tia).set_from_day(0);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_UNSPECIFIED) << "not there at all";
}

TEST_F(CoverageTest, ClosedDaysAreNoSchoolDays) {
  // Without the first two weeks, half is 14 of 28.
  v1::HalfTerm& half_term = *people().content.calendars[0].mutable_years(0)->mutable_half_terms(0);
  for (int32_t day = Day(2026, 9, 2); day <= Day(2026, 9, 15); ++day) {
    half_term.add_closed_days(day);
  }
  people().person(people().tia).set_to_day(Day(2026, 10, 5));
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
  people().person(people().tia).set_to_day(Day(2026, 10, 4));
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_EXEMPT);
}

TEST_F(CoverageTest, AnExemptionTakesItsDaysOut) {
  v1::Exemption& exemption = *rule_->add_exemptions();
  exemption.set_person(BytesOf(people().tia));
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_EXEMPT);
  EXPECT_EQ(Of(people().tom).state(), v1::COVERAGE_STATE_DUE);
  exemption.set_to_day(Day(2026, 9, 4));
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
}

TEST_F(CoverageTest, ARuleLooksAtStaffAndTraineesUnlessItSaysOtherwise) {
  people().person(people().tia).set_type(v1::PERSON_TYPE_TRAINEE);
  people().person(people().tom).set_type(v1::PERSON_TYPE_EXTERNAL);
  EXPECT_EQ(Maths().eligible(), 3u);
  rule_->add_person_types(v1::PERSON_TYPE_TRAINEE);
  EXPECT_EQ(Maths().eligible(), 1u);
}

TEST_F(CoverageTest, ARuleMayBeForSomeDepartmentsAndSomeDays) {
  rule_->add_departments(BytesOf(people().art));
  EXPECT_THAT(Read(people().hedy, people().maths)->rules(), IsEmpty());
  rule_->clear_departments();
  rule_->mutable_days()->set_from_day(Day(2026, 11, 2));
  EXPECT_THAT(Read(people().hedy, people().maths)->rules(), IsEmpty());
  EXPECT_EQ(Read(people().hedy, people().maths, SmallSchool::kAutumn2)->rules_size(), 1);
}

TEST_F(CoverageTest, ATeacherWhoMovedIsAskedForWhereTheyAreInThatHalfTerm) {
  v1::Person& tia = people().person(people().tia);
  tia.mutable_departments(0)->set_to_day(Day(2026, 10, 23));
  tia.add_departments()->set_org(BytesOf(people().art));
  tia.mutable_departments(1)->set_from_day(Day(2026, 10, 24));
  EXPECT_EQ(Maths().eligible(), 4u);
  EXPECT_EQ(Maths(SmallSchool::kAutumn2).eligible(), 3u);
  EXPECT_EQ(Read(people().hedy, people().art, SmallSchool::kAutumn2)->rules(0).eligible(), 3u);
}

TEST_F(CoverageTest, CoachingAndPeerVisitsAreTicksWithoutBookings) {
  rule_->clear_kinds();
  rule_->add_kinds(v1::VISIT_KIND_COACH);
  rule_->add_kinds(v1::VISIT_KIND_PEER);
  Put(people().tia, At(2026, 9, 14), kIsSubmitted, v1::VISIT_KIND_COACH);
  Put(people().tom, At(2026, 9, 14), kBookedOnly, v1::VISIT_KIND_PEER);
  EXPECT_EQ(Maths().done(), 0u);
  EXPECT_EQ(Maths().booked(), 0u);
  EXPECT_EQ(Of(people().tia).last_done_ms(), 0);
  Put(people().tia, At(2026, 9, 15), kIsShared, v1::VISIT_KIND_COACH);
  Put(people().tom, At(2026, 9, 15), kIsSubmitted, v1::VISIT_KIND_PEER);
  EXPECT_EQ(Maths().done(), 2u);
}

TEST_F(CoverageTest, PrivateKindsNeverCount) {
  rule_->clear_kinds();
  for (const v1::VisitKind kind :
       {v1::VISIT_KIND_INFORMAL, v1::VISIT_KIND_SELF, v1::VISIT_KIND_CALIB}) {
    rule_->add_kinds(kind);
    Put(people().tia, At(2026, 9, 14), kIsShared, kind);
  }
  EXPECT_EQ(Of(people().tia).done(), 0u);
}

TEST_F(CoverageTest, ARuleByWeekLooksAtTheWeekOfToday) {
  rule_->set_per(v1::COVERAGE_PERIOD_WEEK);
  Put(people().tia, At(2026, 10, 11, 20), kIsShared);
  Put(people().tom, At(2026, 10, 12, 8), kIsShared);
  const v1::RuleCoverage maths = Maths();
  EXPECT_EQ(maths.from_day(), Day(2026, 10, 12));
  EXPECT_EQ(maths.to_day(), Day(2026, 10, 18));
  EXPECT_EQ(maths.done(), 1u);
  EXPECT_EQ(Of(people().tom).state(), v1::COVERAGE_STATE_DONE);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_DUE);
  school_.clock.SetWall(At(2026, 12, 1));
  EXPECT_EQ(Maths().from_day(), Day(2026, 10, 19)) << "of a half-term that is over, its last week";
}

TEST_F(CoverageTest, ARuleByWeekShowsTheBookingsOfThatWeek) {
  rule_->set_per(v1::COVERAGE_PERIOD_WEEK);
  Put(people().tia, At(2026, 10, 16), kBookedOnly);
  Put(people().tia, At(2026, 10, 16, 14), kBookedOnly);
  Put(people().tom, At(2026, 10, 19), kBookedOnly);
  Put(people().hana, At(2026, 10, 15), kIsSubmitted);
  Put(people().hana, At(2026, 10, 15, 14), kBookedOnly);
  const v1::RuleCoverage maths = Maths();
  EXPECT_EQ(maths.booked(), 1u);
  EXPECT_EQ(maths.done(), 1u);
  EXPECT_EQ(Of(people().tia).state(), v1::COVERAGE_STATE_BOOKED);
  EXPECT_EQ(Of(people().tia).booked(), 2u);
  EXPECT_EQ(Of(people().tia).last_done_ms(), 0) << "a booking is no visit";
  EXPECT_EQ(Of(people().tom).state(), v1::COVERAGE_STATE_DUE) << "booked for another week";
  EXPECT_EQ(Of(people().hana).done(), 1u);
  EXPECT_EQ(Of(people().hana).booked(), 1u) << "both on one day";
  EXPECT_EQ(Of(people().hana).last_done_ms(), At(2026, 10, 15, 0));
}

TEST_F(CoverageTest, ARuleByCycleShowsTheBookingsOfItsWeeksAndNoPrivateOnes) {
  rule_->set_per(v1::COVERAGE_PERIOD_CYCLE);
  rule_->add_kinds(v1::VISIT_KIND_PEER);
  rule_->add_kinds(v1::VISIT_KIND_COACH);
  v1::Cycle& cycle = people().content.cycles.emplace_back();
  cycle.set_id(BytesOf(IdNumber(70)));
  cycle.set_org(BytesOf(people().site));
  cycle.set_start_day(Day(2026, 9, 28));
  Put(people().tia, At(2026, 9, 25), kBookedOnly);
  Put(people().tom, At(2026, 11, 6), kBookedOnly);
  Put(people().hana, At(2026, 10, 15), kBookedOnly, v1::VISIT_KIND_PEER);
  Put(people().sara, At(2026, 10, 15), kBookedOnly, v1::VISIT_KIND_COACH);
  EXPECT_EQ(Of(people().tia).booked(), 0u) << "before the cycle";
  EXPECT_EQ(Of(people().tom).booked(), 1u) << "in its last week, after the holiday";
  EXPECT_EQ(Of(people().hana).booked() + Of(people().sara).booked(), 0u);
}

TEST_F(CoverageTest, ARuleByYearAddsUpItsHalfTerms) {
  rule_->set_per(v1::COVERAGE_PERIOD_YEAR);
  Put(people().tia, At(2026, 9, 14), kIsShared);
  Put(people().tom, At(2026, 11, 9), kIsShared);
  EXPECT_EQ(Maths(SmallSchool::kAutumn1).done(), 1u);
  EXPECT_EQ(Maths(SmallSchool::kAutumn2).done(), 2u);
  EXPECT_EQ(Maths(SmallSchool::kAutumn2).due(), 2u);
  school_.clock.SetWall(At(2027, 8, 1));
  EXPECT_EQ(Maths(SmallSchool::kSummer2).overdue(), 2u);
}

TEST_F(CoverageTest, ARuleByCycleLooksAtItsSixWeeks) {
  rule_->set_per(v1::COVERAGE_PERIOD_CYCLE);
  EXPECT_THAT(Read(people().hedy, people().maths)->rules(), IsEmpty()) << "there is no cycle";
  v1::Cycle& cycle = people().content.cycles.emplace_back();
  cycle.set_org(BytesOf(people().site));
  cycle.set_start_day(Day(2026, 10, 5));
  Put(people().tia, At(2026, 10, 2), kIsShared);
  Put(people().tom, At(2026, 11, 13), kIsShared);
  EXPECT_EQ(Maths().done(), 1u);
  EXPECT_EQ(Of(people().tom).state(), v1::COVERAGE_STATE_DONE) << "in the next half-term";
  EXPECT_EQ(Maths().to_day(), Day(2026, 11, 22)) << "a week of holidays is none of the six";
}

TEST_F(CoverageTest, WhoReadsCoverage) {
  const struct {
    const char* what;
    Id16 caller;
    bool maths, site;
  } cases[] = {{"its head", people().hana, true, false},
               {"another head", people().hugo, false, false},
               {"a teacher", people().tia, false, false},
               {"a senior leader", people().sara, true, true},
               {"a governor", people().gus, false, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(Read(c.caller, people().maths).ok(), c.maths);
    EXPECT_EQ(Read(c.caller, people().site).ok(), c.site);
    EXPECT_EQ(Read(c.caller, IdNumber(99)).status().code(), absl::StatusCode::kNotFound);
  }
}

TEST_F(CoverageTest, ASchoolsCoverageListsEveryDepartmentByName) {
  people().AddRule(61, "A walk", {v1::VISIT_KIND_WALK});
  const auto reply = Read(people().hedy, people().site);
  ASSERT_TRUE(reply.ok()) << reply.status();
  std::vector<std::string> listed;
  for (const v1::RuleCoverage& one : reply->rules()) {
    listed.push_back(one.department_name() + ": " + one.title());
  }
  EXPECT_THAT(listed, ElementsAre("Art: A walk", "Art: Each half-term", "Mathematics: A walk",
                                  "Mathematics: Each half-term"));
  request_.set_numbers_only(true);
  request_.set_rule(BytesOf(IdNumber(61)));
  const auto numbers = Read(people().hedy, people().site);
  ASSERT_EQ(numbers->rules_size(), 2);
  EXPECT_THAT(numbers->rules(0).teachers(), IsEmpty());
  EXPECT_EQ(numbers->rules(0).eligible(), 2u);
}

TEST_F(CoverageTest, OneLineForEachTeacherWhomTheCallerMayReadAboutAndForThemself) {
  const auto reply = Read(people().hana, people().maths);
  ASSERT_TRUE(reply.ok()) << reply.status();
  std::vector<std::string> names;
  for (const v1::TeacherCoverage& one : reply->rules(0).teachers()) {
    names.push_back(one.display_name());
  }
  EXPECT_THAT(names, ElementsAre("Hana Owen", "Tia Green", "Tom Baker"));
  EXPECT_EQ(reply->rules(0).eligible(), 3u) << "the numbers are sums of the lines";
  request_.set_numbers_only(true);
  EXPECT_EQ(Read(people().hana, people().maths)->rules(0).eligible(), 3u);
  EXPECT_EQ(Read(people().hedy, people().maths)->rules(0).eligible(), 4u);
}

}  // namespace
}  // namespace halfterm::storage
