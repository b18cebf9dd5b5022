// What went wrong in other systems, tried on this one over the real server: the C cases that no
// practice of a school tries by itself (docs/loop-cases.md lists all of them).

#include "halfterm/v1/trend.pb.h"
#include "sync/core/delta.h"
#include "tests/end_to_end/practice/school.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

constexpr uint16_t kRoom = v1::Plan::kRoomFieldNumber;

class LoopCasesTest : public PracticeTest {
 protected:
  LoopCasesTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    Import();
  }
  v1::Plan PlanOf(WireTablet& tablet, const Id16& visit) {
    v1::Plan plan;
    const auto held = core::Decode(tablet.Held({visit, core::kPlan, {}}), core::kFacetLimits);
    EXPECT_TRUE(held.ok());
    if (held.ok()) {
      (void)sync::ReadView(sync::Schema::OfThisBuild(), core::kPlan, *held, plan, nullptr);
    }
    return plan;
  }
  // A write over what the tablet pulled, as an app makes it: its context names all that was shown.
  static void WriteOver(WireTablet& tablet, const core::FacetId& facet, const Path& path,
                        const std::string& value) {
    const auto held = core::Decode(tablet.Held(facet), core::kFacetLimits);
    ASSERT_TRUE(held.ok());
    core::Facet delta;
    delta.cells.push_back(core::Written(*held, path, tablet.next_dot(), tablet.person(), value));
    tablet.Keep(tablet.Sealed(tablet.Header(facet), core::Encode(delta)));
  }
  static Path LevelOf(uint16_t element) {
    return Path::Entry(3, core::NumberKey(element), 1, Kind::kReg);
  }
  // The levels of one element that the observer's sheet holds side by side.
  std::multiset<std::string> LevelsSideBySide(WireTablet& tablet, const Id16& visit,
                                              uint16_t element) {
    std::multiset<std::string> values;
    const auto held =
        core::Decode(tablet.Held({visit, core::kSheet, tablet.person()}), core::kFacetLimits);
    EXPECT_TRUE(held.ok());
    if (!held.ok()) return values;
    const core::Cell* cell = held->Find(LevelOf(element));
    if (cell == nullptr) return values;
    for (const core::Sibling& sibling : cell->siblings) values.insert(sibling.value);
    return values;
  }
  v1::TeacherReply FiguresWithLessons(const Id16& person, const Id16& teacher) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(teacher));
    request.set_with_lessons(true);
    v1::TeacherReply reply;
    grpc::ClientContext context;
    Tablet(person).Prepare(context);
    EXPECT_TRUE(
        v1::Summaries::NewStub(Tablet(person).channel())->Teacher(&context, request, &reply).ok());
    return reply;
  }
};

TEST_F(LoopCasesTest, C3WhatTheServerWroteSurvivesATabletThatNeverSawIt) {
  const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_DEPT, school.tia});
  Push(school.sara);
  WireTablet away(server, "northgate", school.sara, 99);
  ASSERT_TRUE(away.Pull().ok());
  v1::Intent correct;
  correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
  correct.mutable_correct_plan()->set_value(BytesOf(school.tom));
  correct.mutable_correct_plan()->set_reason("I was in Tom's room");
  Tablet(school.sara).Intend({visit, core::kPlan, {}}, correct);
  EXPECT_EQ(Pushed(school.sara), "COMMITTED DONE");

  WriteOver(away, {visit, core::kPlan, {}}, Path::Field(kRoom, Kind::kReg), "M4");
  ASSERT_TRUE(away.Push().ok());
  ASSERT_TRUE(away.Pull().ok());
  const v1::Plan plan = PlanOf(away, visit);
  EXPECT_EQ(plan.teacher(), school.tom.view());
  EXPECT_EQ(plan.room(), "M4");
}

