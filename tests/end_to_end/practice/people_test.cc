// C25: two entries of the roster are one person. From then on every figure, page and right is what
// it would be had there been one entry, also for what was shared and answered; nothing that was
// written is gone, and the way back leaves two people as they were.

#include <gmock/gmock.h>

#include <vector>

#include "halfterm/v1/audit.grpc.pb.h"
#include "halfterm/v1/people.grpc.pb.h"
#include "tests/end_to_end/practice/school.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;

class PeoplePracticeTest : public PracticeTest {
 protected:
  PeoplePracticeTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    school.AddPerson(second, "T. Green", {school.maths}).set_sourced_id("u-77");
    Import();
  }
  const Id16 second = IdNumber(95);

  v1::MergePeopleReply Merge(bool undo = false, bool dry_run = false) {
    v1::MergePeopleRequest request;
    request.set_tenant("northgate");
    request.set_second(BytesOf(second));
    request.set_into(BytesOf(school.tia));
    request.set_undo(undo);
    request.set_dry_run(dry_run);
    v1::MergePeopleReply reply;
    const grpc::Status status = Asked(request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    AwaitRecomputed();
    return reply;
  }
  grpc::Status Asked(const v1::MergePeopleRequest& request, v1::MergePeopleReply* reply) {
    grpc::ClientContext context;
    return v1::People::NewStub(
               grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()))
        ->MergePeople(&context, request, reply);
  }
  void AwaitRecomputed() {
    EXPECT_TRUE(ComesTrue([this] {
      return Figures(school.hedy, school.tia).watermark().recomputing_since_ms() == 0;
    }));
  }
  // How many visits went along each time that the audit tells of.
  std::vector<uint64_t> MergesInTheAudit() {
    v1::ListAuditRequest request;
    request.set_tenant("northgate");
    grpc::ClientContext context;
    v1::ListAuditReply reply;
    const grpc::Status status =
        v1::AuditTrail::NewStub(
            grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()))
            ->ListAudit(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<uint64_t> merges;
    for (const v1::AuditLine& line : reply.lines()) {
      v1::AuditEvent event;
      EXPECT_TRUE(event.ParseFromString(line.event()));
      if (event.act() != v1::AUDIT_ACT_PEOPLE_MERGED) continue;
      EXPECT_EQ(event.subject(), BytesOf(second));
      EXPECT_EQ(event.person(), "") << "whoever administers the server";
      merges.push_back(event.count());
    }
    return merges;
  }
  bool IsVerified() {
    grpc::ClientContext context;
    v1::VerifyRequest request;
    request.set_tenant("northgate");
    const auto stream = server.admin().Verify(&context, request);
    v1::VerifyReply reply;
    while (stream->Read(&reply)) {
    }
    EXPECT_EQ(reply.differences_size(), 0) << reply.ShortDebugString();
    return stream->Finish().ok() && reply.differences_size() == 0;
  }
};

TEST_F(PeoplePracticeTest, C25TwoEntriesAreOnePersonForWhatWasSharedAndAnsweredToo) {
  Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  const Id16 other = Observed(school.sara, {v1::VISIT_KIND_DEPT, second, {}, At(2026, 9, 11)}, 4);
  Acknowledge(second, other);
  const v1::TeacherReply tia_before = Figures(school.hedy, school.tia);
  const v1::TeacherReply second_before = Figures(school.hedy, second);
  ASSERT_EQ(second_before.visits(), 1u);

  EXPECT_EQ(Merge(/*undo=*/false, /*dry_run=*/true).records(), 1u);
  EXPECT_EQ(Figures(school.hedy, school.tia).visits(), 1u) << "a dry run moves nothing";
  EXPECT_EQ(Merge().records(), 1u);

  const v1::TeacherReply merged = Figures(school.hedy, school.tia);
  EXPECT_EQ(merged.visits(), 2u);
  EXPECT_EQ(merged.observers(), 2u);
  ASSERT_EQ(merged.elements_size(), 1);
  EXPECT_EQ(merged.elements(0).n(), 2u);
  EXPECT_EQ(merged.elements(0).sum(), 6u);
  EXPECT_EQ(Load(school.hana, school.tia).visits(), 2u);
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), second, "Half-termly visit"),
            v1::COVERAGE_STATE_UNSPECIFIED)
      << "nobody is asked for twice";
  EXPECT_TRUE(Held(school.tia, other).count(core::kVersion)) << "it is hers to read";
  EXPECT_TRUE(Held(school.tia, other).count(core::kResponse)) << "with what she answered";
  EXPECT_EQ(Pack(school.sara, school.site).not_acknowledged_size(), 0);

  EXPECT_TRUE(IsVerified());
  EXPECT_EQ(Merge().seq(), 0u) << "it is so already";
  EXPECT_THAT(MergesInTheAudit(), ElementsAre(1)) << "neither a dry run nor what is so already";

  // They were two after all.
  EXPECT_EQ(Merge(/*undo=*/true).records(), 1u);
  EXPECT_THAT(MergesInTheAudit(), ElementsAre(1, 1));
  EXPECT_EQ(Figures(school.hedy, school.tia).elements(0).ShortDebugString(),
            tia_before.elements(0).ShortDebugString());
  EXPECT_EQ(Figures(school.hedy, second).elements(0).ShortDebugString(),
            second_before.elements(0).ShortDebugString());
  EXPECT_EQ(Held(school.tia, other).count(core::kVersion), 0u) << "and hers no more";
  EXPECT_EQ(Shown<v1::Response>(school.tia, {other, core::kResponse, school.tia}).acks_size(), 0)
      << "nor what the other one answered";
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), second, "Half-termly visit"),
            v1::COVERAGE_STATE_DONE);
  EXPECT_TRUE(IsVerified());
  // What was the first entry's own is not taken along by another merge and its way back.
  EXPECT_EQ(Merge().records(), 1u);
  EXPECT_EQ(Merge(/*undo=*/true).records(), 1u);
}

