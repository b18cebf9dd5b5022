// What one visit adds to the summaries, rule by rule. Each test writes a visit as tablets would and
// looks at the rows that come of it.

#include "sync/contribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sync/facts.h"
#include "tests/support/small_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using testing::At;
using testing::Day;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;
using testing::PlanOf;
using testing::SmallSchool;
using testing::Visit;
using testing::VisitWriter;

using Row = std::vector<int64_t>;

class ContributionTest : public ::testing::Test {
 protected:
  // A visit of Hana's to Tia in maths, with the plan that `change` makes.
  template <typename Change>
  void Plan(const Change& change) {
    plan_ = {v1::VISIT_KIND_DEPT, school_.tia,     school_.maths,  school_.hana,
             {school_.hana},      At(2026, 9, 14), /*minutes=*/50, school_.rubric_a};
    change(plan_);
    hana_.WritePlan(visit_, plan_);
  }
  void Plan() {
    Plan([](PlanOf&) {});
  }
  void PlanTeam() {
    Plan([this](PlanOf& plan) {
      plan.kind = v1::VISIT_KIND_TEAM;
      plan.observers = {school_.hana, school_.sara, school_.hugo};
    });
  }
  void SubmitAll() {
    for (const Id16& observer : plan_.observers) visit_.Submit(observer);
  }
  void ShareAll() {
    SubmitAll();
    visit_.Share();
  }

  std::vector<Contribution> Rows(const testing::Held& held) const {
    const Directory directory = school_.Made();
    const RecordView record = held.View();
    return ContributionOf(record, FactsOf(record, directory), directory);
  }
  std::vector<Contribution> Rows() const { return Rows(visit_.All()); }

  Row At_(const RowKey& key) const {
    for (const Contribution& row : Rows()) {
      if (row.key == key.bytes()) return row.vector;
    }
    return {};
  }
  size_t CountOf(RollupKind kind) const {
    size_t count = 0;
    for (const Contribution& row : Rows()) count += row.key[0] == static_cast<char>(kind);
    return count;
  }

  Row Teacher(uint16_t half_term = SmallSchool::kAutumn1) const {
    return At_(RowKey(RollupKind::kTeacher)
                   .Id(school_.tia)
                   .U16(half_term)
                   .Id(school_.maths)
                   .Id(plan_.rubric));
  }
  // {n, sum, hist[1..L], unresolved} of an element in the teacher's row.
  Row Element(uint32_t element) const {
    const FigureLayout layout(*school_.Made().Rubric(plan_.rubric));
    Row row = Teacher();
    row.resize(layout.N(10));
    return {row.begin() + static_cast<std::ptrdiff_t>(layout.N(element)),
            row.begin() + static_cast<std::ptrdiff_t>(layout.N(element + 1))};
  }
  Row Lesson() const {
    return At_(RowKey(RollupKind::kLesson)
                   .Id(school_.tia)
                   .U16(SmallSchool::kAutumn1)
                   .Id(school_.maths)
                   .Id(plan_.rubric)
                   .U64(LatestFirst(plan_.start_ms))
                   .Id(visit_.record));
  }
  Row Cover(uint16_t roles = 1u << v1::ROLE_HOD, uint16_t half_term = SmallSchool::kAutumn1) const {
    return At_(RowKey(RollupKind::kCover)
                   .U16(half_term)
                   .Id(school_.tia)
                   .Id(school_.maths)
                   .U8(static_cast<uint8_t>(plan_.kind))
                   .U16(roles));
  }

  SmallSchool school_;
  Visit visit_{IdNumber(200)};
  PlanOf plan_;
  VisitWriter hana_{school_.hana, 1};
  VisitWriter hanas_other_tablet_{school_.hana, 2};
  VisitWriter sara_{school_.sara, 3};
  VisitWriter hugo_{school_.hugo, 4};
  VisitWriter tia_{school_.tia, 5};
  VisitWriter server_{IdNumber(0), 9};
};