TEST_F(LoopCasesTest, C4OneRoundTripOfEachTabletIsEnoughForAllToHoldTheSame) {
  const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_TEAM,
                                        school.tia,
                                        {},
                                        At(2026, 9, 14),
                                        50,
                                        {{school.sara, v1::STRAND_TEACHING},
                                         {school.hana, v1::STRAND_LEARNING},
                                         {school.hugo, v1::STRAND_BEHAVIOUR}}});
  Push(school.sara);
  const Id16 team[] = {school.sara, school.hana, school.hugo};
  for (const Id16& observer : team) ASSERT_TRUE(Tablet(observer).Pull().ok());
  for (const Id16& observer : team) {
    Rate(observer, visit, 1, 3);
    Submit(observer, visit);
  }
  // All of them come back into signal at once.
  for (const Id16& observer : team) Push(observer);
  std::set<std::string> plans, sheets;
  for (const Id16& observer : team) {
    ASSERT_TRUE(Tablet(observer).Pull().ok());
    EXPECT_TRUE(Tablet(observer).Request().groups().empty()) << "nothing is left to send";
    plans.insert(Tablet(observer).Held({visit, core::kPlan, {}}));
    std::string all;
    for (const Id16& of : team) all += Tablet(observer).Held({visit, core::kSheet, of}) + "|";
    sheets.insert(all);
  }
  EXPECT_EQ(plans.size(), 1u);
  EXPECT_EQ(sheets.size(), 1u);
  EXPECT_EQ(sheets.begin()->find("||"), std::string::npos) << "each sheet is everywhere";
}

TEST_F(LoopCasesTest, C6AConflictIsFoundThoughOtherUpdatesCameBetween) {
  const Id16 visit = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  Rate(school.hana, visit, 1, 1);
  Push(school.hana);
  // The second tablet of the same observer has seen the first value, and then goes offline.
  WireTablet away(server, "northgate", school.hana, 99);
  ASSERT_TRUE(away.Pull().ok());
  WriteOver(away, {visit, core::kSheet, school.hana}, LevelOf(1), Number(4));
  for (const uint32_t level : {2u, 3u}) {
    Rate(school.hana, visit, 1, level);
    Push(school.hana);
  }
  ASSERT_TRUE(away.Push().ok());
  ASSERT_TRUE(away.Pull().ok());
  EXPECT_EQ(LevelsSideBySide(away, visit, 1), (std::multiset<std::string>{Number(3), Number(4)}))
      << "the newest of each tablet, whatever came between";
}

