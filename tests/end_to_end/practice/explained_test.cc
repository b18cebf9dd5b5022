// Each figure can be explained from its page: which lessons are in it, of which half-term, what is
// still on its way, and why it is another one than before.

#include "tests/end_to_end/practice/school.h"

namespace halfterm::testing {
namespace {

class ExplainedPracticeTest : public PracticeTest {
 protected:
  ExplainedPracticeTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    Import();
  }
  v1::TeacherReply Of(const Id16& person, const Id16& teacher, uint32_t h2,
                      uint64_t last_view_seq = 0, const Id16& rubric = {}) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(teacher));
    request.set_h2(h2);
    request.set_with_lessons(true);
    request.set_last_view_seq(last_view_seq);
    if (!rubric.IsZero()) request.set_rubric_version(BytesOf(rubric));
    v1::TeacherReply reply;
    grpc::ClientContext context;
    Tablet(person).Prepare(context);
    const grpc::Status status =
        v1::Summaries::NewStub(Tablet(person).channel())->Teacher(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  v1::ChangesRequest ChangesAsked(const Id16& org, uint64_t since_seq) {
    v1::ChangesRequest request;
    request.set_org(BytesOf(org));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_since_seq(since_seq);
    return request;
  }
  v1::ChangesReply Changes(const Id16& person, const Id16& org, uint64_t since_seq) {
    return Page(person, &v1::Practice::Stub::Changes, ChangesAsked(org, since_seq));
  }
  v1::ChangesReply ChangesOf(const Id16& person, const Id16& teacher, uint64_t since_seq) {
    v1::ChangesRequest request;
    request.set_teacher(BytesOf(teacher));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_since_seq(since_seq);
    return Page(person, &v1::Practice::Stub::Changes, request);
  }
  void Correct(const Id16& lead, const Id16& visit, uint32_t field, const std::string& value) {
    v1::Intent correct;
    correct.mutable_correct_plan()->set_field(field);
    correct.mutable_correct_plan()->set_value(value);
    correct.mutable_correct_plan()->set_reason("put right");
    Tablet(lead).Intend({visit, core::kPlan, {}}, correct);
    ASSERT_EQ(Pushed(lead), "COMMITTED DONE");
  }
};

// The last evening of a half-term and the first minutes of the next, in the school's time: in
// summer London's midnight is an hour before the clock of the server.
TEST_F(ExplainedPracticeTest,
       ALessonCountsByTheSchoolsMidnightOnBothSidesOfAHalfTermAndOfTheClocks) {
  const struct {
    int64_t start_ms;
    uint32_t h2;
    const char* when;
  } lessons[] = {
      {At(2026, 10, 23, 23, 59), SmallSchool::kAutumn1,
       "the last minute of Autumn 1, in summer time"},
      {At(2026, 10, 25, 1, 30), SmallSchool::kAutumn1, "the hour that comes twice, in the holiday"},
      {At(2026, 11, 1, 23, 59), SmallSchool::kAutumn1, "the last minute of the holiday"},
      {At(2026, 11, 2, 0, 0), SmallSchool::kAutumn2, "the first minute of Autumn 2"},
      {At(2027, 4, 11, 23, 59), SmallSchool::kSpring2, "the last minute of the Easter holiday"},
      {At(2027, 4, 12, 0, 0), SmallSchool::kSummer1, "the first minute of Summer 1, 23:00 in UTC"}};
  std::map<uint32_t, uint32_t> visits;
  for (const auto& lesson : lessons) {
    const Id16 visit =
        Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, lesson.start_ms});
    const v1::TeacherReply page = Of(school.hana, school.tia, lesson.h2);
    EXPECT_EQ(page.visits(), ++visits[lesson.h2]) << lesson.when;
    ASSERT_GT(page.lessons_size(), 0) << lesson.when;
    EXPECT_EQ(page.lessons(0).visit(), visit.view()) << lesson.when;
    EXPECT_EQ(page.lessons(0).h2(), lesson.h2) << lesson.when;
  }
}