// "+1" on one page and "-1" on the other: nobody wrote anything, and both say why.
TEST_F(PeoplePracticeTest, C25AMergeAndItsWayBackAreTheReasonsWhyFiguresChanged) {
  const Id16 visit = Observed(school.hana, {v1::VISIT_KIND_DEPT, second}, 3);
  const auto seen = [this] { return Figures(school.hana, school.tia).watermark().as_of_seq(); };
  // What the page of one teacher says of the visit; UNSPECIFIED: nothing.
  const auto said = [&](const Id16& teacher, uint64_t since_seq) {
    v1::ChangesRequest request;
    request.set_teacher(BytesOf(teacher));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_since_seq(since_seq);
    const v1::ChangesReply reply = Page(school.hana, &v1::Practice::Stub::Changes, request);
    v1::Change of_visit;
    for (const v1::Change& change : reply.changes()) {
      if (change.visit() == visit.view()) of_visit = change;
    }
    if (of_visit.reason() != v1::CHANGE_REASON_UNSPECIFIED) {
      EXPECT_EQ(of_visit.teacher(), teacher.view()) << "each page speaks of its own teacher";
    }
    return of_visit.reason();
  };
  const uint64_t before = seen();
  ASSERT_NE(Merge().seq(), 0u);
  EXPECT_EQ(said(second, before), v1::CHANGE_REASON_MERGED_AWAY);
  EXPECT_EQ(said(school.tia, before), v1::CHANGE_REASON_MERGED_HERE);
  const uint64_t merged = seen();
  EXPECT_EQ(said(school.tia, merged), v1::CHANGE_REASON_UNSPECIFIED);
  ASSERT_NE(Merge(/*undo=*/true).seq(), 0u);
  EXPECT_EQ(said(school.tia, merged), v1::CHANGE_REASON_MERGED_AWAY);
  EXPECT_EQ(said(second, merged), v1::CHANGE_REASON_MERGED_HERE);
  EXPECT_EQ(said(school.tia, before), v1::CHANGE_REASON_UNSPECIFIED) << "it is as it was";

  // A lead's own correction is no merge.
  const Id16 unshared = Plan(school.hana, {v1::VISIT_KIND_DEPT, second, {}, At(2026, 9, 15)});
  Push(school.hana);
  const uint64_t since = seen();
  v1::Intent correct;
  correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
  correct.mutable_correct_plan()->set_value(BytesOf(school.tia));
  correct.mutable_correct_plan()->set_reason("the other entry");
  Tablet(school.hana).Intend({unshared, core::kPlan, {}}, correct);
  ASSERT_EQ(Pushed(school.hana), "COMMITTED DONE");
  v1::ChangesRequest request;
  request.set_teacher(BytesOf(school.tia));
  request.set_h2(SmallSchool::kAutumn1);
  request.set_since_seq(since);
  const v1::ChangesReply moved = Page(school.hana, &v1::Practice::Stub::Changes, request);
  ASSERT_EQ(moved.changes_size(), 1);
  EXPECT_EQ(moved.changes(0).reason(), v1::CHANGE_REASON_MOVED_HERE);
}

// What came in after the merge under the second entry is filed by asking again; a visit that its
// lead has put elsewhere meanwhile stays there.
TEST_F(PeoplePracticeTest, C25AMergeIsRepeatedAndTakesNothingFromWhatWasCorrectedSince) {
  const Id16 first = Plan(school.hana, {v1::VISIT_KIND_DEPT, second});
  const Id16 later = Plan(school.hana, {v1::VISIT_KIND_DEPT, second, {}, At(2026, 9, 15)});
  Push(school.hana);
  EXPECT_EQ(Merge().records(), 2u);
  v1::Intent correct;
  correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
  correct.mutable_correct_plan()->set_value(BytesOf(school.tom));
  correct.mutable_correct_plan()->set_reason("I was in Tom's room");
  Tablet(school.hana).Intend({later, core::kPlan, {}}, correct);
  EXPECT_EQ(Pushed(school.hana), "COMMITTED DONE");
  EXPECT_EQ(Load(school.hana, school.tia).visits(), 1u);
  EXPECT_EQ(Merge(/*undo=*/true).records(), 1u);
  EXPECT_EQ(Load(school.hana, school.tia).visits(), 0u);
  EXPECT_EQ(Load(school.hana, second).visits(), 1u);
  EXPECT_EQ(Load(school.hana, school.tom).visits(), 1u);
  EXPECT_FALSE(Held(school.hana, first).empty());
  EXPECT_TRUE(IsVerified());
}

TEST_F(PeoplePracticeTest, C25AnEntryThatHasEndedStandsForNobody) {
  ASSERT_NE(Merge().seq(), 0u);
  v1::MergePeopleRequest request;
  v1::MergePeopleReply reply;
  request.set_tenant("northgate");
  request.set_second(BytesOf(school.tia));
  request.set_into(BytesOf(second));
  EXPECT_EQ(Asked(request, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  request.set_into(BytesOf(IdNumber(199)));
  EXPECT_EQ(Asked(request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_into(request.second());
  EXPECT_EQ(Asked(request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace halfterm::testing
