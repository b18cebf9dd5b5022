// What is done for a department and by whom: visits to it and not to a teacher, governors' notes,
// steps that are dropped, posts that go to the next person, and levels of certified observers
// alone.

#include <map>
#include <string>

#include "halfterm/v1/management.pb.h"
#include "tests/end_to_end/practice/school.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

class DepartmentPracticeTest : public PracticeTest {
 protected:
  DepartmentPracticeTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    Import();
  }
  std::string Intended(const Id16& person, const core::FacetId& facet, const v1::Intent& intent) {
    Tablet(person).Intend(facet, intent);
    return Pushed(person);
  }
};

// Two days a week in one department: what its head makes of them, and no teacher's figure moves.
TEST_F(DepartmentPracticeTest, DepartmentVisitsAreReadByThoseWhoLeadItAndMoveNoTeachersFigure) {
  const std::string before = Coverage(school.hedy, school.site).rules(0).ShortDebugString();
  std::vector<Id16> programme;
  for (const int day : {8, 10, 11}) {
    programme.push_back(
        Plan(school.sara, {v1::VISIT_KIND_DEPT, {}, {}, At(2026, 9, day), 120, {}, "", false}));
    Praise(school.sara, programme.back(), "Every room had the same way to begin.");
    Submit(school.sara, programme.back());
    Push(school.sara);
  }
  for (const Id16& visit : programme) {
    EXPECT_TRUE(Held(school.hana, visit).count(core::kPlan)) << "she leads the department";
    EXPECT_TRUE(Held(school.hugo, visit).empty()) << "and he another one";
    EXPECT_TRUE(Held(school.tia, visit).empty()) << "nobody was observed";
  }
  EXPECT_EQ(Coverage(school.hedy, school.site).rules(0).ShortDebugString(), before);
  EXPECT_EQ(Figures(school.hedy, school.tia).visits(), 0u);
  EXPECT_EQ(Load(school.hedy, school.tia).visits(), 0u);
}

TEST_F(DepartmentPracticeTest, GovernorsVisitDepartmentsAndNameNoTeacher) {
  const Id16 about_tia = Plan(
      school.gus, {v1::VISIT_KIND_GOVERNOR, school.tia, {}, At(2026, 9, 14), 30, {}, "", false});
  EXPECT_NE(Pushed(school.gus).find("QUARANTINED NEVER_ALLOWED"), std::string::npos);
  EXPECT_TRUE(Held(school.hana, about_tia).empty());

  const Id16 visit =
      Plan(school.gus, {v1::VISIT_KIND_GOVERNOR, {}, {}, At(2026, 9, 14), 30, {}, "", false});
  Praise(school.gus, visit, "The department gave me an hour, and its plan.");
  Push(school.gus);
  EXPECT_TRUE(Held(school.hana, visit).empty()) << "it is not handed in yet";
  Submit(school.gus, visit);
  Push(school.gus);
  EXPECT_TRUE(Held(school.hana, visit).count(core::kSheet)) << "a note to the department";
  EXPECT_TRUE(Held(school.hugo, visit).empty());
  EXPECT_TRUE(Held(school.tia, visit).empty());
  EXPECT_EQ(Figures(school.hedy, school.tia).visits(), 0u);
}

// "It was a choice, and this is why": whoever reads it later need not guess.
TEST_F(DepartmentPracticeTest, AStepIsDroppedInWordsThatTheOtherSideReads) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 step = Step(school.hana, visit, "Ask two pupils by name.", Day(2026, 9, 25));
  Push(school.hana);
  ASSERT_TRUE(Tablet(school.tia).Pull().ok());
  const auto part = [&](uint16_t sub, Kind kind) { return Path::Entry(1, step, sub, kind); };
  Tablet(school.tia)
      .Write({visit, core::kSteps, {}},
             {{part(0, Kind::kElem), ""},
              {part(v1::Step::kStatusFieldNumber, Kind::kReg), Number(v1::STEP_STATUS_DROPPED)},
              {part(v1::Step::kDroppedBecauseFieldNumber, Kind::kPara), "Not my class any more."}});
  Push(school.tia);
  for (const Id16& reader : {school.hana, school.tia, school.sara}) {
    const auto steps = Shown<v1::Steps>(reader, {visit, core::kSteps, {}});
    ASSERT_EQ(steps.steps_size(), 1);
    EXPECT_EQ(steps.steps(0).text(), "Ask two pupils by name.");
    EXPECT_EQ(steps.steps(0).status(), v1::STEP_STATUS_DROPPED);
    EXPECT_EQ(steps.steps(0).dropped_because(), "Not my class any more.");
  }
  EXPECT_TRUE(Held(school.tom, visit).empty());
  EXPECT_EQ(Pack(school.sara, school.site).steps_size(), 0) << "nothing is due of it";

  // A stranger's reason is not taken, and neither is one of a thousand words.
  Tablet(school.tom)
      .Write({visit, core::kSteps, {}},
             {{part(0, Kind::kElem), ""},
              {part(v1::Step::kDroppedBecauseFieldNumber, Kind::kPara), "No."}});
  EXPECT_EQ(Pushed(school.tom).find("COMMITTED"), std::string::npos);
  Tablet(school.tia)
      .Write({visit, core::kSteps, {}},
             {{part(0, Kind::kElem), ""},
              {part(v1::Step::kDroppedBecauseFieldNumber, Kind::kPara), std::string(501, 'x')}});
  EXPECT_NE(Pushed(school.tia).find("QUARANTINED"), std::string::npos);
}