TEST_F(ExplainedPracticeTest, WhatWasWrittenBeforeAViewAndCameAfterItIsSaidOnTheFigureAndNamed) {
  WireTablet away(server, "northgate", school.hana, 99);
  const Id16 visit = NewId();
  away.Write({visit, core::kPlan, {}}, PlanValues(school, school.hana, school.tia));
  away.Write({visit, core::kSheet, school.hana}, RatingValues(1, 3));
  server.clock.Advance(3'600'000);
  const Id16 seen = Observed(school.sara, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  const v1::TeacherReply before = Of(school.hana, school.tia, 0);
  EXPECT_EQ(before.watermark().late_since_last_view(), 0u);

  // The head's other tablet comes in from a day without signal, and what it holds is shared.
  ASSERT_TRUE(away.Push().ok());
  Submit(school.hana, visit);
  Strength(school.hana, visit, "A calm start.");
  Share(school.hana, visit);
  Push(school.hana);
  const v1::TeacherReply after = Of(school.hana, school.tia, 0, before.watermark().as_of_seq());
  EXPECT_EQ(after.visits(), before.visits() + 1);
  const v1::ChangesReply why = Changes(school.hana, school.maths, before.watermark().as_of_seq());
  ASSERT_EQ(why.changes_size(), 1) << "and nothing of the visit that was there";
  EXPECT_EQ(why.changes(0).visit(), visit.view());
  EXPECT_NE(why.changes(0).visit(), seen.view());
  EXPECT_EQ(why.changes(0).display_name(), "Tia Green");
}

TEST_F(ExplainedPracticeTest, AMovedTeachersLessonsStayWhereTheyWereGivenAndTheNewPageSaysSo) {
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 4);
  const v1::TeacherReply in_maths = Of(school.hana, school.tia, 0);
  school.person(school.tia).mutable_departments(0)->set_org(BytesOf(school.art));
  Import();
  EXPECT_EQ(Of(school.hana, school.tia, 0).visits(), in_maths.visits())
      << "the lessons of the department stay on its head's page";
  EXPECT_EQ(Of(school.hugo, school.tia, 0).visits(), 0u) << "and are not on the new one's";
  EXPECT_EQ(Of(school.hedy, school.tia, 0).visits(), 1u);
}

TEST_F(ExplainedPracticeTest, ARubricVersionBreaksTheLineAndTheOtherVersionIsNamed) {
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 4);
  std::swap(school.rubric_a, school.rubric_b);  // Plans name the first.
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 15)}, 2);
  const v1::TeacherReply latest = Of(school.hana, school.tia, 0);
  ASSERT_EQ(latest.elements_size(), 1);
  EXPECT_EQ(latest.elements(0).n(), 1u) << "never a mean over two versions";
  ASSERT_EQ(latest.other_rubric_versions_size(), 1);
  const auto other = Id16::FromBytes(latest.other_rubric_versions(0));
  EXPECT_EQ(Of(school.hana, school.tia, 0, 0, *other).elements(0).n(), 1u);
}

TEST_F(ExplainedPracticeTest, AnErasedPeerVisitTakesItsTickAlongAndMovesNoFigure) {
  school.AddGrant(school.ann, v1::ROLE_PEER, {}).add_people(BytesOf(school.tia));
  Import();
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  const std::string before = Of(school.hana, school.tia, 0).elements(0).ShortDebugString();
  const Id16 peer = Observed(school.ann, {v1::VISIT_KIND_PEER, school.tia}, 1);
  const v1::TeacherReply with = Of(school.hana, school.tia, 0);
  EXPECT_EQ(with.elements(0).ShortDebugString(), before) << "a peer visit is in no figure";
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 2u);
  v1::Intent erase;
  erase.mutable_erase_peer();
  Tablet(school.tia).Intend({peer, core::kPlan, {}}, erase);
  EXPECT_EQ(Pushed(school.tia), "COMMITTED DONE");
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 1u);
  EXPECT_EQ(Of(school.hana, school.tia, 0).elements(0).ShortDebugString(), before);
  EXPECT_EQ(Changes(school.hana, school.maths, with.watermark().as_of_seq()).changes_size(), 0);
}

// What one tablet showed under the number of a version is not always what the server holds under
// it.
TEST_F(ExplainedPracticeTest, I9OnlyAnAcknowledgementOfTheTextThatWasSharedCounts) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  server.clock.Advance(int64_t{20} * 24 * 3'600'000);
  EXPECT_EQ(Pack(school.sara, school.site).not_acknowledged_size(), 1);
  Acknowledge(school.tia, visit, 1, "what a tablet of hers held before the server was restored");
  EXPECT_EQ(Pack(school.sara, school.site).not_acknowledged_size(), 1)
      << "she has read something, and not this";
  EXPECT_EQ(Shown<v1::Response>(school.hana, {visit, core::kResponse, school.tia}).acks_size(), 1)
      << "what she wrote is kept";
  Acknowledge(school.tia, visit);
  EXPECT_EQ(Pack(school.sara, school.site).not_acknowledged_size(), 0);
}

