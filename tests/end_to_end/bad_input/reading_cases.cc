// Greetings and readings that are bent, and people who ask for what is not theirs: "not yours" and
// "not there" get the same bytes.
#include <gtest/gtest.h>

#include <string>

#include "halfterm/v1/summary.pb.h"
#include "sync/core/digest.h"
#include "tests/end_to_end/bad_input/bad_input.h"

namespace halfterm::testing {
namespace {

std::string Greet(WireTablet& tablet, const std::function<void(v1::HelloRequest&)>& bend) {
  v1::HelloRequest request;
  request.set_device(BytesOf(tablet.device()));
  bend(request);
  return CodeOf(CallByName(tablet, "Sync/Hello", request.SerializeAsString()));
}

std::string GreetAsHana(World& world, const std::function<void(v1::HelloRequest&)>& bend) {
  WireTablet hana = world.Tablet(world.school.hana);
  return Greet(hana, bend);
}

std::string WithToken(World& world, const std::string& token) {
  grpc::ClientContext context;
  if (!token.empty()) context.AddMetadata("authorization", token);
  v1::HelloReply reply;
  return CodeOf(world.hana().sync().Hello(&context, v1::HelloRequest(), &reply));
}

const BadInput kGreetings[] = {
    {"NoToken", "UNAUTHENTICATED", [](World& w) { return WithToken(w, ""); }},
    {"TokenThatNobodyHas", "UNAUTHENTICATED",
     [](World& w) { return WithToken(w, "Bearer " + std::string(43, 'A')); }},
    {"TokenWithALetterTooMany", "UNAUTHENTICATED",
     [](World& w) { return WithToken(w, "Bearer " + w.hana().session().token() + "A"); }},
    {"SessionIdForAToken", "UNAUTHENTICATED",
     [](World& w) { return WithToken(w, "Bearer session-id-of-hana"); }},
    {"TokenOfAnotherSchoolForAStoreHere", "OK",  // With a store of the caller's own: decision 81.
     [](World& w) {
       return Greet(w.hana_there(), [&](v1::HelloRequest& request) {
         request.add_stores()->set_replica(w.hana().replica());
       });
     }},
    {"GreetingForAColleaguesStore", "OK",  // As above.
     [](World& w) {
       return GreetAsHana(w, [&](v1::HelloRequest& request) {
         request.add_stores()->set_replica(w.sara().replica());
       });
     }},
    {"SixtyFiveStores", "INVALID_ARGUMENT",
     [](World& w) {
       return GreetAsHana(w, [](v1::HelloRequest& request) {
         while (request.stores_size() < 65) request.add_stores();
       });
     }},
    {"TabletOf15Bytes", "INVALID_ARGUMENT",
     [](World& w) {
       return GreetAsHana(
           w, [](v1::HelloRequest& request) { request.set_device(std::string(15, 'd')); });
     }},
    {"AppOf65Bytes", "INVALID_ARGUMENT",
     [](World& w) {
       return GreetAsHana(w,
                          [](v1::HelloRequest& request) { request.set_app(std::string(65, 'a')); });
     }},
    {"AppThatIsNoUtf8", "INVALID_ARGUMENT",
     [](World& w) {
       return CodeOf(CallByName(w.hana(), "Sync/Hello", std::string("\x2a\x02\xc3\x28", 4)));
     }},
    {"TabletThatWasRolledBack", "REHOME",
     [](World& w) -> std::string {
       WireTablet hana = w.Tablet(w.school.hana);
       const core::FacetId plan{w.NewVisit(), core::kPlan, {}};
       PushDelta(hana, plan, PlanValues(w.school, w.school.hana, w.school.tia));
       v1::HelloRequest request;
       request.set_device(BytesOf(hana.device()));
       request.add_stores()->set_replica(hana.replica());  // It says that it wrote nothing.
       std::string bytes;
       const grpc::Status status =
           CallByName(hana, "Sync/Hello", request.SerializeAsString(), &bytes);
       v1::HelloReply reply;
       if (!status.ok() || !reply.ParseFromString(bytes)) return CodeOf(status);
       return reply.stores(0).action() == v1::STORE_ACTION_REHOME ? "REHOME" : "OK";
     }},
};
INSTANTIATE_TEST_SUITE_P(Greeting, BadInputTest, ::testing::ValuesIn(kGreetings), NameOf);

std::string PullFrom(WireTablet& tablet, const std::string& cursor,
                     const std::vector<uint32_t>& periods = {}) {
  v1::PullRequest request;
  request.set_cursor(cursor);
  for (const uint32_t period : periods) request.mutable_interest()->add_periods(period);
  grpc::ClientContext context;
  tablet.Prepare(context);
  const auto reader = tablet.sync().Pull(&context, request);
  v1::PullReply reply;
  while (reader->Read(&reply)) {
  }
  return CodeOf(reader->Finish());
}

// Two fetches of Tom's: whether their answers are the same but for the ids asked for.
std::string FetchTwo(World& world, const core::Id16& secret, const core::Id16& absent) {
  WireTablet tom = world.Tablet(world.school.tom);
  std::string answers[2];
  int i = 0;
  for (const core::Id16& id : {secret, absent}) {
    v1::FetchRequest request;
    request.add_records(BytesOf(id));
    const grpc::Status status =
        CallByName(tom, "Sync/Fetch", request.SerializeAsString(), &answers[i]);
    if (!status.ok()) return CodeOf(status);
    v1::FetchReply reply;
    EXPECT_TRUE(reply.ParseFromString(answers[i]));
    EXPECT_EQ(reply.items_size(), 1);
    EXPECT_EQ(reply.items(0).record(), BytesOf(id));
    reply.mutable_items(0)->clear_record();
    answers[i++] = reply.SerializeAsString();
  }
  return answers[0] == answers[1] ? "alike" : "told apart";
}

std::string Descend(World& world, const core::Scope& scope) {
  WireTablet tom = world.Tablet(world.school.tom);
  v1::DescendRequest request;
  request.mutable_scope()->set_type(scope.type);
  request.mutable_scope()->set_id(BytesOf(scope.id));
  return CodeOf(CallByName(tom, "Sync/Descend", request.SerializeAsString()));
}

const BadInput kReadings[] = {
    {"CursorWithABitChanged", "INVALID_ARGUMENT",
     [](World& w) {
       std::string cursor = w.hana().held.cursor;
       cursor[5] ^= 1;
       return PullFrom(w.hana(), cursor);
     }},
    {"CursorCutOff", "INVALID_ARGUMENT",
     [](World& w) {
       const std::string& cursor = w.hana().held.cursor;
       return PullFrom(w.hana(), cursor.substr(0, cursor.size() - 1));
     }},
    {"CursorOfNoise", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.hana(), std::string(60, '\x7f')); }},
    {"CursorOf513Bytes", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.hana(), std::string(513, 'c')); }},
    {"CursorOfAColleague", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.sara(), w.hana().held.cursor); }},
    {"CursorOfOneselfAtAnotherSchool", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.hana(), w.hana_there().held.cursor); }},
    {"InterestOf33Periods", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.hana(), "", std::vector<uint32_t>(33, 209)); }},
    {"InterestInNoHalfTerm", "INVALID_ARGUMENT",
     [](World& w) { return PullFrom(w.hana(), "", {70'000}); }},
    {"WatchFromAForgedCursor", "INVALID_ARGUMENT",
     [](World& w) {
       v1::WatchRequest request;
       request.set_cursor(std::string(60, '\x7f'));
       grpc::ClientContext context;
       w.hana().Prepare(context);
       const auto reader = w.hana().sync().Watch(&context, request);
       v1::WatchReply reply;
       while (reader->Read(&reply)) {
       }
       return CodeOf(reader->Finish());
     }},
    {"FetchOfAVisitThatIsNotOnes", "alike",
     [](World& w) { return FetchTwo(w, w.treasure, IdNumber(99)); }},
    {"FetchOfAnotherSchoolsVisit", "alike",
     [](World& w) { return FetchTwo(w, w.there_only, IdNumber(99)); }},
    {"FetchOfNothing", "INVALID_ARGUMENT",
     [](World& w) { return CodeOf(CallByName(w.hana(), "Sync/Fetch", "")); }},
    {"FetchOf257", "INVALID_ARGUMENT",
     [](World& w) {
       v1::FetchRequest request;
       while (request.records_size() < 257) request.add_records(BytesOf(w.treasure));
       return CodeOf(CallByName(w.hana(), "Sync/Fetch", request.SerializeAsString()));
     }},
    {"FetchOfAnIdOf4KiB", "INVALID_ARGUMENT",
     [](World& w) {
       v1::FetchRequest request;
       request.add_records(std::string(4096, 'r'));
       return CodeOf(CallByName(w.hana(), "Sync/Fetch", request.SerializeAsString()));
     }},
    {"DigestsOfAColleaguesScope", "PERMISSION_DENIED",
     [](World& w) { return Descend(w, core::PersonScope(w.school.hana)); }},
    {"DigestsOfADepartmentThatOneDoesNotLead", "PERMISSION_DENIED",
     [](World& w) { return Descend(w, core::DepartmentScope(w.school.maths)); }},
    {"DigestsOfASchoolThatIsNone", "PERMISSION_DENIED",
     [](World& w) { return Descend(w, core::SchoolScope(IdNumber(99))); }},
    {"DigestsOfAScopeOfAnUnknownType", "PERMISSION_DENIED",
     [](World& w) {
       return Descend(w, {9, IdNumber(1)});
     }},
    {"DigestsOfNoScope", "INVALID_ARGUMENT",
     [](World& w) { return CodeOf(CallByName(w.hana(), "Sync/Descend", "")); }},
    {"ConfirmationOfWhatOneDoesNotHold", "not right",
     [](World& w) -> std::string {
       v1::ConfirmRequest request;
       request.set_cursor(w.hana().held.cursor);
       v1::ScopeDigest& held = *request.add_held();
       held.mutable_scope()->set_type(2);
       held.mutable_scope()->set_id(BytesOf(w.school.hana));
       held.set_count(1);
       held.set_digest(std::string(32, 'd'));
       std::string bytes;
       const grpc::Status status =
           CallByName(w.hana(), "Sync/Confirm", request.SerializeAsString(), &bytes);
       v1::ConfirmReply reply;
       if (!status.ok() || !reply.ParseFromString(bytes)) return CodeOf(status);
       return reply.right() ? "right" : "not right";
     }},
};
INSTANTIATE_TEST_SUITE_P(Reading, BadInputTest, ::testing::ValuesIn(kReadings), NameOf);

// What Tom, who leads nobody, hears of somebody else's figures, and of nobody's.
template <class Request>
std::string Summary(World& world, const char* method, void (Request::*set)(const std::string&),
                    const core::Id16& secret) {
  WireTablet tom = world.Tablet(world.school.tom);
  std::string words[2];
  int i = 0;
  for (const core::Id16& id : {secret, IdNumber(99)}) {
    Request request;
    (request.*set)(BytesOf(id));
    request.set_h2(SmallSchool::kAutumn1);
    const grpc::Status status =
        CallByName(tom, std::string("Summaries/") + method, request.SerializeAsString());
    words[i++] = CodeOf(status) + " " + status.error_message();
  }
  if (words[0] != words[1]) return "told apart: " + words[0] + " | " + words[1];
  return words[0].substr(0, words[0].find(' '));
}

const BadInput kSummaries[] = {
    {"FiguresOfAColleague", "NOT_FOUND",
     [](World& w) {
       return Summary<v1::TeacherRequest>(w, "Teacher", &v1::TeacherRequest::set_teacher<>,
                                          w.school.tia);
     }},
    {"FiguresOfADepartmentThatOneDoesNotLead", "NOT_FOUND",
     [](World& w) {
       return Summary<v1::DepartmentRequest>(
           w, "Department", &v1::DepartmentRequest::set_department<>, w.school.art);
     }},
    {"FiguresOfTheSchool", "NOT_FOUND",
     [](World& w) {
       return Summary<v1::SchoolRequest>(w, "School", &v1::SchoolRequest::set_school<>,
                                         w.school.site);
     }},
    {"CoverageOfTheSchool", "NOT_FOUND",
     [](World& w) {
       return Summary<v1::CoverageRequest>(w, "Coverage", &v1::CoverageRequest::set_org<>,
                                           w.school.site);
     }},
    {"FiguresOfAnIdOf15Bytes", "INVALID_ARGUMENT",
     [](World& w) {
       v1::TeacherRequest request;
       request.set_teacher(std::string(15, 't'));
       return CodeOf(CallByName(w.sara(), "Summaries/Teacher", request.SerializeAsString()));
     }},
    {"FiguresOfAHalfTermThatDoesNotExist", "INVALID_ARGUMENT",
     [](World& w) {
       v1::TeacherRequest request;
       request.set_teacher(BytesOf(w.school.tia));
       request.set_h2(4'000'000'000);
       return CodeOf(CallByName(w.sara(), "Summaries/Teacher", request.SerializeAsString()));
     }},
};
INSTANTIATE_TEST_SUITE_P(Summary, BadInputTest, ::testing::ValuesIn(kSummaries), NameOf);

}  // namespace
}  // namespace halfterm::testing