// A post for two years: its next holder has its pages, and the note of whoever held it before.
TEST_F(DepartmentPracticeTest, RotatingPostsGoToTheNextHolderWithANoteAndLeaveTheLastOne) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 cell = NewId();
  Tablet(school.hana)
      .Write({cell, core::kManagementCell, {}},
             {{Path::Field(1, Kind::kReg), BytesOf(school.maths)},
              {Path::Field(2, Kind::kReg), Number(v1::ROLE_HOD)},
              {Path::Field(3, Kind::kReg), "Induction"},
              {Path::Field(5, Kind::kReg), BytesOf(school.hana)},
              {Path::Field(9, Kind::kPara), "Ned still needs a mentor."}});
  Push(school.hana);
  EXPECT_TRUE(Held(school.tom, visit).empty());
  for (v1::RoleGrant& grant : school.content.grants) {
    if (grant.role() == v1::ROLE_HOD && grant.person() == school.hana.view()) {
      grant.set_to_day(Day(2026, 9, 13));
    }
  }
  school.AddGrant(school.tom, v1::ROLE_HOD, school.maths).set_from_day(Day(2026, 9, 14));
  Import();
  const auto tom_reads = [&] { return Held(school.tom, visit).count(core::kVersion) == 1; };
  EXPECT_TRUE(ComesTrue(tom_reads)) << "what was filed for the post";
  EXPECT_EQ(Shown<v1::ManagementCell>(school.tom, {cell, core::kManagementCell, {}}).hand_over(),
            "Ned still needs a mentor.");
  v1::CoverageRequest request;
  request.set_org(BytesOf(school.maths));
  v1::CoverageReply reply;
  grpc::ClientContext context;
  Tablet(school.hana).Prepare(context);
  EXPECT_EQ(v1::Summaries::NewStub(Tablet(school.hana).channel())
                ->Coverage(&context, request, &reply)
                .error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::ManagementRequest matrix;
  matrix.set_org(BytesOf(school.maths));
  const v1::ManagementReply page = Page(school.tom, &v1::Practice::Stub::Management, matrix);
  ASSERT_EQ(page.cells_size(), 1);
  EXPECT_TRUE(IsRefused(school.hana, &v1::Practice::Stub::Management, matrix));
}

TEST_F(DepartmentPracticeTest, ObserverTrainingASchoolMayCountLevelsOfCertifiedObserversAlone) {
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  ASSERT_EQ(Figures(school.hedy, school.tia).elements_size(), 1);
  school.policy().set_certified_only(true);
  Import();
  v1::TeacherRequest request;
  request.set_teacher(BytesOf(school.tia));
  request.set_with_lessons(true);
  const auto page = [&] {
    v1::TeacherReply reply;
    grpc::ClientContext context;
    Tablet(school.hedy).Prepare(context);
    EXPECT_TRUE(v1::Summaries::NewStub(Tablet(school.hedy).channel())
                    ->Teacher(&context, request, &reply)
                    .ok());
    return reply;
  };
  EXPECT_TRUE(ComesTrue([&] { return page().watermark().recomputing_since_ms() == 0; }));
  const v1::TeacherReply left_out = page();
  EXPECT_EQ(left_out.visits(), 1u) << "it was done, and counts as done";
  EXPECT_EQ(left_out.elements_size(), 0);
  ASSERT_EQ(left_out.lessons_size(), 1);
  EXPECT_TRUE(left_out.lessons(0).uncertified()) << "and the page says why there is no level";
  EXPECT_EQ(left_out.lessons(0).kind(), v1::VISIT_KIND_DEPT);
  EXPECT_EQ(Figures(school.tia, school.tia).elements_size(), 1)
      << "what she was given to read is hers to read";
}

}  // namespace
}  // namespace halfterm::testing
