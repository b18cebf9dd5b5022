// The curious and the stale, over gRPC: each asks for what is not theirs (any more), and gets the
// answer for what is not there. The names carry the cases of the hostile list.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {
namespace {

using core::Id16;
using core::Kind;
using core::Path;

std::string Said(const grpc::Status& status) {
  return std::to_string(status.error_code()) + " " + status.error_message();
}

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    for (v1::RoleGrant& grant : school.content.grants) grant.set_from_day(Day(2026, 9, 1));
    Import();
  }

  RunningServer server;
  SmallSchool school;
  const Id16 nowhere = IdNumber(250);
  uint8_t devices = 0, visits = 0;

  void Import() { server.Import(school, "northgate"); }
  WireTablet Tablet(const Id16& person) {
    return WireTablet(server, "northgate", person, ++devices);
  }
  Id16 NewVisit() {
    Id16 id = IdNumber(90);
    id.bytes[1] = ++visits;
    return id;
  }
  // A rated draft of a lesson by the tablet's person.
  Id16 Draft(WireTablet& tablet, const Id16& teacher, v1::VisitKind kind = v1::VISIT_KIND_DEPT,
             const Id16& department = {}) {
    const Id16 visit = NewVisit();
    WireTablet::Values values = PlanValues(school, tablet.person(), teacher);
    for (auto& [path, value] : values) {
      if (path.is_entry()) continue;
      if (path.field() == v1::Plan::kKindFieldNumber)
        value = std::string(1, static_cast<char>(kind));
      if (path.field() == v1::Plan::kDepartmentAtLessonFieldNumber && !department.IsZero()) {
        value = BytesOf(department);
      }
    }
    tablet.Write({visit, core::kPlan, {}}, values);
    tablet.Write({visit, core::kSheet, tablet.person()}, RatingValues(3, 2));
    v1::PushReply reply;
    EXPECT_TRUE(tablet.Push(&reply).ok());
    for (const v1::PushResult& result : reply.results()) {
      EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.ShortDebugString();
    }
    return visit;
  }
  // The classes of the facets that somebody is given of a record.
  std::set<int> Fetched(WireTablet& tablet, const std::vector<Id16>& records, int at = 0) {
    v1::FetchRequest request;
    for (const Id16& record : records) request.add_records(BytesOf(record));
    v1::FetchReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const grpc::Status status = tablet.sync().Fetch(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.items_size(), static_cast<int>(records.size()));
    std::set<int> classes;
    if (at >= reply.items_size()) return classes;
    for (const v1::Held& held : reply.items(at).held()) {
      classes.insert(static_cast<uint8_t>(held.facet()[16]));
    }
    return classes;
  }
  std::string Teacher(WireTablet& tablet, const Id16& teacher) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(teacher));
    v1::TeacherReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    return Said(v1::Summaries::NewStub(tablet.channel())->Teacher(&context, request, &reply));
  }
  std::string Department(WireTablet& tablet, const Id16& department) {
    v1::DepartmentRequest request;
    request.set_department(BytesOf(department));
    v1::DepartmentReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    return Said(v1::Summaries::NewStub(tablet.channel())->Department(&context, request, &reply));
  }
  std::string Descend(WireTablet& tablet, const core::Scope& scope) {
    v1::DescendRequest request;
    request.mutable_scope()->set_type(scope.type);
    request.mutable_scope()->set_id(BytesOf(scope.id));
    v1::DescendReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    return Said(tablet.sync().Descend(&context, request, &reply));
  }
  std::string Pushed(WireTablet& tablet) {
    v1::PushReply reply;
    const grpc::Status status = tablet.Push(&reply);
    if (!status.ok()) return Said(status);
    std::string said;
    for (const v1::PushResult& result : reply.results()) {
      said += v1::Disposition_Name(result.disposition()).substr(12) + " " +
              v1::Reason_Name(result.reason()).substr(7) + ". ";
    }
    return said;
  }
  // Grants of that person end yesterday.
  void EndGrantsOf(const Id16& person) {
    for (v1::RoleGrant& grant : school.content.grants) {
      if (grant.person() == BytesOf(person)) grant.set_to_day(Day(2026, 9, 13));
    }
    Import();
  }
};

