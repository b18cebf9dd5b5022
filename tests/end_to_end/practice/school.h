// A school at work, over the real server: visits and other records written by tablets, pages read
// by people.

#ifndef HALFTERM_TESTS_END_TO_END_PRACTICE_SCHOOL_H_
#define HALFTERM_TESTS_END_TO_END_PRACTICE_SCHOOL_H_
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/practice.grpc.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/core/path.h"
#include "sync/schema.h"
#include "sync/view.h"
#include "tests/support/running_server.h"
#include "tests/support/visit_writer.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {

using core::Id16;
using core::Kind;
using core::Path;
using Values = WireTablet::Values;

// What a visit is planned as; the lead observes unless observers are named.
struct Planned {
  v1::VisitKind kind = v1::VISIT_KIND_DEPT;
  Id16 teacher{}, department{};
  int64_t start_ms = At(2026, 9, 14);
  uint32_t minutes = 50;
  std::vector<std::pair<Id16, v1::Strand>> observers = {};
  std::string load_reason = "";
  bool rated = true;
};

class PracticeTest : public ::testing::Test {
 protected:
  PracticeTest() {
    for (v1::RoleGrant& grant : school.content.grants) grant.set_from_day(Day(2026, 9, 1));
    Import();
  }

  RunningServer server;
  SmallSchool school;
  uint8_t ids = 0;

  void Import() { server.Import(school, "northgate"); }
  WireTablet& Tablet(const Id16& person) {
    std::unique_ptr<WireTablet>& tablet = tablets_[person];
    if (tablet == nullptr) {
      tablet = std::make_unique<WireTablet>(server, "northgate", person, ++devices_);
    }
    return *tablet;
  }
  Id16 NewId() {
    Id16 id = IdNumber(90);
    id.bytes[1] = ++ids;
    return id;
  }

  // Everything that the person has written goes up; what became of it, in words.
  std::string Pushed(const Id16& person) {
    v1::PushReply reply;
    const grpc::Status status = Tablet(person).Push(&reply);
    if (!status.ok()) return status.error_message();
    std::string said;
    for (const v1::PushResult& result : reply.results()) {
      std::string one = v1::Disposition_Name(result.disposition()).substr(12);
      if (result.reason() != v1::REASON_UNSPECIFIED) {
        one += " " + v1::Reason_Name(result.reason()).substr(7);
      }
      if (result.outcome() != v1::OUTCOME_UNSPECIFIED) {
        one += " " + v1::Outcome_Name(result.outcome()).substr(8);
      }
      said += (said.empty() ? "" : ", ") + one;
    }
    return said;
  }
  void Push(const Id16& person) {
    const std::string said = Pushed(person);
    for (const char* word : {"QUARANTINED", "LATE", "NOT_ALLOWED", "MISSING", "STALE", "CLOSED"}) {
      EXPECT_EQ(said.find(word), std::string::npos) << said;
    }
    EXPECT_NE(said.find("COMMITTED"), std::string::npos) << said;
  }