TEST_F(LoopCasesTest, C8WhoeverChoosesIsNamedAndWhatWasNotChosenCanBeReadInTheLog) {
  const Id16 visit = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  Push(school.hana);
  WireTablet away(server, "northgate", school.hana, 99);
  ASSERT_TRUE(away.Pull().ok());
  Rate(school.hana, visit, 1, 2);
  Push(school.hana);
  away.Write({visit, core::kSheet, school.hana}, RatingValues(1, 4));
  ASSERT_TRUE(away.Push().ok());
  ASSERT_TRUE(away.Pull().ok());
  ASSERT_EQ(LevelsSideBySide(away, visit, 1).size(), 2u);

  // The choice is a write of its author over both, and so has a context that names both.
  const core::FacetId sheet{visit, core::kSheet, school.hana};
  WriteOver(away, sheet, LevelOf(1), Number(4));
  ASSERT_TRUE(away.Push().ok());
  ASSERT_TRUE(away.Pull().ok());
  EXPECT_EQ(LevelsSideBySide(away, visit, 1), (std::multiset<std::string>{Number(4)}));
  const auto now = core::Decode(away.Held(sheet), core::kFacetLimits);
  ASSERT_TRUE(now.ok());
  const core::Cell* cell = now->Find(LevelOf(1));
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(cell->siblings.front().author, school.hana);
  EXPECT_GT(cell->siblings.front().stamp, 0u) << "when";
  // Both values are in the log, which joins to what is held: nothing was overwritten in place.
  grpc::ClientContext context;
  v1::VerifyRequest request;
  request.set_tenant("northgate");
  const auto stream = server.admin().Verify(&context, request);
  v1::VerifyReply reply;
  while (stream->Read(&reply)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(reply.difference_count(), 0u);
  EXPECT_GE(reply.groups(), 4u);
}

TEST_F(LoopCasesTest, C16ARoleThatEndsTakesPagesAwayKeepsWorkAndLeavesFiguresRight) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  ASSERT_FALSE(Held(school.hana, visit).empty());
  const v1::TeacherReply before = Figures(school.hedy, school.tia);
  // Written on the tablet while the role ends elsewhere.
  Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tom});
  for (v1::RoleGrant& grant : school.content.grants) {
    if (grant.person() == school.hana.view()) grant.set_to_day(Day(2026, 9, 13));
  }
  Import();
  EXPECT_EQ(Pushed(school.hana), "QUARANTINED ENDED") << "kept for whoever leads the teacher now";
  EXPECT_EQ(Figures(school.hedy, school.tia).elements(0).ShortDebugString(),
            before.elements(0).ShortDebugString());
  v1::CoverageRequest coverage;
  coverage.set_org(BytesOf(school.maths));
  v1::CoverageReply reply;
  grpc::ClientContext asking;
  Tablet(school.hana).Prepare(asking);
  EXPECT_EQ(v1::Summaries::NewStub(Tablet(school.hana).channel())
                ->Coverage(&asking, coverage, &reply)
                .error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(LoopCasesTest, C17AFirstFetchOfASchoolOf120IsScopedByRoleAndUnderTwoMegabytes) {
  for (uint8_t i = 0; i < 110; ++i) {
    Id16 id = IdNumber(96);
    id.bytes[2] = static_cast<uint8_t>(i + 1);
    school.AddPerson(id, "Teacher " + std::to_string(i), {i < 10 ? school.maths : school.art});
  }
  Import();
  for (int i = 0; i < 60; ++i) {
    Id16 id = IdNumber(96);
    id.bytes[2] = static_cast<uint8_t>(i + 1);
    const bool maths = i < 10;
    const Id16 visit = Plan(maths ? school.hana : school.hugo,
                            {v1::VISIT_KIND_DEPT, id, maths ? school.maths : school.art});
    Strength(maths ? school.hana : school.hugo, visit, std::string(400, 'a'));
  }
  Push(school.hana);
  Push(school.hugo);
  WireTablet fresh(server, "northgate", school.hana, 120);
  ASSERT_TRUE(fresh.Pull().ok());
  size_t bytes = 0, visits = 0;
  for (const auto& [record, held] : fresh.held.records) {
    for (const auto& [facet, state] : held.facets) {
      bytes += fresh.Held(facet).size();
      visits += facet.facet_class == core::kPlan ? 1 : 0;
    }
  }
  EXPECT_EQ(visits, 10u) << "her department's, and nobody else's";
  EXPECT_GT(bytes, 20'000u);
  EXPECT_LT(bytes, size_t{2} << 20);
}

TEST_F(LoopCasesTest, C20AfterSharingEditsWaitForTheNextVersionAndBothStay) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  Rate(school.hana, visit, 1, 3);
  Strength(school.hana, visit, "And a calm end.");
  Push(school.hana);
  EXPECT_EQ(Version(school.tia, visit, 1).strengths_size(), 1) << "what she reads has not moved";
  EXPECT_EQ(Version(school.tia, visit, 1).ratings(0).level(), 2u);
  EXPECT_EQ(Held(school.tia, visit).count(core::kFeedback), 0u) << "working pages are not hers";
  v1::TeacherReply leaders = FiguresWithLessons(school.hana, school.tia);
  ASSERT_EQ(leaders.lessons_size(), 1);
  EXPECT_TRUE(leaders.lessons(0).changed_since_shared());
  EXPECT_EQ(Figures(school.tia, school.tia).elements(0).sum(), 2u) << "her own page too";

  Share(school.hana, visit, 2);
  EXPECT_EQ(Pushed(school.hana), "COMMITTED DONE");
  EXPECT_EQ(Version(school.tia, visit, 1).strengths_size(), 1) << "the old one stays readable";
  EXPECT_EQ(Version(school.tia, visit, 2).strengths_size(), 2);
  EXPECT_EQ(Version(school.tia, visit, 2).ratings(0).level(), 3u);
  leaders = FiguresWithLessons(school.hana, school.tia);
  EXPECT_FALSE(leaders.lessons(0).changed_since_shared());
}

TEST_F(LoopCasesTest, C21WhatWasWithdrawnOrErasedDoesNotComeBackWithALateTablet) {
  school.AddGrant(school.ann, v1::ROLE_PEER, {}).add_people(BytesOf(school.tia));
  Import();
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  const Id16 peer = Observed(school.ann, {v1::VISIT_KIND_PEER, school.tia}, 3);
  WireTablet hana_away(server, "northgate", school.hana, 98);
  WireTablet ann_away(server, "northgate", school.ann, 99);
  ASSERT_TRUE(hana_away.Pull().ok());
  ASSERT_TRUE(ann_away.Pull().ok());

  v1::Intent withdraw, erase;
  withdraw.mutable_withdraw()->set_reason("The wrong class.");
  Tablet(school.hana).Intend({visit, core::kPlan, {}}, withdraw);
  Push(school.hana);
  erase.mutable_erase_peer();
  Tablet(school.tia).Intend({peer, core::kPlan, {}}, erase);
  EXPECT_EQ(Pushed(school.tia), "COMMITTED DONE");

  hana_away.Write({visit, core::kSheet, school.hana}, RatingValues(2, 4));
  ann_away.Write({peer, core::kSheet, school.ann}, RatingValues(2, 4));
  v1::PushReply late;
  ASSERT_TRUE(hana_away.Push().ok());
  ASSERT_TRUE(ann_away.Push(&late).ok());
  EXPECT_EQ(late.results(0).disposition(), v1::DISPOSITION_ERASED) << "a counter and nothing else";
  EXPECT_EQ(Figures(school.hedy, school.tia).visits(), 0u);
  ASSERT_TRUE(ann_away.Pull().ok());
  EXPECT_EQ(ann_away.Held({peer, core::kPlan, {}}), "");
  EXPECT_TRUE(Held(school.tia, peer).empty());
  const v1::CoverageReply coverage = Coverage(school.hana, school.maths);
  EXPECT_EQ(StateOf(coverage, school.tia, "Half-termly visit"), v1::COVERAGE_STATE_DUE);
}

// Lists of people stand by name or by day, never by what somebody was given; a person's figures are
// each of one element, and there is no figure of all.
TEST_F(LoopCasesTest, C28NoPageRanksNamedTeachersOrGivesOneGrade) {
  Observed(school.sara, {v1::VISIT_KIND_DEPT, school.tia}, 1);
  Observed(school.sara, {v1::VISIT_KIND_DEPT, school.tom}, 4);
  Observed(school.sara, {v1::VISIT_KIND_DEPT, school.hana}, 2);
  v1::DepartmentRequest request;
  request.set_department(BytesOf(school.maths));
  request.set_with_teachers(true);
  v1::DepartmentReply page;
  grpc::ClientContext context;
  Tablet(school.hedy).Prepare(context);
  ASSERT_TRUE(v1::Summaries::NewStub(Tablet(school.hedy).channel())
                  ->Department(&context, request, &page)
                  .ok());
  std::vector<std::string> names;
  for (const v1::TeacherRow& row : page.teachers()) names.push_back(row.display_name());
  ASSERT_GE(names.size(), 3u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end())) << "alphabetical";
  const v1::CoverageReply coverage = Coverage(school.hana, school.maths);
  for (const v1::RuleCoverage& rule : coverage.rules()) {
    names.clear();
    for (const v1::TeacherCoverage& one : rule.teachers()) names.push_back(one.display_name());
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  }
  // What a page can say at all: no field of a person's row is a mean or a place over all elements.
  for (const google::protobuf::Descriptor* message :
       {v1::TeacherReply::descriptor(), v1::TeacherRow::descriptor(), v1::TrendsReply::descriptor(),
        v1::TeacherCoverage::descriptor(), v1::PersonLoad::descriptor()}) {
    for (int i = 0; i < message->field_count(); ++i) {
      for (const char* word : {"mean", "rank", "grade", "score", "median", "total_level"}) {
        EXPECT_EQ(message->field(i)->name().find(word), std::string::npos)
            << message->name() << "." << message->field(i)->name();
      }
    }
  }
}

}  // namespace
}  // namespace halfterm::testing