TEST_F(AccessTest, Z2AHeadOfDepartmentAsksForTheDepartmentNextDoor) {
  WireTablet hana = Tablet(school.hana), hugo = Tablet(school.hugo);
  const Id16 visit = Draft(hugo, school.ann, v1::VISIT_KIND_DEPT, school.art);
  EXPECT_EQ(Department(hana, school.maths).substr(0, 2), "0 ");
  EXPECT_EQ(Department(hana, school.art), Department(hana, nowhere));
  EXPECT_EQ(Teacher(hana, school.ann), Teacher(hana, nowhere));
  EXPECT_EQ(Descend(hana, core::DepartmentScope(school.art)),
            Descend(hana, core::DepartmentScope(nowhere)));
  EXPECT_TRUE(Fetched(hana, {visit}).empty());
}

TEST_F(AccessTest, Z3TheObservedTeacherAsksForADraftAboutThemself) {
  WireTablet hana = Tablet(school.hana), tia = Tablet(school.tia);
  const Id16 visit = Draft(hana, school.tia);
  EXPECT_EQ(Fetched(hana, {visit}), (std::set<int>{core::kPlan, core::kSheet}));
  EXPECT_EQ(Fetched(tia, {visit}), std::set<int>{core::kPlan}) << "that there was a visit, no more";
}

TEST_F(AccessTest, Z4NobodyReadsAColleaguesReflectionOnTheirOwnLesson) {
  WireTablet tia = Tablet(school.tia);
  const Id16 visit = Draft(tia, school.tia, v1::VISIT_KIND_SELF);
  EXPECT_EQ(Fetched(tia, {visit}), (std::set<int>{core::kPlan, core::kSheet}));
  for (const Id16& person : {school.hana, school.sara, school.hedy, school.tom, school.gus}) {
    WireTablet tablet = Tablet(person);
    EXPECT_TRUE(Fetched(tablet, {visit}).empty());
  }
}

TEST_F(AccessTest, Z5AGovernorAsksForANamedRow) {
  WireTablet hana = Tablet(school.hana), gus = Tablet(school.gus);
  const Id16 visit = Draft(hana, school.tia);
  EXPECT_EQ(Teacher(gus, school.tia), Teacher(gus, nowhere));
  EXPECT_EQ(Department(gus, school.maths), Department(gus, nowhere));
  EXPECT_TRUE(Fetched(gus, {visit, school.tia}).empty());
  ASSERT_TRUE(gus.Pull().ok());
  EXPECT_EQ(gus.Held({visit, core::kPlan, {}}), "");
  EXPECT_EQ(gus.Held({school.tia, core::kBody, {}}), "") << "not even who works here";
}

