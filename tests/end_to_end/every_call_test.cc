// Two schools on one server: every call of the public port is asked about its own school, and
// answers; and asked with ids of that request swapped for what the other school has and for what
// nobody has, it answers both alike. A call that is new fails here until it has a request of its
// own.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "halfterm/v1/account.pb.h"
#include "halfterm/v1/aggregate.grpc.pb.h"
#include "halfterm/v1/audit.pb.h"
#include "halfterm/v1/disposition.pb.h"
#include "halfterm/v1/open_doors.grpc.pb.h"
#include "halfterm/v1/practice.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "service/messages.h"
#include "tests/end_to_end/own_requests.h"
#include "tests/support/joining_tablet.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {
namespace {

using core::Id16;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Request = std::unique_ptr<Message>;
using Code = grpc::StatusCode;

constexpr int kRounds = 160;
// Of a call that counts wrong guesses: two of each, and at most ten are allowed anywhere.
constexpr int kGuesses = 5;

// Calls that take nothing that could be another school's: they are asked about one's own only.
const std::set<std::string> kTakesNoName = {
    "Accounts.Challenge", "Accounts.SignOut",    "Accounts.SetPassphrase", "Accounts.ListTablets",
    "Audit.AboutMe",      "Keeping.Counts",      "Keeping.Kept",           "Keeping.Own",
    "Practice.Helping",   "OpenDoors.ListDoors", "OpenDoors.OpenDoor",
};
// Asked by name in tenants_test, because each group goes on from the one before, or it streams.
const std::set<std::string> kInTenantsTest = {"Sync.Push", "Sync.Pull"};
// Somebody else's cursor is answered as no cursor: INVALID_ARGUMENT.
const std::set<std::string> kByCursor = {"Sync.Confirm", "Sync.Watch"};
// Without a session; they count wrong guesses.
const std::set<std::string> kGuessed = {"Accounts.Enrol",
                                        "Accounts.SignIn",
                                        "Accounts.BeginProviderSignIn",
                                        "Accounts.FinishProviderSignIn",
                                        "Accounts.RenewSession",
                                        "Accounts.Courier"};
// What is documented as the answer where a school has no provider, and to a state that was never
// given out. A provider is tried in tests/end_to_end/provider.
const std::map<std::string, Code> kOwnAnswer = {
    {"Accounts.BeginProviderSignIn", Code::FAILED_PRECONDITION},
    {"Accounts.FinishProviderSignIn", Code::UNAUTHENTICATED},
};

std::vector<const ServiceDescriptor*> PublicServices() {
  std::vector<const ServiceDescriptor*> all;
  const std::set<std::string> admin = {"AccountsAdmin", "AuditTrail", "Freezing", "KeepingAdmin"};
  for (const google::protobuf::Descriptor* message :
       {v1::HelloRequest::descriptor(), v1::OfferRequest::descriptor(),
        v1::TeacherRequest::descriptor(), v1::LoadRequest::descriptor(),
        v1::KeptRequest::descriptor(), v1::FrozenSchoolRequest::descriptor(),
        v1::AboutMeRequest::descriptor(), v1::EnrolRequest::descriptor(),
        v1::ListDoorsRequest::descriptor()}) {
    for (int i = 0; i < message->file()->service_count(); ++i) {
      const ServiceDescriptor* service = message->file()->service(i);
      if (admin.count(std::string(service->name())) == 0) all.push_back(service);
    }
  }
  return all;
}

std::string NameOf(const MethodDescriptor& method) {
  return std::string(method.service()->name()) + "." + std::string(method.name());
}

std::string RandomBytes(size_t size, std::mt19937_64& random) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Something that both schools have, each another one.
struct Thing {
  std::string own, theirs;
  bool is_text = false;
};

// A place in a request that names a thing of one's own.
struct Slot {
  Message* message;
  const FieldDescriptor* field;
  int index;  // -1: the field is not repeated.
  size_t thing;
};

class EveryCallTest : public ::testing::Test {
 protected:
  EveryCallTest() {
    AddWhatBothHave(here_school, federation, 70);
    AddWhatBothHave(there_school, their_federation, 170);
    // Hana holds whatever opens calls at her own school.
    for (const v1::Role role : {v1::ROLE_SLT, v1::ROLE_ADMIN, v1::ROLE_DPO, v1::ROLE_GOVERNOR}) {
      here_school.AddGrant(here_school.hana, role, here_school.site);
    }
    here_school.AddGrant(here_school.hana, v1::ROLE_GOVERNOR, federation);
    there_school.AddOrg(only_site, v1::ORG_KIND_SITE, {}, "Southgate");
    there_school.AddOrg(only_department, v1::ORG_KIND_DEPARTMENT, only_site, "Music");
    there_school.AddPerson(only_teacher, "Una Kaur", {only_department});
    there_school.AddGrant(only_teacher, v1::ROLE_HOD, only_department);
    there_school.AddRubric(only_rubric, 4);
    server.Import(here_school, "northgate");
    server.Import(there_school, "southgate");
    server.clock.Advance(int64_t{60} * 86'400'000);
    Freeze();
  }

