// Two schools on one server whose people, departments, tablets and visits have the same ids: what
// one school's people are told never depends on the other school, and what is the other school's is
// answered to the byte as what is nowhere.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;

constexpr int kProbes = 5000;

// The school's own people and departments beside those that both have.
struct OtherSchool : SmallSchool {
  const Id16 only_site = IdNumber(200), only_department = IdNumber(201),
             only_teacher = IdNumber(202), only_head = IdNumber(203), only_rubric = IdNumber(204),
             only_review = IdNumber(205);
  OtherSchool() {
    AddOrg(only_site, v1::ORG_KIND_SITE, {}, "Southgate");
    AddOrg(only_department, v1::ORG_KIND_DEPARTMENT, only_site, "Music");
    AddPerson(only_teacher, "Una Kaur", {only_department});
    AddPerson(only_head, "Omar Lund", {only_department});
    AddGrant(only_head, v1::ROLE_HOD, only_department);
    AddGrant(only_head, v1::ROLE_DPO, only_site);
    AddRubric(only_rubric, 4);
  }
};

std::string Said(const grpc::Status& status) {
  return std::to_string(status.error_code()) + " " + status.error_message() + " " +
         status.error_details();
}

// The bytes of a reply in which the id that was asked for stands nowhere.
template <typename Reply>
std::string Said(const grpc::Status& status, const Reply& reply, const std::string& id) {
  std::string bytes = reply.SerializeAsString();
  for (size_t at = bytes.find(id); !id.empty() && at != std::string::npos; at = bytes.find(id)) {
    bytes.replace(at, id.size(), "(the id)");
  }
  return Said(status) + " | " + bytes;
}

std::string Said(const grpc::Status& status, const v1::PushReply& reply) {
  std::string said = Said(status);
  for (const v1::PushResult& result : reply.results()) {
    said += " | " + std::to_string(result.disposition()) + " " + std::to_string(result.reason()) +
            " " + std::to_string(result.outcome()) + " " + result.detail();
  }
  return said;
}

class TenantsTest : public ::testing::Test {
 protected:
  TenantsTest() {
    server.Import(here_school, "northgate");
    server.Import(there_school, "southgate");
  }

  RunningServer server;
  SmallSchool here_school;
  OtherSchool there_school;

  // Work of every sort in one school: visits, a shared version, a response, groups kept aside.
  // `visits` are the records to use.
  void Work(WireTablet& hana, WireTablet& tia, const std::vector<Id16>& visits, int level) {
    for (const Id16& visit : visits) {
      hana.Write({visit, core::kPlan, {}}, PlanValues(here_school, hana.person(), tia.person()));
      hana.Write({visit, core::kSheet, hana.person()}, RatingValues(3, uint32_t(level)));
      hana.Write({visit, core::kFeedback, {}},
                 {{Path::Entry(1, IdNumber(77), 0, Kind::kElem), ""},
                  {Path::Entry(1, IdNumber(77), 1, Kind::kPara), "words of one school"}});
      v1::Intent share;
      share.mutable_share()->set_round(1);
      hana.Intend({visit, core::kPlan, {}}, share);
      tia.Write({visit, core::kFeedback, {}}, {{Path::Field(2, Kind::kPara), "not hers"}});
    }
    ASSERT_TRUE(hana.Push().ok());
    ASSERT_TRUE(tia.Push().ok());
  }
};

// Everything that the people of a school are told.
std::string Told(WireTablet& tablet, const SmallSchool& school) {
  std::string told;
  v1::PullRequest pull;
  {
    grpc::ClientContext context;
    tablet.Prepare(context);
    const auto reader = tablet.sync().Pull(&context, pull);
    v1::PullReply reply;
    while (reader->Read(&reply)) {
      // The cursor's code is over the session's own randomness of this run; the rest is content.
      told += reply.SerializeAsString();
    }
    told += Said(reader->Finish());
  }
  const auto summaries = v1::Summaries::NewStub(tablet.channel());
  const auto keeping = v1::Keeping::NewStub(tablet.channel());
  const auto call = [&](auto stub_call, auto request, auto reply) {
    grpc::ClientContext context;
    tablet.Prepare(context);
    told += Said(stub_call(&context, request, &reply), reply, "");
  };
  v1::TeacherRequest teacher;
  teacher.set_teacher(BytesOf(school.tia));
  call([&](auto* c, const auto& q, auto* r) { return summaries->Teacher(c, q, r); }, teacher,
       v1::TeacherReply());
  v1::DepartmentRequest department;
  department.set_department(BytesOf(school.maths));
  call([&](auto* c, const auto& q, auto* r) { return summaries->Department(c, q, r); }, department,
       v1::DepartmentReply());
  v1::SchoolRequest site;
  site.set_school(BytesOf(school.site));
  call([&](auto* c, const auto& q, auto* r) { return summaries->School(c, q, r); }, site,
       v1::SchoolReply());
  call([&](auto* c, const auto& q, auto* r) { return keeping->Kept(c, q, r); }, v1::KeptRequest(),
       v1::KeptReply());
  call([&](auto* c, const auto& q, auto* r) { return keeping->Own(c, q, r); }, v1::OwnRequest(),
       v1::OwnReply());
  call([&](auto* c, const auto& q, auto* r) { return keeping->Counts(c, q, r); },
       v1::CountsRequest(), v1::CountsReply());
  return told;
}