TEST_F(AccessTest, Z6APartnerReadsAReviewInItsWindowAndNotAfter) {
  const Id16 review = IdNumber(120), partner = IdNumber(121), reviewer = IdNumber(122);
  school.AddOrg(review, v1::ORG_KIND_PARTNERSHIP, {}, "Spring review");
  school.AddPerson(partner, "Pia Lind", {}).set_type(v1::PERSON_TYPE_EXTERNAL);
  school.AddPerson(reviewer, "Rob Vane", {});
  school.AddGrant(partner, v1::ROLE_EXTERNAL, review).set_from_day(Day(2026, 9, 1));
  school.AddGrant(reviewer, v1::ROLE_REVIEWER, review).set_from_day(Day(2026, 9, 1));
  Import();
  WireTablet rob = Tablet(reviewer), pia = Tablet(partner);
  const Id16 visit = NewVisit();
  const WireTablet::Values plan = {
      {Path::Field(2, Kind::kReg), std::string(1, static_cast<char>(v1::VISIT_KIND_REVIEW))},
      {Path::Field(4, Kind::kReg), BytesOf(school.maths)},
      {Path::Field(23, Kind::kReg), BytesOf(review)}};
  rob.Write({visit, core::kPlan, {}}, plan);
  rob.Write({visit, core::kSheet, reviewer}, RatingValues(3, 2));
  EXPECT_EQ(Pushed(rob), "COMMITTED UNSPECIFIED. COMMITTED UNSPECIFIED. ");
  EXPECT_TRUE(Fetched(pia, {visit}).empty()) << "each page is its writer's until it is submitted";
  v1::Intent submit;
  submit.mutable_submit();
  rob.Intend({visit, core::kSheet, reviewer}, submit);
  Pushed(rob);
  EXPECT_EQ(Fetched(pia, {visit}), (std::set<int>{core::kPlan, core::kSheet}));
  ASSERT_TRUE(pia.Pull().ok());
  EXPECT_NE(pia.Held({visit, core::kSheet, reviewer}), "");

  EndGrantsOf(partner);
  EndGrantsOf(reviewer);
  EXPECT_TRUE(Fetched(pia, {visit}).empty());
  ASSERT_TRUE(pia.Pull().ok());
  EXPECT_EQ(pia.Held({visit, core::kSheet, reviewer}), "");
  ASSERT_TRUE(rob.Hello().ok());
  rob.Write({NewVisit(), core::kPlan, {}}, plan);
  EXPECT_EQ(Pushed(rob), "QUARANTINED ENDED. ");
}

TEST_F(AccessTest, Z7SomebodyWhoHasLeftReadsNothing) {
  // One of these few is a tenth, and an import asks before it lets so many go.
  for (uint8_t i = 0; i < 12; ++i) {
    school.AddPerson(IdNumber(static_cast<uint8_t>(130 + i)), "A colleague", {school.art});
  }
  Import();
  WireTablet hana = Tablet(school.hana), sara = Tablet(school.sara);
  const Id16 visit = Draft(hana, school.tia);
  EXPECT_FALSE(Fetched(sara, {visit}).empty());
  school.person(school.sara).set_to_day(Day(2026, 9, 13));
  Import();
  // Signed out with the end of their days, or still signed in: nothing either way.
  v1::FetchRequest request;
  request.add_records(BytesOf(visit));
  v1::FetchReply reply;
  grpc::ClientContext context;
  sara.Prepare(context);
  const grpc::Status status = sara.sync().Fetch(&context, request, &reply);
  if (status.ok()) {
    EXPECT_EQ(reply.items(0).held_size(), 0);
    EXPECT_EQ(Teacher(sara, school.tia), Teacher(sara, nowhere));
  } else {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  }
}

TEST_F(AccessTest, Z8ADemotedHeadsTabletIsToldAndDropsWhatItHeld) {
  WireTablet hana = Tablet(school.hana), sara = Tablet(school.sara);
  const Id16 visit = Draft(hana, school.tia);
  ASSERT_TRUE(sara.Pull().ok());
  EXPECT_NE(sara.Held({visit, core::kPlan, {}}), "");
  EndGrantsOf(school.sara);
  EXPECT_TRUE(Fetched(sara, {visit}).empty());
  EXPECT_EQ(Department(sara, school.maths), Department(sara, nowhere));
  EXPECT_EQ(Descend(sara, core::SchoolScope(school.site)),
            Descend(sara, core::SchoolScope(nowhere)));
  ASSERT_TRUE(sara.Pull().ok());
  EXPECT_EQ(sara.Held({visit, core::kPlan, {}}), "");
}