  static void AddWhatBothHave(SmallSchool& school, const Id16& above, uint8_t number) {
    school.AddOrg(above, v1::ORG_KIND_FEDERATION, {}, "Federation");
    school.content.orgs.front().set_parent(BytesOf(above));
    school.AddRule(number, "A visit each half-term", {v1::VISIT_KIND_DEPT});
    v1::Cycle& cycle = school.content.cycles.emplace_back();
    cycle.set_id(BytesOf(IdNumber(static_cast<uint8_t>(number + 1))));
    cycle.set_org(BytesOf(school.site));
    cycle.set_title("Questioning");
    cycle.set_start_day(Day(2026, 11, 2));
  }

  // The first half-term has closed; what is counted anew after an import is not waited for long.
  void Freeze() {
    const auto freezing = v1::Freezing::NewStub(
        grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
    v1::FreezeRequest request;
    request.set_tenant("northgate");
    request.set_h2(SmallSchool::kAutumn1);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    grpc::Status status;
    do {
      grpc::ClientContext context;
      v1::FreezeReply reply;
      status = freezing->Freeze(&context, request, &reply);
      if (!status.ok()) std::this_thread::yield();
    } while (status.error_code() == Code::FAILED_PRECONDITION &&
             std::chrono::steady_clock::now() < until);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // What the call answers: its code, and everything it says.
  std::pair<Code, std::string> Ask(const std::shared_ptr<grpc::Channel>& channel,
                                   const std::string& token, const MethodDescriptor& method,
                                   const Message& request) {
    JoiningTablet::Call call(token);
    const grpc::ByteBuffer bytes = service::Encode(request);
    grpc::ByteBuffer reply;
    std::promise<grpc::Status> done;
    grpc::GenericStub stub(channel);
    stub.UnaryCall(&call.context,
                   "/" + std::string(method.service()->full_name()) + "/" + method.name(),
                   grpc::StubOptions(), &bytes, &reply,
                   [&done](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    std::vector<grpc::Slice> slices;
    std::string said = std::to_string(status.error_code()) + " " + status.error_message() + " " +
                       status.error_details() + " | ";
    std::string message;
    if (reply.Valid() && reply.Dump(&slices).ok()) {
      for (const grpc::Slice& slice : slices) {
        message.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
    }
    if (v1::HelloReply hello;
        NameOf(method) == "Sync.Hello" && status.ok() && hello.ParseFromString(message)) {
      hello.clear_hello_no();  // Counts the greetings, whatever they name.
      message = hello.SerializeAsString();
    }
    return {status.error_code(), said + message};
  }

  // A door that the tablet's person opens for tomorrow.
  void OpenDoorOf(WireTablet& tablet, const Id16& id) {
    const auto doors = v1::OpenDoors::NewStub(tablet.channel());
    grpc::ClientContext context;
    tablet.Prepare(context);
    v1::OpenDoorRequest request;
    request.set_door(BytesOf(id));
    request.set_lesson_start_ms(server.clock.NowMs() + 86'400'000);
    request.set_minutes(50);
    request.set_places(2);
    v1::DoorReply reply;
    const grpc::Status opened = doors->OpenDoor(&context, request, &reply);
    EXPECT_TRUE(opened.ok()) << opened.error_message();
  }

  void FindSlots(Message& message, std::vector<Slot>& slots) const {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    const auto* reflection = message.GetReflection();
    for (const FieldDescriptor* field : fields) {
      const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        const int index = field->is_repeated() ? i : -1;
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          FindSlots(*(index < 0 ? reflection->MutableMessage(&message, field)
                                : reflection->MutableRepeatedMessage(&message, field, index)),
                    slots);
          continue;
        }
        const std::string value = ValueOf({&message, field, index, 0});
        for (size_t t = 0; t < things.size() && !value.empty(); ++t) {
          if (value.compare(0, things[t].own.size(), things[t].own) != 0) continue;
          slots.push_back({&message, field, index, t});
          break;
        }
      }
    }
  }

  // Of text, bytes and names of stores; of anything else, nothing.
  static std::string ValueOf(const Slot& slot) {
    const auto* reflection = slot.message->GetReflection();
    if (slot.field->type() == FieldDescriptor::TYPE_FIXED64) {
      const uint64_t number = reflection->GetUInt64(*slot.message, slot.field);
      return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
    }
    if (slot.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
    return slot.index < 0 ? reflection->GetString(*slot.message, slot.field)
                          : reflection->GetRepeatedString(*slot.message, slot.field, slot.index);
  }

  // Names `other` where the slot named its thing; what follows the name stays.
  void Rename(const Slot& slot, const std::string& other) const {
    const auto* reflection = slot.message->GetReflection();
    std::string value = ValueOf(slot).replace(0, things[slot.thing].own.size(), other);
    if (slot.field->type() == FieldDescriptor::TYPE_FIXED64) {
      uint64_t number = 0;
      value.copy(reinterpret_cast<char*>(&number), sizeof(number));
      reflection->SetUInt64(slot.message, slot.field, number);
    } else if (slot.index < 0) {
      reflection->SetString(slot.message, slot.field, value);
    } else {
      reflection->SetRepeatedString(slot.message, slot.field, slot.index, value);
    }
  }

  // Renames at least one of the slots, all those that `random` picks, by `names`. Now and then one
  // sort of id stands where another belongs.
  void Swap(const std::vector<Slot>& slots, const std::vector<std::string>& names, bool only_one,
            std::mt19937_64& random) const {
    const size_t sure = random() % slots.size();
    for (size_t i = 0; i < slots.size(); ++i) {
      const bool picked = random() % 2 == 0;
      const size_t any = random() % things.size();
      const bool stray = random() % 4 == 0 && things[any].own.size() == Id16::kSize &&
                         things[slots[i].thing].own.size() == Id16::kSize;
      if (i != sure && (only_one || !picked)) continue;
      Rename(slots[i], names[stray ? any : slots[i].thing]);
    }
  }

  RunningServer server;
  SmallSchool here_school, there_school;
  const Id16 federation = IdNumber(60), their_federation = IdNumber(160), only_site = IdNumber(150),
             only_department = IdNumber(151), only_teacher = IdNumber(152),
             only_rubric = IdNumber(153), visit = IdNumber(90), only_visit = IdNumber(190),
             own_door = IdNumber(91), door = IdNumber(92), only_door = IdNumber(191),
             only_other_door = IdNumber(192);
  std::vector<Thing> things;
};

TEST_F(EveryCallTest, S3Z1EveryCallAnswersAboutOnesOwnAndTakesAnotherSchoolsForNobodys) {
  constexpr char kPassphrase[] = "seven quiet herons", kOther[] = "eleven loud magpies";
  std::mt19937_64 random(TestSeed() + 1);  // The server makes its ids of the seed itself.
  WireTablet hana(server, "northgate", here_school.hana, 1);
  WireTablet una(server, "southgate", only_teacher, 2);
  hana.Write({visit, core::kPlan, {}}, PlanValues(here_school, hana.person(), here_school.tia));
  una.Write({only_visit, core::kPlan, {}},
            PlanValues(there_school, only_teacher, there_school.tia));
  for (WireTablet* tablet : {&hana, &una}) {
    ASSERT_TRUE(tablet->Push().ok());
    ASSERT_TRUE(tablet->Pull().ok());
  }
  // Sessions and a tablet to end.
  WireTablet spare(server, "northgate", here_school.sara, 6);
  WireTablet leaving(server, "northgate", here_school.hugo, 7);
  WireTablet theirs_too(server, "southgate", there_school.sara, 8);

  OpenDoorOf(hana, own_door);
  OpenDoorOf(spare, door);
  OpenDoorOf(una, only_door);
  OpenDoorOf(una, only_other_door);

  // Tablets with a key: one on which somebody works, one on which somebody signs in again and
  // again, one that joins, and two of the other school.
  JoiningTablet joined(server, 11), entering(server, 12), joining(server, 13), there(server, 14),
      there_too(server, 15);
  v1::SignInReply tom, ann;
  joined.Join(Invite(server, "northgate", here_school.tom));
  ASSERT_TRUE(joined.SignInWithTicket(kPassphrase, &tom).ok());
  entering.Join(Invite(server, "northgate", here_school.ann));
  ASSERT_TRUE(entering.SignInWithTicket(kPassphrase, &ann).ok());
  there.Join(Invite(server, "southgate", only_teacher));
  ASSERT_TRUE(there.SignInWithTicket(kOther).ok());
  there_too.Join(Invite(server, "southgate", there_school.tom));
  JoiningTablet waiting(server, 16), settled(server, 17);
  v1::SignInReply tia;
  settled.Join(Invite(server, "northgate", here_school.tia));
  ASSERT_TRUE(settled.SignInWithTicket(kPassphrase, &tia).ok());
  waiting.Join(Invite(server, "northgate", here_school.hedy));
  const v1::InviteReply invited = Invite(server, "northgate", here_school.gus);
  const v1::InviteReply invited_there = Invite(server, "southgate", there_school.hugo);

  const auto store = [](uint64_t replica) {
    return std::string(reinterpret_cast<const char*>(&replica), sizeof(replica));
  };
  things = {{BytesOf(federation), BytesOf(their_federation)},
            {BytesOf(here_school.site), BytesOf(only_site)},
            {BytesOf(here_school.maths), BytesOf(only_department)},
            {BytesOf(here_school.tia), BytesOf(only_teacher)},
            {BytesOf(here_school.rubric_a), BytesOf(only_rubric)},
            {BytesOf(IdNumber(70)), BytesOf(IdNumber(170))},
            {BytesOf(IdNumber(71)), BytesOf(IdNumber(171))},
            {BytesOf(visit), BytesOf(only_visit)},
            {BytesOf(own_door), BytesOf(only_door)},
            {BytesOf(door), BytesOf(only_other_door)},
            {hana.session().session(), una.session().session()},
            {spare.session().session(), theirs_too.session().session()},
            {BytesOf(hana.device()), BytesOf(una.device())},
            {BytesOf(leaving.device()), BytesOf(theirs_too.device())},
            {BytesOf(joined.device()), BytesOf(there.device())},
            {BytesOf(entering.device()), BytesOf(there_too.device())},
            {invited.secret(), invited_there.secret()},
            {waiting.enrolled().ticket(), there_too.enrolled().ticket()},
            {hana.held.cursor, una.held.cursor},
            {store(hana.replica()), store(una.replica())},
            {"northgate", "southgate", true},
            {entering.enrolled().person().sign_in_name(), there.enrolled().person().sign_in_name(),
             true}};

  OwnNames own;
  own.federation = BytesOf(federation);
  own.site = BytesOf(here_school.site);
  own.maths = BytesOf(here_school.maths);
  own.tia = BytesOf(here_school.tia);
  own.rubric = BytesOf(here_school.rubric_a);
  own.rule = BytesOf(IdNumber(70));
  own.cycle = BytesOf(IdNumber(71));
  own.visit = BytesOf(visit);
  own.own_door = BytesOf(own_door);
  own.door = BytesOf(door);
  own.tomorrow_ms = server.clock.NowMs() + 86'400'000;
  own.device = BytesOf(hana.device());
  own.cursor = hana.held.cursor;
  own.replica = hana.replica();
  own.epoch = hana.epoch();
  own.session_to_end = spare.session().session();
  own.device_to_end = BytesOf(leaving.device());
  own.secret = invited.secret();
  own.ticket = waiting.enrolled().ticket();
  own.sign_in_name = entering.enrolled().person().sign_in_name();
  own.passphrase = kPassphrase;
  own.other_passphrase = kOther;
  own.joined_proof = [&joined] { return joined.Proof(); };
  own.entering_proof = [&entering] { return entering.Proof(); };
  own.enrolment = [&] { return joining.EnrolRequest(invited); };
  std::map<std::string, OwnRequest> requests = OwnRequests(own);

  const auto token_of = [&](const std::string& call) {
    if (call == "Accounts.RenewSession") return tom.token();
    if (call == "Accounts.SetPassphrase") return tia.token();
    if (call == "Accounts.SignOut") return leaving.session().token();
    return kGuessed.count(call) != 0 ? std::string() : hana.session().token();
  };

  int calls = 0, probes = 0;
  std::vector<const MethodDescriptor*> all;
  for (const ServiceDescriptor* service : PublicServices()) {
    for (int m = 0; m < service->method_count(); ++m) all.push_back(service->method(m));
  }
  for (const MethodDescriptor* method : all) {
    const std::string name = NameOf(*method);
    if (kInTenantsTest.count(name) != 0) continue;
    ASSERT_EQ(requests.count(name), 1u) << name << " has no request about one's own here";
    ++calls;
    const bool guessed = kGuessed.count(name) != 0;
    for (int round = 0; round < (guessed ? kGuesses : kRounds); ++round) {
      if (kTakesNoName.count(name) != 0) break;
      std::vector<std::string> theirs, nobodys;
      for (const Thing& thing : things) {
        theirs.push_back(thing.theirs);
        nobodys.push_back(thing.is_text ? std::string(thing.theirs.size(), 'q')
                                        : RandomBytes(thing.theirs.size(), random));
      }
      const uint64_t seed = random();
      const auto answered = [&](const std::vector<std::string>& names) {
        std::mt19937_64 chance(seed);
        const Request request =
            requests[name]([&chance](uint64_t count) { return chance() % count; });
        std::vector<Slot> slots;
        FindSlots(*request, slots);
        if (slots.empty()) return std::string();
        // One at a time without a session: a foreign proof hides the rest, and another school's
        // name with its own invitation is no probe but an enrolment.
        Swap(slots, names, guessed, chance);
        std::string said = Ask(hana.channel(), token_of(name), *method, *request).second;
        for (const std::string& named : names) {
          for (size_t at = said.find(named); at != std::string::npos; at = said.find(named)) {
            said.replace(at, named.size(), "(it)");
          }
        }
        return said;
      };
      const std::string had = answered(theirs), had_not = answered(nobodys);
      ASSERT_FALSE(had.empty()) << name << " names nothing of one's own";
      ASSERT_EQ(had, had_not) << name << ", round " << round << ", seed " << TestSeed();
      // The same answer to a request that is not understood would say nothing.
      EXPECT_TRUE(kByCursor.count(name) != 0 || had.compare(0, 2, "3 ") != 0)
          << name << ": " << had;
      probes += 2;
    }
  }
  // What each says about one's own: last, because some of these end something.
  for (const MethodDescriptor* method : all) {
    const std::string name = NameOf(*method);
    if (kInTenantsTest.count(name) != 0 || method->server_streaming()) continue;
    const Request request = requests[name]([](uint64_t) { return 0; });
    const auto [code, said] = Ask(hana.channel(), token_of(name), *method, *request);
    const auto documented = kOwnAnswer.find(name);
    EXPECT_EQ(code, documented == kOwnAnswer.end() ? Code::OK : documented->second)
        << name << " about one's own: " << said;
  }
  // Nothing of theirs was ended.
  EXPECT_TRUE(una.Hello().ok());
  EXPECT_TRUE(theirs_too.Hello().ok());
  std::printf("%d calls, %d probes, seed %llu\n", calls, probes,
              static_cast<unsigned long long>(TestSeed()));
}

}  // namespace
}  // namespace halfterm::testing