// "+1 Mr Blackwood", and also "-1": a figure that fell is explained as one that rose.
TEST_F(ExplainedPracticeTest, AVisitThatLeavesAPageIsListedWithItsReasonAndTheOtherPageHasItToo) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  const Id16 unshared = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  Push(school.hana);
  const uint64_t seen = Of(school.hana, school.tia, 0).watermark().as_of_seq();
  Correct(school.hana, unshared, v1::Plan::kTeacherFieldNumber, BytesOf(school.tom));

  const v1::ChangesReply gone = ChangesOf(school.hana, school.tia, seen);
  ASSERT_EQ(gone.changes_size(), 1) << gone.ShortDebugString();
  EXPECT_EQ(gone.changes(0).reason(), v1::CHANGE_REASON_MOVED_AWAY);
  EXPECT_EQ(gone.changes(0).visit(), unshared.view());
  EXPECT_EQ(gone.changes(0).teacher(), school.tia.view());
  EXPECT_EQ(gone.changes(0).kind(), v1::VISIT_KIND_DEPT);
  EXPECT_EQ(gone.changes(0).lesson_start_ms(), At(2026, 9, 14));
  EXPECT_GT(gone.changes(0).arrived_ms(), 0);
  const v1::ChangesReply came = ChangesOf(school.hana, school.tom, seen);
  ASSERT_EQ(came.changes_size(), 1);
  EXPECT_EQ(came.changes(0).reason(), v1::CHANGE_REASON_MOVED_HERE);
  // Within the department it is a change of one visit, told of whom it is about now.
  const v1::ChangesReply both = Changes(school.hana, school.maths, seen);
  ASSERT_EQ(both.changes_size(), 1);
  EXPECT_EQ(both.changes(0).reason(), v1::CHANGE_REASON_CHANGED);
  EXPECT_EQ(both.changes(0).teacher(), school.tom.view());

  // Whoever looked after the change has nothing to be told.
  const uint64_t later = Of(school.hana, school.tia, 0).watermark().as_of_seq();
  EXPECT_EQ(ChangesOf(school.hana, school.tia, later).changes_size(), 0);
  EXPECT_EQ(ChangesOf(school.hana, school.tom, later).changes_size(), 0);
  EXPECT_NE(visit, unshared);
}

TEST_F(ExplainedPracticeTest, AVisitThatLeavesADepartmentOrAHalfTermIsToldToThoseWhoCouldReadIt) {
  const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 later = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tom});
  Push(school.sara);
  Push(school.hana);
  const uint64_t seen = Of(school.hana, school.tia, 0).watermark().as_of_seq();
  Tablet(school.hana)
      .Write({later, core::kPlan, {}}, {{Path::Field(8, Kind::kReg), Signed(At(2026, 11, 10))}});
  Push(school.hana);
  Correct(school.sara, visit, v1::Plan::kDepartmentAtLessonFieldNumber, BytesOf(school.art));

  const v1::ChangesReply maths = Changes(school.hana, school.maths, seen);
  std::map<std::string, v1::ChangeReason> said;
  for (const v1::Change& change : maths.changes()) {
    if (!change.visit().empty()) said[change.visit()] = change.reason();
  }
  EXPECT_EQ(said, (std::map<std::string, v1::ChangeReason>{
                      {BytesOf(visit), v1::CHANGE_REASON_MOVED_AWAY},
                      {BytesOf(later), v1::CHANGE_REASON_MOVED_AWAY}}))
      << maths.ShortDebugString();
  // Hugo leads art alone: the visit is on his page now, and he hears nothing of where it was.
  const v1::ChangesReply art = Changes(school.hugo, school.art, seen);
  ASSERT_EQ(art.changes_size(), 1) << art.ShortDebugString();
  EXPECT_EQ(art.changes(0).visit(), visit.view());
  EXPECT_EQ(art.changes(0).reason(), v1::CHANGE_REASON_MOVED_HERE);
  EXPECT_TRUE(
      IsRefused(school.hugo, &v1::Practice::Stub::Changes, ChangesAsked(school.maths, seen)))
      << "the page that it left is not his to ask about";
}