TEST_F(AccessTest, Z9AnAdvancedSkillsTeacherReadsAndWritesNothingOutsideTheReferral) {
  v1::RoleGrant& grant = school.AddGrant(school.tom, v1::ROLE_AST, {});
  grant.add_people(BytesOf(school.tia));
  Import();
  WireTablet hana = Tablet(school.hana), tom = Tablet(school.tom);
  const Id16 of_tia = Draft(hana, school.tia);
  EXPECT_TRUE(Fetched(tom, {of_tia}).empty()) << "helping somebody opens no visit by others";
  EXPECT_EQ(Teacher(tom, school.tia), Teacher(tom, nowhere));
  Draft(tom, school.tia, v1::VISIT_KIND_AST);
  WireTablet::Values values = PlanValues(school, school.tom, school.hana);
  for (auto& [path, value] : values) {
    if (!path.is_entry() && path.field() == v1::Plan::kKindFieldNumber) {
      value = std::string(1, static_cast<char>(v1::VISIT_KIND_AST));
    }
  }
  tom.Write({NewVisit(), core::kPlan, {}}, values);
  EXPECT_EQ(Pushed(tom), "QUARANTINED NEVER_ALLOWED. ");
}

TEST_F(AccessTest, Z12AMixedBatchGivesWhatIsAllowedAndNothingOfTheRest) {
  WireTablet hana = Tablet(school.hana), hugo = Tablet(school.hugo);
  const Id16 hers = Draft(hana, school.tia);
  const Id16 his = Draft(hugo, school.ann, v1::VISIT_KIND_DEPT, school.art);
  EXPECT_FALSE(Fetched(hana, {his, hers, nowhere}, 1).empty());
  EXPECT_TRUE(Fetched(hana, {his, hers, nowhere}, 0).empty());
  EXPECT_TRUE(Fetched(hana, {his, hers, nowhere}, 2).empty());
  // A push: each group for itself.
  const core::FacetId sheet{his, core::kFeedback, {}};
  hana.Write(sheet, {{Path::Field(2, Kind::kPara), "not hers"}});
  hana.Write({hers, core::kSheet, school.hana}, RatingValues(4, 1));
  EXPECT_EQ(Pushed(hana), "QUARANTINED NEVER_ALLOWED. COMMITTED UNSPECIFIED. ");
}

TEST_F(AccessTest, Z14AStoreIsItsPersonsOnItsTablet) {
  WireTablet hana = Tablet(school.hana), other = Tablet(school.hana), hugo = Tablet(school.hugo);
  hana.Write({NewVisit(), core::kPlan, {}}, PlanValues(school, school.hana, school.tia));
  v1::PushRequest request = hana.Request();
  v1::PushReply reply;
  const std::string forged = Said(hugo.Send(request, &reply));
  EXPECT_EQ(Said(other.Send(request, &reply)), forged) << "her own other tablet";
  request.set_replica(0x1234567890abcdef);
  EXPECT_EQ(Said(hugo.Send(request, &reply)), forged);
  EXPECT_EQ(forged.substr(0, 2), std::to_string(grpc::StatusCode::PERMISSION_DENIED) + " ");
  // A greeting tells as little: whoever names it is given a store of their own, as for a name that is
  // nobody's.
  std::vector<std::string> told;
  for (const uint64_t name : {hana.replica(), uint64_t{0x1234567890abcdef}}) {
    v1::HelloRequest greeting;
    greeting.set_device(BytesOf(hugo.device()));
    greeting.add_stores()->set_replica(name);
    v1::HelloReply greeted;
    grpc::ClientContext context;
    hugo.Prepare(context);
    ASSERT_TRUE(hugo.sync().Hello(&context, greeting, &greeted).ok());
    EXPECT_EQ(greeted.stores(0).action(), v1::STORE_ACTION_REHOME);
    EXPECT_NE(greeted.stores(0).new_replica(), hana.replica());
    greeted.mutable_stores(0)->clear_replica();
    told.push_back(greeted.stores(0).ShortDebugString());
  }
  EXPECT_EQ(told[0], told[1]);
  EXPECT_EQ(Pushed(hana), "COMMITTED UNSPECIFIED. ");
}