TEST_F(ContributionTest, ASharedVisitCountsEachLevelOnce) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  hana_.Rate(visit_, 9, 4);
  ShareAll();
  EXPECT_EQ(Teacher()[kFigureVisits], 1);
  EXPECT_THAT(Element(1), ElementsAre(1, 2, 0, 1, 0, 0, 0));
  EXPECT_THAT(Element(9), ElementsAre(1, 4, 0, 0, 0, 1, 0));
  EXPECT_THAT(Element(5), ElementsAre(0, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(At_(RowKey(RollupKind::kDeptTeacher)
                    .Id(school_.maths)
                    .U16(SmallSchool::kAutumn1)
                    .Id(school_.rubric_a)
                    .Id(school_.tia)),
            Teacher());
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_DEPT, 2, 0, 0, 0, 0, 0, 0, 0, 4));
  EXPECT_THAT(At_(RowKey(RollupKind::kObserver)
                      .Id(school_.tia)
                      .U16(SmallSchool::kAutumn1)
                      .Id(school_.maths)
                      .Id(school_.hana)),
              ElementsAre(1));
}

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

TEST_F(ContributionTest, AThreeMemberTeamCountsOnceWithTheLowerMedian) {
  PlanTeam();
  hana_.Rate(visit_, 1, 4);
  sara_.Rate(visit_, 1, 2);
  hugo_.Rate(visit_, 1, 3);
  hana_.Rate(visit_, 2, 4);
  hugo_.Rate(visit_, 2, 1);
  ShareAll();
  EXPECT_EQ(Teacher()[kFigureVisits], 1);
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0));
  EXPECT_THAT(Element(2), ElementsAre(1, 1, 1, 0, 0, 0, 0)) << "of two levels the lower one";
  EXPECT_EQ(CountOf(RollupKind::kObserver), 3u);
}

TEST_F(ContributionTest, NotSeenAndClearedAreNoLevels) {
  PlanTeam();
  hana_.Rate(visit_, 1, 0);
  sara_.Rate(visit_, 1, 3);
  hana_.Rate(visit_, 2, 0);
  hana_.Write(visit_, visit_.Facet(core::kSheet, school_.hana),
              {{core::Path::Entry(3, core::NumberKey(4), 0, core::Kind::kElem), ""},
               {core::Path::Entry(3, core::NumberKey(4), 1, core::Kind::kReg), ""}});
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0));
  EXPECT_THAT(Element(2), ElementsAre(0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(Element(4), ElementsAre(0, 0, 0, 0, 0, 0, 0));
}

TEST_F(ContributionTest, ALevelThatTheRubricHasNotIsNone) {
  Plan();
  hana_.Rate(visit_, 1, 5);
  hana_.Rate(visit_, 77, 2);
  hana_.Rate(visit_, 2, 4);
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(Element(2), ElementsAre(1, 4, 0, 0, 0, 1, 0));
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_DEPT, 0, 4));
}

TEST_F(ContributionTest, ARemovedRatingIsNone) {
  Plan();
  hana_.Rate(visit_, 1, 3);
  ShareAll();
  testing::Held held = visit_.All();
  const core::FacetId sheet = visit_.Facet(core::kSheet, school_.hana);
  core::Facet removal;
  core::Put(removal,
            core::Removed(held.At(sheet),
                          core::Path::Entry(3, core::NumberKey(1), 0, core::Kind::kElem), {1, 99}));
  visit_.written.push_back({sheet, removal});
  EXPECT_THAT(Element(1), ElementsAre(0, 0, 0, 0, 0, 0, 0));
}

TEST_F(ContributionTest, TwoValuesOfOneAuthorGiveNoLevelAndAreUnresolvedUntilOneIsChosen) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  hanas_other_tablet_.Pull(visit_);
  hana_.Rate(visit_, 1, 3);
  hanas_other_tablet_.Rate(visit_, 1, 4);
  EXPECT_THAT(Element(1), ElementsAre(0, 0, 0, 0, 0, 0, 1));
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_DEPT, kLessonUnresolved));

  hana_.Pull(visit_);
  hana_.Rate(visit_, 1, 4);
  EXPECT_THAT(Element(1), ElementsAre(1, 4, 0, 0, 0, 1, 0));
}

