// How a visit goes from its plan to its end: who creates one, what is missing on the way, which day
// counts, and what withdrawing takes away.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/commit/pushed_school.h"
#include "storage/commit/rollups.h"
#include "sync/contribution.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;

// Two tablets of one observer: the plan is on the one, the page on the other.
TEST_F(PushTest, S33APageThatComesBeforeAfterOrWithoutThePlanOfItsVisitIsHeldTheSame) {
  PushingTablet office = school.Tablet(people.hana, 1), classroom = school.Tablet(people.hana, 2);
  const auto send_plan = [&] {
    office.Write(Facet(core::kPlan), {},
                 PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
    EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);
  };
  const auto send_page = [&] {
    classroom.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
    EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
  };
  const auto page_shows = [&] {
    return ValuesAt(school.Stored(Facet(core::kSheet, people.hana)),
                    Path::Entry(3, core::NumberKey(4), 1, Kind::kReg));
  };
  const auto readers = [&] { return school.StoredRow(Facet(core::kSheet, people.hana)).scopes(); };
  const auto level = [&] {
    const core::Facet plan = school.Stored(Facet(core::kPlan));
    return sync::PhaseOf(&plan, v1::Plan::kPhaseFieldNumber).level;
  };

  send_plan();
  send_page();
  EXPECT_THAT(page_shows(), ElementsAre(Number(3)));
  EXPECT_EQ(level(), core::kDraft);
  const std::string readers_after = readers();
  const auto rollups_after = school.Rollups();

  visit = school.NewId();
  send_page();
  EXPECT_THAT(page_shows(), ElementsAre(Number(3)));
  EXPECT_EQ(readers(), readers_after) << "its writer alone";
  EXPECT_EQ(school.Rollups(), rollups_after) << "it is nobody's lesson yet, and in no figure";
  send_plan();
  EXPECT_THAT(page_shows(), ElementsAre(Number(3)));
  EXPECT_EQ(level(), core::kDraft) << "what came first has begun the visit";
  EXPECT_EQ(readers(), readers_after);
  EXPECT_NE(school.Rollups(), rollups_after) << "and it counts";
}

TEST_F(PushTest, NobodyCreatesWhatNoRoleAllows) {
  const struct {
    const char* what;
    core::Id16 author;
    v1::VisitKind kind;
    core::Id16 teacher, department;
    v1::Disposition disposition;
  } cases[] = {
      {"head of the department", people.hana, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"head of another one", people.hugo, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"under their own department's name", people.hugo, v1::VISIT_KIND_DEPT, people.tia,
       people.art, v1::DISPOSITION_QUARANTINED},
      {"a teacher", people.tom, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"a note between colleagues", people.tom, v1::VISIT_KIND_INFORMAL, people.tia, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"of oneself", people.hana, v1::VISIT_KIND_DEPT, people.hana, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"of oneself as SELF", people.hana, v1::VISIT_KIND_SELF, people.hana, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"SELF of a colleague", people.hana, v1::VISIT_KIND_SELF, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"a senior leader, anybody", people.sara, v1::VISIT_KIND_WALK, people.ann, people.art,
       v1::DISPOSITION_COMMITTED},
      {"a coach without a pairing", people.tom, v1::VISIT_KIND_COACH, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"of nobody that is known", people.sara, v1::VISIT_KIND_DEPT, IdNumber(99), people.maths,
       v1::DISPOSITION_QUARANTINED},
  };
  uint8_t device = 1;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit = school.NewId();
    PushingTablet tablet = school.Tablet(c.author, device++);
    tablet.Write(Facet(core::kPlan), {},
                 PlanValues(c.kind, c.teacher, c.department, people.rubric_a));
    const v1::PushResult result = Only(tablet);
    EXPECT_EQ(result.disposition(), c.disposition) << result.detail();
    EXPECT_EQ(school.Stored(Facet(core::kPlan)).cells.empty(),
              c.disposition != v1::DISPOSITION_COMMITTED);
  }
}

TEST_F(PushTest, AVisitGoesFromPlanToClosedAndSaysWhatIsMissing) {
  PushingTablet hana = school.Tablet(people.hana, 1), tom = school.Tablet(people.tom, 2);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  ASSERT_TRUE(hana.Push().ok());
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kPlanned}));
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_NOT_ALL_SUBMITTED);
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_MISSING);

  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
  ASSERT_TRUE(hana.Push().ok());
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kDraft}));
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kDraft})) << "a refused intent changed it";
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_ALREADY);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kSubmitted}));

  hana.Write(Facet(core::kFeedback), {}, StrengthValues(school.NewId(), "calm start"));
  ASSERT_TRUE(hana.Push().ok());
  // Tom cannot see the visit, and is told what he would be told if it were not there.
  EXPECT_EQ(Share(tom, 1).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_STALE);
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_ALREADY);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 1, core::kShared}));

  const core::Facet held = school.Stored(Facet(core::kVersion, core::NumberKey(1)));
  ASSERT_EQ(held.cells.size(), 1u);
  v1::SharedVersion shared;
  ASSERT_TRUE(shared.ParseFromString(held.cells[0].siblings[0].value));
  EXPECT_THAT(shared.strengths(), ElementsAre("calm start"));
  ASSERT_EQ(shared.ratings_size(), 1);
  EXPECT_EQ(shared.ratings(0).level(), 3u);
  EXPECT_FALSE(school.Rollups().empty());

  v1::Intent close;
  close.mutable_close()->set_round(1);
  EXPECT_EQ(Intend(tom, core::kPlan, close).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(Intend(hana, core::kPlan, close).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_CLOSED);

  // Written before its tablet heard of the close: committed. Written knowing of it: kept aside.
  const FacetId sheet = Facet(core::kSheet, people.hana);
  hana.Write(sheet, school.Stored(sheet), RatingValues(5, 1));
  EXPECT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  hana.known = {0, 1, core::kClosed};
  hana.Write(sheet, school.Stored(sheet), RatingValues(5, 2));
  EXPECT_EQ(Only(hana).reason(), v1::REASON_CLOSED);
}

