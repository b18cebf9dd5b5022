// What one visit adds to coverage, load, the feedback loop and the confidential counts, whatever
// its levels.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "sync/contribution_school.h"

namespace halfterm::sync {
namespace {

using testing::At;
using testing::Day;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;

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
  WriteVersion(1, "calm start");
  EXPECT_THAT(Loop(), ElementsAre(1));
  tia_.Acknowledge(visit_, 1);
  EXPECT_THAT(Loop(), ElementsAre(1, 1));
  visit_.Share(2);
  WriteVersion(2, "calm and quick start");
  EXPECT_THAT(Loop(), ElementsAre(1)) << "the second version was not acknowledged";
}

// A tablet that held another text under that number has read that one.
TEST_F(ContributionTest, I9AnAcknowledgementOfAnotherTextUnderTheSameNumberCountsNowhere) {
  Plan();
  ShareAll();
  const core::FacetId first = visit_.Facet(core::kVersion, core::NumberKey(1));
  tia_.AcknowledgeText(visit_, 1, core::FacetDigest(first, ""));
  EXPECT_THAT(Loop(), ElementsAre(1)) << "there is no version yet";
  WriteVersion(1, "calm start");
  EXPECT_THAT(Loop(), ElementsAre(1)) << "it names another text";
  const core::FacetId other = visit_.Facet(core::kVersion, core::NumberKey(2));
  const std::string text = core::EncodeContent(visit_.All().At(first));
  tia_.AcknowledgeText(visit_, 1, core::FacetDigest(other, text));
  EXPECT_THAT(Loop(), ElementsAre(1)) << "the same words as another version are another text";
  tia_.Acknowledge(visit_, 1);
  EXPECT_THAT(Loop(), ElementsAre(1, 1));

  // From another tablet of hers, which had shown her something else at the same time.
  VisitWriter tias_other_tablet(school_.tia, 6);
  tias_other_tablet.AcknowledgeText(visit_, 1, core::FacetDigest(first, "other words"));
  EXPECT_THAT(Loop(), ElementsAre(1, 1)) << "on one of them she has read it";
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

}  // namespace
}  // namespace halfterm::sync