  Id16 Plan(const Id16& lead, const Planned& planned) {
    const Id16 visit = NewId();
    const Id16 department = planned.department.IsZero() ? school.maths : planned.department;
    Values values = {{Path::Field(2, Kind::kReg), Number(planned.kind)},
                     {Path::Field(4, Kind::kReg), BytesOf(department)},
                     {Path::Field(5, Kind::kReg), BytesOf(lead)},
                     {Path::Field(8, Kind::kReg), Signed(planned.start_ms)},
                     {Path::Field(9, Kind::kReg), Number(planned.minutes)}};
    if (!planned.teacher.IsZero()) {
      values.emplace_back(Path::Field(3, Kind::kReg), BytesOf(planned.teacher));
    }
    if (planned.rated) values.emplace_back(Path::Field(16, Kind::kReg), BytesOf(school.rubric_a));
    if (!planned.load_reason.empty()) {
      values.emplace_back(Path::Field(20, Kind::kPara), planned.load_reason);
    }
    auto observers = planned.observers;
    if (observers.empty()) observers.emplace_back(lead, v1::STRAND_UNSPECIFIED);
    for (const auto& [observer, strand] : observers) {
      values.emplace_back(Path::Entry(6, observer, 0, Kind::kElem), "");
      if (strand != v1::STRAND_UNSPECIFIED) {
        values.emplace_back(Path::Entry(6, observer, 1, Kind::kReg), Number(strand));
      }
    }
    Tablet(lead).Write({visit, core::kPlan, {}}, values);
    return visit;
  }
  void Rate(const Id16& observer, const Id16& visit, uint16_t element, uint32_t level) {
    Tablet(observer).Write({visit, core::kSheet, observer}, RatingValues(element, level));
  }
  void Praise(const Id16& observer, const Id16& visit, const std::string& words) {
    const Id16 key = NewId();
    Tablet(observer).Write(
        {visit, core::kSheet, observer},
        {{Path::Entry(6, key, 0, Kind::kElem), ""}, {Path::Entry(6, key, 1, Kind::kPara), words}});
  }
  void Submit(const Id16& observer, const Id16& visit) {
    v1::Intent intent;
    intent.mutable_submit();
    Tablet(observer).Intend({visit, core::kSheet, observer}, intent);
  }
  void Strength(const Id16& lead, const Id16& visit, const std::string& words) {
    const Id16 key = NewId();
    Tablet(lead).Write(
        {visit, core::kFeedback, {}},
        {{Path::Entry(1, key, 0, Kind::kElem), ""}, {Path::Entry(1, key, 1, Kind::kPara), words}});
  }
  void Share(const Id16& lead, const Id16& visit, uint32_t round = 1,
             core::FacetClass on = core::kPlan) {
    v1::Intent intent;
    intent.mutable_share()->set_round(round);
    Tablet(lead).Intend({visit, on, {}}, intent);
  }
  Id16 Step(const Id16& lead, const Id16& visit, const std::string& words, int32_t due_day) {
    const Id16 key = NewId();
    Tablet(lead).Write({visit, core::kSteps, {}},
                       {{Path::Entry(1, key, 0, Kind::kElem), ""},
                        {Path::Entry(1, key, 1, Kind::kPara), words},
                        {Path::Entry(1, key, 3, Kind::kReg), Signed(due_day)}});
    return key;
  }
  // A lesson seen, rated and shared by one observer.
  Id16 Observed(const Id16& lead, const Planned& planned, uint32_t level = 3) {
    const Id16 visit = Plan(lead, planned);
    if (planned.rated) Rate(lead, visit, 1, level);
    Strength(lead, visit, "Every pupil had begun before the bell.");
    Submit(lead, visit);
    Share(lead, visit);
    Push(lead);
    return visit;
  }

  template <class Request, class Reply>
  using Method = grpc::Status (v1::Practice::Stub::*)(grpc::ClientContext*, const Request&, Reply*);
  template <class Request, class Reply>
  grpc::Status Ask(const Id16& person, Method<Request, Reply> method, const Request& request,
                   Reply& reply) {
    grpc::ClientContext context;
    Tablet(person).Prepare(context);
    const auto practice = v1::Practice::NewStub(Tablet(person).channel());
    return ((*practice).*method)(&context, request, &reply);
  }
  // Fails the test where it is refused.
  template <class Request, class Reply>
  Reply Page(const Id16& person, Method<Request, Reply> method, const Request& request) {
    Reply reply;
    const grpc::Status status = Ask(person, method, request, reply);
    EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
    return reply;
  }
  template <class Request, class Reply>
  bool IsRefused(const Id16& person, Method<Request, Reply> method, const Request& request) {
    Reply reply;
    return Ask(person, method, request, reply).error_code() == grpc::StatusCode::NOT_FOUND;
  }