TEST_F(ContributionTest, TheSameValueTwiceIsALevel) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  hanas_other_tablet_.Pull(visit_);
  hana_.Rate(visit_, 1, 3);
  hanas_other_tablet_.Rate(visit_, 1, 3);
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0));
}

TEST_F(ContributionTest, InATeamTheOtherSheetsStillGiveALevelWhereOneIsUnresolved) {
  PlanTeam();
  hana_.Rate(visit_, 1, 1);
  hanas_other_tablet_.Rate(visit_, 1, 2);
  sara_.Rate(visit_, 1, 4);
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(1, 4, 0, 0, 0, 1, 1));
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_TEAM, 4 + kLessonUnresolved));
}

TEST_F(ContributionTest, AnOpenQueryTakesTheLevelOutUntilItIsClosedOrResolved) {
  const Id16 query = IdNumber(210);
  const struct {
    const char* what;
    std::vector<int> acts;  // 1 the teacher closes, 2 opens again, 3 Hana explains.
    bool counts;
  } cases[] = {{"open", {}, false},
               {"closed by the teacher", {1}, true},
               {"closed and opened again", {1, 2}, false},
               {"explained", {3}, true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit_.written.clear();
    Plan();
    hana_.Rate(visit_, 1, 2);
    hana_.Rate(visit_, 2, 2);
    ShareAll();
    tia_.Ask(visit_, query, 1);
    for (const int act : c.acts) {
      if (act < 3) tia_.CloseQuery(visit_, query, act == 1);
      if (act == 3) hana_.Resolve(visit_, query, v1::RESOLUTION_EXPLAINED);
    }
    EXPECT_EQ(Element(1)[0], c.counts ? 1 : 0);
    EXPECT_EQ(Element(2)[0], 1) << "nobody asked about it";
    EXPECT_EQ(Lesson()[LessonAt(1)], c.counts ? 2 : kLessonQueried);
  }
}

TEST_F(ContributionTest, AQueryAboutAllOfTheVersionTakesEveryLevelOut) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  hana_.Rate(visit_, 2, 2);
  ShareAll();
  tia_.Ask(visit_, IdNumber(210), 0);
  EXPECT_THAT(Teacher(), ElementsAre(1));
}

TEST_F(ContributionTest, OnlyTheTeachersOwnQueryTakesALevelOut) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  sara_.Ask(visit_, IdNumber(210), 1);
  EXPECT_EQ(Element(1)[0], 1);
}

TEST_F(ContributionTest, AConsensusReplacesTheSheetsOnceAllAgreed) {
  PlanTeam();
  for (VisitWriter* writer : {&hana_, &sara_, &hugo_}) writer->Rate(visit_, 1, 1);
  hana_.Rate(visit_, 2, 1);
  ShareAll();
  hana_.Agree(visit_, 1, 3);
  for (VisitWriter* writer : {&sara_, &hugo_}) writer->Pull(visit_);
  hana_.SayAgreed(visit_);
  sara_.SayAgreed(visit_);
  EXPECT_THAT(Element(1), ElementsAre(1, 1, 1, 0, 0, 0, 0)) << "Hugo has not agreed";

  hugo_.SayAgreed(visit_);
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0));
  EXPECT_THAT(Element(2), ElementsAre(0, 0, 0, 0, 0, 0, 0)) << "nothing was agreed on it";

  hana_.Agree(visit_, 1, 4);
  EXPECT_THAT(Element(1), ElementsAre(1, 1, 1, 0, 0, 0, 0)) << "they agreed to something else";
}

TEST_F(ContributionTest, AnAgreedConsensusWithTwoValuesIsUnresolved) {
  PlanTeam();
  for (VisitWriter* writer : {&hana_, &sara_, &hugo_}) writer->Rate(visit_, 1, 1);
  ShareAll();
  hana_.Agree(visit_, 1, 3);
  sara_.Agree(visit_, 1, 4);
  for (VisitWriter* writer : {&hana_, &sara_, &hugo_}) writer->Pull(visit_);
  for (VisitWriter* writer : {&hana_, &sara_, &hugo_}) writer->SayAgreed(visit_);
  EXPECT_THAT(Element(1), ElementsAre(0, 0, 0, 0, 0, 0, 1));
}