TEST_F(PushTest, WithdrawingTakesTheVisitOutOfEveryFigure) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  ASSERT_FALSE(school.Rollups().empty());
  v1::Intent withdraw;
  EXPECT_EQ((withdraw.mutable_withdraw(), Intend(hana, core::kPlan, withdraw).outcome()),
            v1::OUTCOME_MISSING);
  withdraw.mutable_withdraw()->set_reason("the wrong class");
  EXPECT_EQ(Intend(hana, core::kPlan, withdraw).outcome(), v1::OUTCOME_DONE);
  EXPECT_TRUE(school.Rollups().empty()) << school.Rollups().size();
  EXPECT_FALSE(school.StoredRow(Facet(core::kPlan)).scopes().empty());
  EXPECT_TRUE(school.StoredRow(Facet(core::kSheet, people.hana)).scopes().empty());
}

// The half-term of the lesson closes on 23 October.
class LateTest : public PushTest {
 protected:
  int64_t RecordedLate() {
    const std::string prefix = ToHex(storage::RollupPrefix(school.tenant(), 6));
    int64_t late = 0;
    for (const auto& [key, value] : school.Rollups()) {
      if (key.compare(0, prefix.size(), prefix) != 0) continue;
      const auto row = storage::DecodeVector(FromHex(value));
      EXPECT_TRUE(row.ok());
      if (row->size() > sync::kCoverLate) late += (*row)[sync::kCoverLate];
    }
    return late;
  }
};

TEST_F(LateTest, AVisitIsLateByTheDayOnWhichItsLastPageComesWhicheverThatIs) {
  const int64_t in_time = At(2026, 10, 23, 23, 59), late = At(2026, 10, 24, 0, 0);
  const struct {
    const char* what;
    int64_t plan_ms, sheet_ms;
    int64_t late;
  } cases[] = {{"all on the last day", in_time, in_time, 0},
               {"the plan after the sheet", late, in_time, 1},
               {"the sheet after the plan", in_time, late, 1},
               {"all a day late", late, late, 1}};
  int64_t expected = 0;
  uint8_t device = 1;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit = school.NewId();
    PushingTablet office = school.Tablet(people.hana, device++);
    PushingTablet classroom = school.Tablet(people.hana, device++);
    const auto plan = [&] {
      school.clock.SetWall(c.plan_ms);
      office.Write(Facet(core::kPlan), {},
                   PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
      EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);
    };
    const auto sheet = [&] {
      school.clock.SetWall(c.sheet_ms);
      classroom.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
      EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
      EXPECT_EQ(Submit(classroom).outcome(), v1::OUTCOME_DONE);
    };
    if (c.plan_ms > c.sheet_ms) {
      sheet();
      plan();
    } else {
      plan();
      sheet();
    }
    EXPECT_EQ(PlanPhase().level, core::kSubmitted);
    expected += c.late;
    EXPECT_EQ(RecordedLate(), expected);
    // What comes afterwards makes nothing late.
    school.clock.SetWall(At(2026, 12, 1));
    classroom.Write(Facet(core::kSheet, people.hana),
                    school.Stored(Facet(core::kSheet, people.hana)), RatingValues(5, 2));
    EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
    EXPECT_EQ(RecordedLate(), expected);
  }
}

TEST_F(LateTest, AVersionCarriesTheDayInTheSchoolsZoneAndThatOfTheFirst) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  school.clock.SetWall(At(2026, 9, 16, 0, 30));  // In UTC it is the day before.
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  school.clock.SetWall(At(2026, 9, 30));
  ASSERT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_DONE);
  const auto version = [this](uint8_t round) {
    core::Id16 sub;
    sub.bytes[15] = round;
    const core::Facet facet = school.Stored(Facet(core::kVersion, sub));
    v1::SharedVersion shared;
    EXPECT_TRUE(shared.ParseFromString(ValuesAt(facet, Path::Field(1, Kind::kBlob)).at(0)));
    return shared;
  };
  EXPECT_EQ(version(1).shared_day(), Day(2026, 9, 16));
  EXPECT_EQ(version(1).first_shared_day(), Day(2026, 9, 16));
  EXPECT_EQ(version(2).shared_day(), Day(2026, 9, 30));
  EXPECT_EQ(version(2).first_shared_day(), Day(2026, 9, 16));
}

}  // namespace
}  // namespace halfterm::testing