TEST_F(TenantsTest, S3Z1AnotherSchoolsPresenceNeverChangesWhatOneIsTold) {
  const std::vector<Id16> visits = {IdNumber(90), IdNumber(91), IdNumber(92)};
  WireTablet hana(server, "northgate", here_school.hana, 1);
  WireTablet tia(server, "northgate", here_school.tia, 2);
  WireTablet sara(server, "northgate", here_school.sara, 3);
  Work(hana, tia, visits, 2);
  std::vector<std::string> before;
  for (WireTablet* tablet : {&hana, &tia, &sara}) before.push_back(Told(*tablet, here_school));
  ASSERT_NE(before[0].find("words of one school"), std::string::npos);

  // The same people, on tablets of the same ids, write other things in visits of the same ids.
  WireTablet hana_there(server, "southgate", here_school.hana, 1);
  WireTablet tia_there(server, "southgate", here_school.tia, 2);
  Work(hana_there, tia_there, visits, 4);
  Work(hana_there, tia_there, {IdNumber(93), IdNumber(94)}, 1);
  size_t i = 0;
  for (WireTablet* tablet : {&hana, &tia, &sara}) {
    EXPECT_EQ(Told(*tablet, here_school), before[i++]);
  }
}

TEST_F(TenantsTest, S3Z11WhatIsTheOtherSchoolsIsAnsweredAsWhatIsNowhere) {
  std::mt19937_64 random(TestSeed());
  const auto random_id = [&random] {
    Id16 id;
    for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random());
    return id;
  };
  const std::vector<Id16> both = {IdNumber(90)};
  std::vector<Id16> there_visits;
  for (int i = 0; i < 8; ++i) there_visits.push_back(random_id());
  WireTablet hana(server, "northgate", here_school.hana, 1);
  WireTablet tia(server, "northgate", here_school.tia, 2);
  WireTablet hana_there(server, "southgate", here_school.hana, 1);
  WireTablet tia_there(server, "southgate", here_school.tia, 2);
  Work(hana, tia, both, 2);
  Work(hana_there, tia_there, there_visits, 3);
  ASSERT_TRUE(hana_there.Pull().ok());

  const auto summaries = v1::Summaries::NewStub(hana.channel());
  const auto one_of = [&random](const std::vector<Id16>& ids) {
    return ids[random() % ids.size()];
  };
  const auto& t = there_school;
  const auto named = [&] {
    return one_of({t.only_site, t.only_department, t.only_teacher, t.only_head, t.only_rubric});
  };

  // Each probe asks once with what the other school has, and once with what nobody has.
  struct Probe {
    const char* name;
    std::function<std::string(const Id16& id, uint64_t number, const std::string& bytes)> ask;
    std::function<Id16()> theirs;
  };
  const auto unary = [&](auto stub_call, const auto& request, auto reply, const Id16& id) {
    grpc::ClientContext context;
    hana.Prepare(context);
    const grpc::Status status = stub_call(&context, request, &reply);
    return Said(status, reply, BytesOf(id));
  };
  const auto push_one = [&](std::function<void()> keep) {
    keep();
    v1::PushReply reply;
    const grpc::Status status = hana.Push(&reply);
    return Said(status, reply);
  };
  const auto visit_there = [&] { return one_of(there_visits); };
  const std::vector<Probe> probes = {
      {"Fetch",
       [&](const Id16& id, uint64_t, const std::string&) {
         v1::FetchRequest request;
         request.add_records(BytesOf(id));
         return unary([&](auto* c, const auto& q, auto* r) { return hana.sync().Fetch(c, q, r); },
                      request, v1::FetchReply(), id);
       },
       visit_there},
      {"Descend",
       [&](const Id16& id, uint64_t number, const std::string&) {
         v1::DescendRequest request;
         request.mutable_scope()->set_type(2 + static_cast<uint32_t>(number % 4));
         request.mutable_scope()->set_id(BytesOf(id));
         request.set_period(209);
         return unary([&](auto* c, const auto& q, auto* r) { return hana.sync().Descend(c, q, r); },
                      request, v1::DescendReply(), id);
       },
       named},
      {"Confirm",
       [&](const Id16& id, uint64_t, const std::string& cursor) {
         v1::ConfirmRequest request;
         request.set_cursor(cursor);
         return unary([&](auto* c, const auto& q, auto* r) { return hana.sync().Confirm(c, q, r); },
                      request, v1::ConfirmReply(), id);
       },
       visit_there},
      {"Pull",
       [&](const Id16&, uint64_t, const std::string& cursor) {
         v1::PullRequest request;
         request.set_cursor(cursor);
         grpc::ClientContext context;
         hana.Prepare(context);
         const auto reader = hana.sync().Pull(&context, request);
         v1::PullReply reply;
         std::string said;
         while (reader->Read(&reply)) said += reply.SerializeAsString();
         return said + Said(reader->Finish());
       },
       visit_there},
      {"Push to a store",
       [&](const Id16&, uint64_t number, const std::string&) {
         v1::PushRequest request;
         request.set_replica(number);
         request.set_first_n(1);
         request.set_epoch(hana.epoch());
         request.add_groups("x");
         v1::PushReply reply;
         return Said(hana.Send(request, &reply), reply);
       },
       visit_there},
      {"Delta",
       [&](const Id16& id, uint64_t number, const std::string&) {
         const core::FacetClass classes[] = {core::kConsensus, core::kFeedback, core::kResponse,
                                             core::kSteps,     core::kAnswers,  core::kVersion};
         const core::FacetClass facet_class = classes[number % 6];
         const Id16 sub = facet_class == core::kResponse ? here_school.hana : Id16{};
         return push_one([&] {
           hana.Write({id, facet_class, sub}, {{Path::Field(200, Kind::kReg), "x"}});
         });
       },
       visit_there},
      {"Intent",
       [&](const Id16& id, uint64_t number, const std::string&) {
         v1::Intent intent;
         switch (number % 7) {
           case 0:
             intent.mutable_share()->set_round(1);
             break;
           case 1:
             intent.mutable_close()->set_round(1);
             break;
           case 2:
             intent.mutable_withdraw()->set_reason("x");
             break;
           case 3:
             intent.mutable_join()->set_code("ABCDEFGHIJ");
             break;
           case 4:
             intent.mutable_grant_read()->set_person(BytesOf(here_school.ann));
             break;
           case 5:
             intent.mutable_release()->set_seq(1 + number % 60);
             break;
           default:
             intent.mutable_erase_peer();
         }
         return push_one([&] { hana.Intend({id, core::kPlan, {}}, intent); });
       },
       visit_there},
      {"Visit of a teacher",
       [&](const Id16& id, uint64_t, const std::string&) {
         const Id16 visit = random_id();
         return push_one([&] {
           hana.Write({visit, core::kPlan, {}}, PlanValues(here_school, here_school.hana, id));
         });
       },
       named},
      {"Summaries.Teacher",
       [&](const Id16& id, uint64_t, const std::string&) {
         v1::TeacherRequest request;
         request.set_teacher(BytesOf(id));
         return unary([&](auto* c, const auto& q, auto* r) { return summaries->Teacher(c, q, r); },
                      request, v1::TeacherReply(), id);
       },
       named},
      {"Summaries.Department",
       [&](const Id16& id, uint64_t, const std::string&) {
         v1::DepartmentRequest request;
         request.set_department(BytesOf(id));
         return unary(
             [&](auto* c, const auto& q, auto* r) { return summaries->Department(c, q, r); },
             request, v1::DepartmentReply(), id);
       },
       named},
      {"Summaries.School",
       [&](const Id16& id, uint64_t, const std::string&) {
         v1::SchoolRequest request;
         request.set_school(BytesOf(id));
         return unary([&](auto* c, const auto& q, auto* r) { return summaries->School(c, q, r); },
                      request, v1::SchoolReply(), id);
       },
       named},
      {"Summaries.Coverage",
       [&](const Id16& id, uint64_t, const std::string&) {
         v1::CoverageRequest request;
         request.set_org(BytesOf(id));
         return unary([&](auto* c, const auto& q, auto* r) { return summaries->Coverage(c, q, r); },
                      request, v1::CoverageReply(), id);
       },
       named},
  };
  std::string cursor_there = hana_there.held.cursor;
  int kept_aside = 0;
  for (int i = 0; i < kProbes; ++i) {
    const Probe& probe = probes[random() % probes.size()];
    const uint64_t number = random();
    const bool is_store = std::string(probe.name) == "Push to a store";
    const std::string theirs =
        probe.ask(probe.theirs(), is_store ? hana_there.replica() : number, cursor_there);
    std::string cursor = cursor_there;
    cursor[random() % cursor.size()] ^= static_cast<char>(1 + random() % 255);
    const std::string nobodys = probe.ask(random_id(), is_store ? random() : number, cursor);
    ASSERT_EQ(theirs, nobodys) << probe.name << ", probe " << i << ", seed " << TestSeed();
    kept_aside += theirs.find("words of one school") != std::string::npos;
  }
  EXPECT_EQ(kept_aside, 0) << "an answer held the other school's words";
  std::printf("%d probes of the other school, seed %llu\n", kProbes,
              static_cast<unsigned long long>(TestSeed()));
}

}  // namespace
}  // namespace halfterm::testing