// What was overheard of a colleague's push is no use in one's own store.
TEST_F(AccessTest, Z14AColleaguesGroupsReplayedFromAnotherStoreAreNotTakenIn) {
  WireTablet hana = Tablet(school.hana), hugo = Tablet(school.hugo);
  const Id16 visit = NewVisit();
  hana.Write({visit, core::kPlan, {}}, PlanValues(school, school.hana, school.tia));
  const v1::PushRequest overheard = hana.Request();
  ASSERT_TRUE(hugo.Hello().ok());
  hugo.Write({NewVisit(), core::kPlan, {}}, PlanValues(school, school.hugo, school.ann));
  v1::PushRequest forged = hugo.Request();
  ASSERT_EQ(overheard.groups_size(), 1);
  *forged.mutable_groups(0) = overheard.groups(0);
  v1::PushReply reply;
  ASSERT_TRUE(hugo.Send(forged, &reply).ok());
  ASSERT_EQ(reply.results_size(), 1);
  EXPECT_EQ(reply.results(0).disposition(), v1::DISPOSITION_QUARANTINED);
  EXPECT_TRUE(reply.results(0).reason() == v1::REASON_MALFORMED ||
              reply.results(0).reason() == v1::REASON_UNKNOWN_AUTHOR)
      << reply.ShortDebugString();
  EXPECT_TRUE(Fetched(hugo, {visit}).empty());
  EXPECT_EQ(Pushed(hana), "COMMITTED UNSPECIFIED. ") << "hers are as good as before";
}

// A referral, as its helper with a modified tablet would have it.
TEST_F(AccessTest, Z9AHelperReadsAndWritesNothingBeforeTheTeacherAgrees) {
  WireTablet hana = Tablet(school.hana), tom = Tablet(school.tom), tia = Tablet(school.tia),
             hugo = Tablet(school.hugo);
  const core::FacetId body{NewVisit(), core::kReferral, {}};
  hana.Write(body, {{Path::Field(2, Kind::kReg), BytesOf(school.tia)},
                    {Path::Field(3, Kind::kReg), BytesOf(school.maths)},
                    {Path::Field(4, Kind::kReg), BytesOf(school.tom)}});
  EXPECT_EQ(Pushed(hana), "COMMITTED UNSPECIFIED. ");
  EXPECT_EQ(Fetched(hana, {body.record}), std::set<int>{core::kReferral});
  for (WireTablet* other : {&tom, &hugo}) {
    EXPECT_TRUE(Fetched(*other, {body.record}).empty());
    ASSERT_TRUE(other->Hello().ok());
    other->Write({body.record, core::kConsent, school.tia}, {{Path::Field(1, Kind::kReg), "\1"}});
    other->Write({body.record, core::kEvidence, {}}, {{Path::Field(500, Kind::kReg), "x"}});
    EXPECT_EQ(Pushed(*other), "QUARANTINED NEVER_ALLOWED. QUARANTINED SERVER_ONLY. ");
  }
  // Nobody opens one about themself, or about a colleague whom somebody else leads.
  ASSERT_TRUE(tia.Hello().ok());
  tia.Write({NewVisit(), core::kReferral, {}}, {{Path::Field(2, Kind::kReg), BytesOf(school.tia)}});
  EXPECT_EQ(Pushed(tia), "QUARANTINED NEVER_ALLOWED. ");
  hugo.Write({NewVisit(), core::kReferral, {}},
             {{Path::Field(2, Kind::kReg), BytesOf(school.tia)},
              {Path::Field(3, Kind::kReg), BytesOf(school.art)}});
  EXPECT_EQ(Pushed(hugo), "QUARANTINED NEVER_ALLOWED. ");
}

}  // namespace
}  // namespace halfterm::testing