TEST_F(ContributionTest, AnExcusedObserverNeedNotAgreeAndHasNoSheet) {
  PlanTeam();
  hana_.Rate(visit_, 1, 2);
  sara_.Rate(visit_, 1, 2);
  hugo_.Rate(visit_, 1, 1);
  server_.Write(visit_, visit_.Facet(core::kPlan),
                {{core::Path::Entry(6, school_.hugo, 2, core::Kind::kReg), testing::Number(1)}});
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(1, 2, 0, 1, 0, 0, 0));
  EXPECT_EQ(CountOf(RollupKind::kObserver), 2u);
  hana_.Agree(visit_, 1, 4);
  sara_.Pull(visit_);
  hana_.SayAgreed(visit_);
  sara_.SayAgreed(visit_);
  EXPECT_THAT(Element(1), ElementsAre(1, 4, 0, 0, 0, 1, 0));
}

// A colleague who joins after the sharing has a sheet that leaders cannot read yet.
TEST_F(ContributionTest, ASheetThatWasNotSubmittedIsInNoFigure) {
  PlanTeam();
  hana_.Rate(visit_, 1, 4);
  sara_.Rate(visit_, 1, 1);
  visit_.Submit(school_.hana);
  visit_.Share();
  EXPECT_THAT(Element(1), ElementsAre(1, 4, 0, 0, 0, 1, 0));
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

TEST_F(ContributionTest, CoverageFollowsTheVisitFromBookedToShared) {
  Plan();
  // The twelfth day after the half-term's first, counted from 0.
  const Row booked = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kCoverBookedOnDay};
  EXPECT_EQ(Cover(), booked);
  visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kDraft);
  EXPECT_EQ(Cover(), booked);
  visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kSubmitted);
  EXPECT_THAT(Cover(), ElementsAre(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  visit_.Share();
  EXPECT_EQ(Cover()[kCoverShared], 1);
  visit_.Withdraw();
  EXPECT_THAT(Cover(), IsEmpty());
}

TEST_F(ContributionTest, TheDayOfACoachingVisitIsNotToldBeforeItIsShared) {
  Plan([](PlanOf& plan) { plan.kind = v1::VISIT_KIND_COACH; });
  SubmitAll();
  visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kSubmitted);
  EXPECT_THAT(Cover(), ElementsAre(0, 1));
  visit_.Share();
  EXPECT_EQ(Cover().size(), kCoverDays + 13);
}