// An unannounced visit to the head of a department is nothing to her, whoever it is moved to.
TEST_F(ExplainedPracticeTest, WhoCouldNotReadAVisitHearsNothingOfItsHavingBeenOnTheirPage) {
  const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_DEPT, school.hana});
  Push(school.sara);
  const uint64_t seen = Of(school.hana, school.hana, 0).watermark().as_of_seq();
  ASSERT_TRUE(Held(school.hana, visit).empty());
  Correct(school.sara, visit, v1::Plan::kTeacherFieldNumber, BytesOf(school.tia));
  ASSERT_FALSE(Held(school.hana, visit).empty()) << "it is of a teacher whom she leads";

  EXPECT_EQ(ChangesOf(school.hana, school.hana, seen).changes_size(), 0);
  const v1::ChangesReply to_sara = ChangesOf(school.sara, school.hana, seen);
  ASSERT_EQ(to_sara.changes_size(), 1) << "who could read it there";
  EXPECT_EQ(to_sara.changes(0).reason(), v1::CHANGE_REASON_MOVED_AWAY);
  const v1::ChangesReply tias = ChangesOf(school.hana, school.tia, seen);
  ASSERT_EQ(tias.changes_size(), 1);
  EXPECT_EQ(tias.changes(0).reason(), v1::CHANGE_REASON_MOVED_HERE);
}

// A pair's visit was never on a leader's page, so it does not leave it either.
TEST_F(ExplainedPracticeTest, APrivateVisitThatGoesToAnotherPersonIsToldToNoLeader) {
  school.AddGrant(school.ann, v1::ROLE_PEER, {}).add_people(BytesOf(school.tia));
  school.AddGrant(school.ann, v1::ROLE_PEER, {}).add_people(BytesOf(school.tom));
  Import();
  const Id16 visit = Plan(school.ann, {v1::VISIT_KIND_PEER, school.tia});
  Push(school.ann);
  const uint64_t seen = Of(school.hana, school.tia, 0).watermark().as_of_seq();
  v1::Intent correct;
  correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
  correct.mutable_correct_plan()->set_value(BytesOf(school.tom));
  correct.mutable_correct_plan()->set_reason("I was with Tom");
  Tablet(school.ann).Intend({visit, core::kPlan, {}}, correct);
  ASSERT_EQ(Pushed(school.ann), "COMMITTED DONE");
  for (const Id16& leader : {school.hana, school.sara, school.hedy}) {
    for (const Id16& teacher : {school.tia, school.tom}) {
      EXPECT_EQ(ChangesOf(leader, teacher, seen).changes_size(), 0);
    }
  }
}

TEST_F(ExplainedPracticeTest, ARuleThatChangedIsAReasonOnEveryPageThatIsCountedByIt) {
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 3);
  const uint64_t seen = Of(school.hana, school.tia, 0).watermark().as_of_seq();
  const auto rules = [&](const Id16& person, const v1::ChangesReply& reply) {
    std::set<std::string> said;
    for (const v1::Change& change : reply.changes()) {
      EXPECT_EQ(change.reason(), v1::CHANGE_REASON_RULES) << change.ShortDebugString();
      EXPECT_GT(change.seq(), seen);
      EXPECT_GT(change.arrived_ms(), 0);
      said.insert(v1::RecordKind_Name(change.reference()).substr(12) + " " + change.title() +
                  change.display_name());
    }
    EXPECT_FALSE(person.IsZero());
    return said;
  };
  EXPECT_TRUE(rules(school.hana, Changes(school.hana, school.maths, seen)).empty());
  school.content.rules.front().add_exemptions()->set_person(BytesOf(school.tom));
  school.policy().set_walk_rated(true);
  school.content.rules.emplace_back(school.content.rules.front());
  v1::CoverageRule& arts = school.content.rules.back();
  arts.set_id(BytesOf(IdNumber(61)));
  arts.set_title("Art twice a year");
  arts.add_departments(BytesOf(school.art));
  school.person(school.ann).set_staff_code("AR");
  Import();
  EXPECT_EQ(rules(school.hana, Changes(school.hana, school.maths, seen)),
            (std::set<std::string>{"COVERAGE_RULE Half-termly visit", "POLICY "}))
      << "the rule of art and its teacher are nothing to maths";
  EXPECT_EQ(
      rules(school.hedy, Changes(school.hedy, school.site, seen)),
      (std::set<std::string>{"COVERAGE_RULE Art twice a year", "COVERAGE_RULE Half-termly visit",
                             "POLICY ", "PERSON Ann Reid"}));
  EXPECT_EQ(rules(school.tia, ChangesOf(school.tia, school.tia, seen)),
            (std::set<std::string>{"COVERAGE_RULE Half-termly visit", "POLICY "}));
}

}  // namespace
}  // namespace halfterm::testing
