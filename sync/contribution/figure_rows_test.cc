// Which levels one visit adds to the figures: whose sheets, which of two values, and what a query
// or a consensus makes of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "sync/contribution_school.h"

namespace halfterm::sync {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::IdNumber;

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

// "Uncertified sheets are marked, and can be left out."
TEST_F(ContributionTest, ASchoolMayLeaveOutTheLevelsOfObserversWithoutACertificate) {
  PlanTeam();
  hana_.Rate(visit_, 1, 4);
  sara_.Rate(visit_, 1, 2);
  hugo_.Rate(visit_, 1, 3);
  const auto certify = [this](const Id16& observer) {
    server_.Pull(visit_);
    server_.Write(visit_, visit_.Facet(core::kSheet, observer),
                  {{core::Path::Field(v1::Sheet::kCertificateFieldNumber, core::Kind::kReg),
                    testing::BytesOf(IdNumber(99))}});
  };
  certify(school_.hana);
  ShareAll();
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0)) << "a school that asks for none";
  EXPECT_EQ(Lesson()[kLessonKind], v1::VISIT_KIND_TEAM);

  school_.policy().set_certified_only(true);
  EXPECT_THAT(Element(1), ElementsAre(1, 4, 0, 0, 0, 1, 0)) << "Hana's alone";
  EXPECT_EQ(Teacher()[kFigureVisits], 1) << "the lesson was seen all the same";
  EXPECT_EQ(Lesson()[kLessonKind], v1::VISIT_KIND_TEAM + kLessonUncertified) << "and it is said";
  certify(school_.sara);
  certify(school_.hugo);
  EXPECT_THAT(Element(1), ElementsAre(1, 3, 0, 0, 1, 0, 0));
  EXPECT_EQ(Lesson()[kLessonKind], v1::VISIT_KIND_TEAM);
}

TEST_F(ContributionTest, WithNoCertifiedObserverAVisitIsCountedWithoutALevel) {
  school_.policy().set_certified_only(true);
  Plan();
  hana_.Rate(visit_, 1, 2);
  ShareAll();
  EXPECT_EQ(Teacher()[kFigureVisits], 1);
  EXPECT_THAT(Element(1), ElementsAre(0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(Lesson(), ElementsAre(v1::VISIT_KIND_DEPT + kLessonUncertified));
}

// What all agreed on is also the word of the one who is certified.
TEST_F(ContributionTest, AConsensusSpeaksForItsCertifiedObserver) {
  school_.policy().set_certified_only(true);
  PlanTeam();
  hana_.Rate(visit_, 1, 4);
  server_.Pull(visit_);
  server_.Write(visit_, visit_.Facet(core::kSheet, school_.hana),
                {{core::Path::Field(v1::Sheet::kCertificateFieldNumber, core::Kind::kReg),
                  testing::BytesOf(IdNumber(99))}});
  ShareAll();
  hana_.Agree(visit_, 1, 2);
  for (VisitWriter* one : {&hana_, &sara_, &hugo_}) {
    one->Pull(visit_);
    one->SayAgreed(visit_);
  }
  EXPECT_THAT(Element(1), ElementsAre(1, 2, 0, 1, 0, 0, 0));
  EXPECT_EQ(Lesson()[kLessonKind], v1::VISIT_KIND_TEAM);
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

}  // namespace
}  // namespace halfterm::sync