  v1::CoverageReply Coverage(const Id16& person, const Id16& org) {
    v1::CoverageRequest request;
    request.set_org(BytesOf(org));
    v1::CoverageReply reply;
    grpc::ClientContext context;
    Tablet(person).Prepare(context);
    const grpc::Status status =
        v1::Summaries::NewStub(Tablet(person).channel())->Coverage(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  v1::CoverageState StateOf(const v1::CoverageReply& reply, const Id16& teacher,
                            const std::string& rule) {
    for (const v1::RuleCoverage& here : reply.rules()) {
      for (const v1::TeacherCoverage& one : here.teachers()) {
        if (here.title() == rule && one.teacher() == teacher.view()) return one.state();
      }
    }
    return v1::COVERAGE_STATE_UNSPECIFIED;
  }
  v1::TeacherReply Figures(const Id16& person, const Id16& teacher) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(teacher));
    v1::TeacherReply reply;
    grpc::ClientContext context;
    Tablet(person).Prepare(context);
    const grpc::Status status =
        v1::Summaries::NewStub(Tablet(person).channel())->Teacher(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  v1::PersonLoad Load(const Id16& person, const Id16& teacher) {
    v1::LoadRequest request;
    request.set_person(BytesOf(teacher));
    const v1::LoadReply reply = Page(person, &v1::Practice::Stub::Load, request);
    return reply.people_size() == 1 ? reply.people(0) : v1::PersonLoad();
  }
  v1::WeeklyPackReply Pack(const Id16& person, const Id16& org) {
    v1::WeeklyPackRequest request;
    request.set_org(BytesOf(org));
    return Page(person, &v1::Practice::Stub::WeeklyPack, request);
  }

  // The facet classes that the person's tablet holds of a record after a pull.
  std::set<int> Held(const Id16& person, const Id16& record) {
    WireTablet& tablet = Tablet(person);
    EXPECT_TRUE(tablet.Pull().ok());
    std::set<int> classes;
    const auto found = tablet.held.records.find(record);
    if (found == tablet.held.records.end()) return classes;
    for (const auto& [facet, held] : found->second.facets) classes.insert(facet.facet_class);
    return classes;
  }
  // A facet that the person's tablet holds, as a message.
  template <class Message>
  Message Shown(const Id16& person, const core::FacetId& facet) {
    EXPECT_TRUE(Tablet(person).Pull().ok());
    Message message;
    const core::Result<core::Facet> held =
        core::Decode(Tablet(person).Held(facet), core::kFacetLimits);
    if (held.ok()) {
      (void)sync::ReadView(sync::Schema::OfThisBuild(), facet.facet_class, *held, message, nullptr);
    }
    return message;
  }
  // As the teacher: the version as their tablet holds it, or another text under its number.
  void Acknowledge(const Id16& teacher, const Id16& visit, uint8_t round = 1,
                   const std::string& other_text = "") {
    ASSERT_TRUE(Tablet(teacher).Pull().ok());
    const core::FacetId version{visit, core::kVersion, core::NumberKey(round)};
    const core::Result<core::Facet> held =
        core::Decode(Tablet(teacher).Held(version), core::kFacetLimits);
    ASSERT_TRUE(held.ok()) << "the tablet holds no version";
    const core::Digest32 digest =
        core::FacetDigest(version, other_text.empty() ? core::EncodeContent(*held) : other_text);
    const Id16 key = core::NumberKey(round);
    Tablet(teacher).Write({visit, core::kResponse, teacher},
                          {{Path::Entry(1, key, 0, Kind::kElem), ""},
                           {Path::Entry(1, key, 1, Kind::kReg), std::string(digest.view())}});
    Push(teacher);
  }
  // Version n of a visit, as that person reads it.
  v1::SharedVersion Version(const Id16& person, const Id16& visit, uint8_t round) {
    Id16 sub;
    sub.bytes[15] = round;
    return Shown<v1::Version>(person, {visit, core::kVersion, sub}).shared();
  }

 private:
  std::map<Id16, std::unique_ptr<WireTablet>> tablets_;
  uint8_t devices_ = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_END_TO_END_PRACTICE_SCHOOL_H_