TEST_F(ContributionTest, CoverageKeepsTheRolesThatTheLeadHeldOnTheDay) {
  for (v1::RoleGrant& grant : school_.content.grants) {
    if (grant.person() != school_.hana.view()) continue;
    grant.set_to_day(Day(2026, 10, 1));
    grant.set_state(v1::GRANT_STATE_ENDED);
  }
  school_.AddGrant(school_.hana, v1::ROLE_SLT, school_.site).set_from_day(Day(2026, 10, 1));
  school_.AddGrant(school_.hana, v1::ROLE_COACH, {}).add_people(testing::BytesOf(school_.tia));
  school_.AddGrant(school_.hana, v1::ROLE_MENTOR, {}).add_people(testing::BytesOf(school_.tom));
  school_.AddGrant(school_.hana, v1::ROLE_HOD, school_.art);
  const uint16_t coach = 1u << v1::ROLE_COACH, hod = 1u << v1::ROLE_HOD, slt = 1u << v1::ROLE_SLT;
  const struct {
    const char* what;
    int64_t start_ms;
    uint16_t roles;
  } cases[] = {
      {"as head of department", At(2026, 9, 30), static_cast<uint16_t>(coach | hod)},
      {"on her last day, and the other's first", At(2026, 10, 1),
       static_cast<uint16_t>(coach | hod | slt)},
      {"as a senior leader", At(2026, 10, 2), static_cast<uint16_t>(coach | slt)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit_.written.clear();
    Plan([&](PlanOf& plan) { plan.start_ms = c.start_ms; });
    ASSERT_FALSE(Cover(c.roles).empty());
    EXPECT_EQ(Cover(c.roles)[kCoverBooked], 1);
    EXPECT_EQ(CountOf(RollupKind::kCover), 1u);
  }
}

TEST_F(ContributionTest, EveryKindWithATeacherIsCovered) {
  for (int kind = v1::VISIT_KIND_DEPT; kind <= v1::VISIT_KIND_GOVERNOR; ++kind) {
    visit_.written.clear();
    Plan([&](PlanOf& plan) { plan.kind = static_cast<v1::VisitKind>(kind); });
    ASSERT_FALSE(Cover().empty()) << kind;
    EXPECT_EQ(Cover()[kCoverBooked], 1) << kind;
    const bool is_private = kind == v1::VISIT_KIND_COACH || kind == v1::VISIT_KIND_PEER;
    EXPECT_EQ(Cover().size(), is_private ? 1 : kCoverDays + 13) << kind;
    visit_.written.clear();
    Plan([&](PlanOf& plan) {
      plan.kind = static_cast<v1::VisitKind>(kind);
      plan.teacher = {};
    });
    EXPECT_EQ(CountOf(RollupKind::kCover), 0u) << kind;
  }
}

TEST_F(ContributionTest, LoadCountsEveryKindButSelfFromTheBookingOn) {
  Plan();
  const auto load = [this](RollupKind kind, const Id16& person) {
    return At_(RowKey(kind).Id(person).U16(2026).U8(static_cast<uint8_t>(plan_.kind)));
  };
  EXPECT_THAT(load(RollupKind::kLoad, school_.tia), ElementsAre(1, 50));
  EXPECT_THAT(load(RollupKind::kObserverLoad, school_.hana), ElementsAre(1, 50));
  visit_.written.clear();
  Plan([](PlanOf& plan) {
    plan.kind = v1::VISIT_KIND_WALK;
    plan.minutes = 10;
  });
  EXPECT_THAT(load(RollupKind::kLoad, school_.tia), ElementsAre(1, 10, 1, 10));
  visit_.written.clear();
  Plan([](PlanOf& plan) { plan.kind = v1::VISIT_KIND_SELF; });
  EXPECT_THAT(load(RollupKind::kLoad, school_.tia), IsEmpty());
}

TEST_F(ContributionTest, OfTwoLengthsTheLargestCounts) {
  Plan();
  hanas_other_tablet_.Pull(visit_);
  for (const auto& [writer, minutes] : {std::pair(&hana_, 60), {&hanas_other_tablet_, 20}}) {
    writer->Write(visit_, visit_.Facet(core::kPlan),
                  {{core::Path::Field(9, core::Kind::kReg),
                    testing::Number(static_cast<uint64_t>(minutes))}});
  }
  EXPECT_THAT(At_(RowKey(RollupKind::kLoad).Id(school_.tia).U16(2026).U8(v1::VISIT_KIND_DEPT)),
              ElementsAre(1, 60));
}

TEST_F(ContributionTest, TheLoopCountsAnAcknowledgementOfTheNewestVersion) {
  Plan();
  ShareAll();
  const auto loop = [this](uint16_t half_term = SmallSchool::kAutumn1) {
    return At_(RowKey(RollupKind::kLoop).Id(school_.maths).U16(half_term).Id(school_.tia));
  };
  EXPECT_THAT(loop(), ElementsAre(1));
  tia_.Acknowledge(visit_, 1);
  EXPECT_THAT(loop(), ElementsAre(1, 1));
  visit_.Share(2);
  EXPECT_THAT(loop(), ElementsAre(1)) << "the second version was not acknowledged";
}

TEST_F(ContributionTest, TheLagIsCountedInSchoolDaysToTheFirstVersion) {
  const struct {
    const char* what;
    int32_t shared_day;
    size_t lag;
  } cases[] = {
      {"the day of the lesson", Day(2026, 9, 14), 0},
      {"the next day", Day(2026, 9, 15), 1},
      {"over a weekend", Day(2026, 9, 21), 5},
      {"longer than is told apart", Day(2026, 12, 1), 30},
      {"a clock before the lesson", Day(2026, 9, 1), 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit_.written.clear();
    Plan();
    ShareAll();
    v1::SharedVersion version;
    version.set_round(1);
    version.set_shared_day(c.shared_day);
    version.set_first_shared_day(c.shared_day);
    server_.WriteVersion(visit_, version);
    const auto loop = [this] {
      return At_(
          RowKey(RollupKind::kLoop).Id(school_.maths).U16(SmallSchool::kAutumn1).Id(school_.tia));
    };
    ASSERT_EQ(loop().size(), kLoopLags + c.lag + 1);
    EXPECT_EQ(loop().back(), 1);
    version.set_round(2);
    version.set_shared_day(Day(2026, 12, 18));
    server_.WriteVersion(visit_, version);
    visit_.Share(2);
    EXPECT_EQ(loop().size(), kLoopLags + c.lag + 1) << "a later version is no later sharing";
  }
}

TEST_F(ContributionTest, OnlyANotedDayAfterTheHalfTermIsLate) {
  const struct {
    const char* what;
    int32_t noted;
    int64_t late;
  } cases[] = {{"nothing noted", 0, 0},
               {"its last day", Day(2026, 10, 23), 0},
               {"the day after", Day(2026, 10, 24), 1}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit_.written.clear();
    Plan();
    SubmitAll();
    visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kSubmitted);
    if (c.noted != 0) {
      server_.Write(visit_, visit_.Facet(core::kPlan),
                    {{core::Path::Field(v1::Plan::kDoneLateDayFieldNumber, core::Kind::kReg),
                      testing::Signed(c.noted)}});
    }
    ASSERT_GT(Cover().size(), kCoverLate);
    EXPECT_EQ(Cover()[kCoverLate], c.late);
  }
}

TEST_F(ContributionTest, AStepCountsInTheHalfTermOfItsDueDay) {
  Plan();
  ShareAll();
  const Id16 step = IdNumber(211);
  const int32_t due = Day(2026, 11, 20);
  hana_.AddStep(visit_, step, due);
  const auto loop = [this](uint16_t half_term) {
    return At_(RowKey(RollupKind::kLoop).Id(school_.maths).U16(half_term).Id(school_.tia));
  };
  const RowKey decisions = RowKey(RollupKind::kDecisions)
                               .Id(school_.site)
                               .U32(static_cast<uint32_t>(due))
                               .Id(visit_.record);
  EXPECT_THAT(loop(SmallSchool::kAutumn2), ElementsAre(0, 0, 1));
  EXPECT_THAT(At_(decisions), ElementsAre(0, 1));

  hana_.SetStep(visit_, step, 4, testing::BytesOf(IdNumber(212)));
  EXPECT_THAT(loop(SmallSchool::kAutumn2), ElementsAre(0, 0, 1, 1));
  hana_.SetStep(visit_, step, 5, testing::Number(v1::STEP_STATUS_EMBEDDED));
  EXPECT_THAT(At_(decisions), IsEmpty());

  tia_.SetStep(visit_, step, 3, testing::Signed(Day(2027, 1, 20)));
  EXPECT_THAT(loop(SmallSchool::kAutumn2), IsEmpty()) << "two due days wait for their author";
}

TEST_F(ContributionTest, ConfidentialKindsLeaveACountAndNoLevels) {
  const struct {
    v1::VisitKind kind;
    bool from_submitted;
  } cases[] = {{v1::VISIT_KIND_COACH, false}, {v1::VISIT_KIND_PEER, true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::VisitKind_Name(c.kind));
    visit_.written.clear();
    Plan([&](PlanOf& plan) { plan.kind = c.kind; });
    hana_.Rate(visit_, 1, 2);
    SubmitAll();
    visit_.SetPhase(visit_.Facet(core::kPlan), 0, core::kSubmitted);
    const auto count = [&](const Id16& whose) {
      return At_(RowKey(RollupKind::kConfidential)
                     .Id(whose)
                     .U16(SmallSchool::kAutumn1)
                     .U8(static_cast<uint8_t>(c.kind)));
    };
    EXPECT_EQ(!count(school_.maths).empty(), c.from_submitted);
    visit_.Share();
    EXPECT_THAT(count(school_.maths), ElementsAre(1));
    EXPECT_THAT(count(school_.tia), ElementsAre(1));
    for (const RollupKind kind :
         {RollupKind::kTeacher, RollupKind::kLesson, RollupKind::kLoop, RollupKind::kDeptTeacher,
          RollupKind::kTeacherOwn, RollupKind::kAgreement, RollupKind::kObserver}) {
      EXPECT_EQ(CountOf(kind), 0u) << static_cast<int>(kind);
    }
  }
}

TEST_F(ContributionTest, TwoSheetsOfOneLessonGiveAgreementPairsOnceRevealed) {
  PlanTeam();
  hana_.Rate(visit_, 1, 4);
  sara_.Rate(visit_, 1, 2);
  hugo_.Rate(visit_, 1, 2);
  visit_.Submit(school_.hana);
  visit_.Submit(school_.sara);
  EXPECT_EQ(CountOf(RollupKind::kAgreement), 0u);
  visit_.Submit(school_.hugo);
  const auto pairs = [this](uint8_t a, uint8_t b) {
    return At_(RowKey(RollupKind::kAgreement).Id(school_.rubric_a).U16(1).U8(a).U8(b));
  };
  EXPECT_THAT(pairs(2, 4), ElementsAre(2));
  EXPECT_THAT(pairs(2, 2), ElementsAre(1));
}

TEST_F(ContributionTest, TheTeachersOwnFiguresAreThoseOfTheNewestVersion) {
  Plan();
  hana_.Rate(visit_, 1, 2);
  hana_.Rate(visit_, 2, 3);
  ShareAll();
  v1::SharedVersion version;
  version.set_round(1);
  version.set_rubric_version(testing::BytesOf(school_.rubric_a));
  const auto rate = [](v1::SharedVersion& into, uint32_t element, uint32_t level) {
    v1::Rating& rating = *into.add_ratings();
    rating.set_element(element);
    rating.set_level(level);
  };
  rate(version, 1, 2);
  rate(version, 2, 3);
  server_.WriteVersion(visit_, version);
  const auto own = [this] {
    return At_(RowKey(RollupKind::kTeacherOwn)
                   .Id(school_.tia)
                   .U16(SmallSchool::kAutumn1)
                   .Id(school_.rubric_a));
  };
  const auto own_lesson = [this] {
    return At_(RowKey(RollupKind::kLessonOwn)
                   .Id(school_.tia)
                   .U16(SmallSchool::kAutumn1)
                   .Id(school_.rubric_a)
                   .U64(LatestFirst(plan_.start_ms))
                   .Id(visit_.record));
  };
  EXPECT_EQ(own(), Teacher());
  EXPECT_THAT(own_lesson(), ElementsAre(v1::VISIT_KIND_DEPT, 0, 2, 3));

  hana_.Rate(visit_, 2, 1);
  EXPECT_NE(own(), Teacher()) << "the teacher has not been shown the change";
  EXPECT_THAT(own_lesson(), ElementsAre(v1::VISIT_KIND_DEPT, 1, 2, 3));

  v1::SharedVersion second;
  second.set_round(2);
  second.set_rubric_version(testing::BytesOf(school_.rubric_a));
  rate(second, 1, 2);
  second.add_left_out(2);
  visit_.Share(2);
  server_.WriteVersion(visit_, second);
  const FigureLayout layout(*school_.Made().Rubric(school_.rubric_a));
  EXPECT_EQ(own()[layout.N(1)], 1);
  EXPECT_EQ(own()[layout.N(2)], 0);
  EXPECT_EQ(own()[layout.Unresolved(2)], 1);
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
