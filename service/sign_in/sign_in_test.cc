// Who gets in, on what tablet, for how long, and who does not: cases A1 to A8, A10 to A15 and A20
// to A23 over the real calls.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "halfterm/v1/audit.grpc.pb.h"
#include "service/messages.h"
#include "service/sign_in/nonces.h"
#include "storage/accounts/invitations.h"
#include "tests/support/joining_tablet.h"
#include "tests/support/running_server.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::IdNumber;
using testing::Invite;
using testing::JoiningTablet;
using testing::RunningServer;
using testing::SmallSchool;
using Code = grpc::StatusCode;

constexpr char kPassphrase[] = "seven quiet herons";
constexpr char kOther[] = "eleven loud magpies";
constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

class SignInTest : public ::testing::Test {
 protected:
  SignInTest() {
    school_.AddGrant(school_.hedy, v1::ROLE_ADMIN, school_.site);
    server_.Import(school_, "northgate");
    admin_ = v1::AccountsAdmin::NewStub(
        grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials()));
  }

  // A tablet on which the person has set kPassphrase.
  std::unique_ptr<JoiningTablet> TabletOf(const core::Id16& person, uint8_t number,
                                          v1::SignInReply* reply = nullptr) {
    auto tablet = std::make_unique<JoiningTablet>(server_, number);
    tablet->Join(Invite(server_, "northgate", person));
    const grpc::Status status = tablet->SignInWithTicket(kPassphrase, reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return tablet;
  }
  // A tablet of the school that nobody has signed in on.
  std::unique_ptr<JoiningTablet> EmptyTablet(uint8_t number) {
    auto tablet = std::make_unique<JoiningTablet>(server_, number);
    tablet->Join(Invite(server_, "northgate", {}));
    return tablet;
  }
  grpc::Status SetAccount(const core::Id16& person, bool ended) {
    v1::SetAccountRequest request;
    request.set_tenant("northgate");
    request.set_person(BytesOf(person));
    request.set_ended(ended);
    JoiningTablet::Call call;
    v1::SetAccountReply reply;
    return admin_->SetAccount(&call.context, request, &reply);
  }

  SmallSchool school_;
  RunningServer server_;
  std::unique_ptr<v1::AccountsAdmin::Stub> admin_;
};

TEST_F(SignInTest, AnInvitationJoinsATabletAndLetsItsPersonSetAPassphrase) {
  const v1::InviteReply invitation = Invite(server_, "northgate", school_.hana);
  EXPECT_EQ(invitation.person().sign_in_name(), "hana.owen");
  EXPECT_EQ(invitation.expires_ms(), server_.clock.NowMs() + 10 * kMinute);
  EXPECT_EQ(storage::NormalCode(invitation.code()), invitation.code());
  JoiningTablet tablet(server_, 1);
  v1::EnrolReply enrolled;
  ASSERT_TRUE(tablet.Enrol(tablet.EnrolRequest(invitation), &enrolled).ok());
  EXPECT_EQ(enrolled.school(), "northgate");
  EXPECT_EQ(enrolled.school_name(), "A trust of northgate");
  EXPECT_EQ(enrolled.time_zone(), "Europe/London");
  EXPECT_EQ(enrolled.device(), BytesOf(tablet.device()));
  EXPECT_EQ(enrolled.server_sealing_key().size(), 65u);
  EXPECT_EQ(enrolled.person().display_name(), "Hana Owen");
  EXPECT_FALSE(enrolled.person().has_passphrase());

  EXPECT_EQ(tablet.SignInWithTicket("").error_code(), Code::INVALID_ARGUMENT);
  EXPECT_EQ(tablet.SignInWithTicket("too short").error_code(), Code::INVALID_ARGUMENT);
  v1::SignInReply signed_in;
  const grpc::Status status = tablet.SignInWithTicket(kPassphrase, &signed_in);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(signed_in.person(), BytesOf(school_.hana));
  EXPECT_EQ(signed_in.session().size(), 16u);
  EXPECT_EQ(signed_in.key().size(), 32u);
  EXPECT_GE(signed_in.token().size(), 43u);
  ASSERT_EQ(signed_in.roles_size(), 1);
  EXPECT_EQ(signed_in.roles(0), static_cast<uint32_t>(v1::ROLE_HOD));
  EXPECT_TRUE(tablet.Greet(signed_in.token()).ok());
  EXPECT_EQ(tablet.SignInWithTicket(kPassphrase).error_code(), Code::UNAUTHENTICATED)
      << "a ticket is for once";
  v1::SignInReply again;
  ASSERT_TRUE(tablet.SignInWithPassphrase("Hana.Owen ", kPassphrase, &again).ok());
  EXPECT_NE(again.session(), signed_in.session());
  EXPECT_TRUE(tablet.Greet(again.token()).ok());
  EXPECT_EQ(tablet.Greet(signed_in.token()).error_code(), Code::UNAUTHENTICATED)
      << "one session for each person on a tablet";
}

TEST_F(SignInTest, SeveralPeopleAreSignedInOnOneTablet) {
  v1::SignInReply hana, tia;
  auto tablet = TabletOf(school_.hana, 1, &hana);
  ASSERT_TRUE(
      tablet->SignInWithInvitation(Invite(server_, "northgate", school_.tia), kOther, &tia).ok());
  EXPECT_TRUE(tablet->Greet(hana.token()).ok());
  EXPECT_TRUE(tablet->Greet(tia.token()).ok());
}

TEST_F(SignInTest, A1A2A3_NoTokenARandomOneAndOneThatIsNearlyRightAreNoSession) {
  v1::SignInReply hana;
  auto tablet = TabletOf(school_.hana, 1, &hana);
  std::string flipped = hana.token();
  flipped[5] = flipped[5] == 'A' ? 'B' : 'A';
  std::string words;
  for (const std::string& token :
       {std::string(), std::string(43, 'A'), hana.token().substr(0, hana.token().size() - 1),
        hana.token() + "A", flipped, std::string(4'000, 'x')}) {
    const grpc::Status status = tablet->Greet(token);
    EXPECT_EQ(status.error_code(), Code::UNAUTHENTICATED) << token.size();
    if (words.empty()) words = status.error_message();
    EXPECT_EQ(status.error_message(), words);
  }
}

TEST_F(SignInTest, A4_ASessionEndsByItsTimeAndRenewalGoesOnFromThere) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  EXPECT_EQ(tia.expires_ms(), server_.clock.NowMs() + 7 * kDay);
  EXPECT_EQ(tia.idle_ms(), 0u);
  server_.clock.Advance(6 * kDay);
  v1::RenewSessionReply renewed;
  ASSERT_TRUE(tablet->Renew(tia.token(), &renewed).ok());
  server_.clock.Advance(2 * kDay);
  EXPECT_TRUE(tablet->Greet(renewed.token()).ok());
  server_.clock.Advance(6 * kDay);
  EXPECT_EQ(tablet->Greet(renewed.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Renew(renewed.token(), &renewed).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

TEST_F(SignInTest, A4_AnAdministratorsSessionEndsAfterHalfAnHourOfIdlingAndTwelveHoursInAll) {
  v1::SignInReply hedy;
  auto tablet = TabletOf(school_.hedy, 1, &hedy);
  EXPECT_EQ(hedy.expires_ms(), server_.clock.NowMs() + 12 * kHour);
  for (int i = 0; i < 23; ++i) {
    server_.clock.Advance(29 * kMinute);
    ASSERT_TRUE(tablet->Greet(hedy.token()).ok()) << i;
  }
  server_.Restart();
  JoiningTablet again(server_, 1);
  EXPECT_EQ(again.Greet(hedy.token()).error_code(), Code::UNAUTHENTICATED)
      << "the tablet was not heard in the minutes before the restart";
}

TEST_F(SignInTest, A4_AnIdleSessionEnds) {
  v1::SignInReply hedy;
  auto tablet = TabletOf(school_.hedy, 1, &hedy);
  server_.clock.Advance(31 * kMinute);
  EXPECT_EQ(tablet->Greet(hedy.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A5_ARevokedSessionIsRefusedAtOnceAndItsOpenWatchEndsWithinFiveSeconds) {
  v1::SignInReply first, second;
  auto tablet = TabletOf(school_.tia, 1, &first);
  auto other = EmptyTablet(2);
  ASSERT_TRUE(other->SignInWithPassphrase("tia.green", kPassphrase, &second).ok());
  JoiningTablet::Call watching(first.token());
  const auto watch = tablet->sync().Watch(&watching.context, v1::WatchRequest());
  v1::WatchReply news;
  ASSERT_TRUE(watch->Read(&news));

  v1::EndSessionRequest request;
  request.set_session(first.session());
  JoiningTablet::Call ending(second.token());
  v1::EndSessionReply reply;
  ASSERT_TRUE(other->accounts().EndSession(&ending.context, request, &reply).ok());
  EXPECT_EQ(tablet->Greet(first.token()).error_code(), Code::UNAUTHENTICATED);
  std::thread time([this] {
    for (int i = 0; i < 5; ++i) server_.clock.Advance(1000);
  });
  while (watch->Read(&news)) {
  }
  time.join();
  EXPECT_EQ(watch->Finish().error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A6_AnAccountThatEndsTakesItsSessionsWithItAndNobodySignsInAsIt) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  const v1::InviteReply open = Invite(server_, "northgate", school_.tia);
  ASSERT_TRUE(SetAccount(school_.tia, true).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithInvitation(open, kOther).error_code(), Code::FAILED_PRECONDITION);
  ASSERT_TRUE(SetAccount(school_.tia, false).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

// Ids and kinds alone: whoever reads the audit learns no code, token or passphrase.
TEST_F(SignInTest, WhatIsDoneWithAccountsAndRolesIsInTheAudit) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  {
    v1::EndSessionRequest request;
    request.set_session(tia.session());
    JoiningTablet::Call call(hedy.token());
    v1::EndSessionReply reply;
    ASSERT_TRUE(office->accounts().EndSession(&call.context, request, &reply).ok());
    JoiningTablet::Call again(hedy.token());
    ASSERT_TRUE(office->accounts().EndSession(&again.context, request, &reply).ok());
  }
  ASSERT_TRUE(SetAccount(school_.tia, true).ok());
  ASSERT_TRUE(SetAccount(school_.tia, false).ok());
  v1::EndTabletRequest request;
  request.set_device(BytesOf(tablet->device()));
  JoiningTablet::Call ending(hedy.token());
  v1::EndTabletReply ended;
  ASSERT_TRUE(office->accounts().EndTablet(&ending.context, request, &ended).ok());

  v1::ListAuditRequest audit;
  audit.set_tenant("northgate");
  JoiningTablet::Call call;
  v1::ListAuditReply rows;
  const auto trail = v1::AuditTrail::NewStub(
      grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(trail->ListAudit(&call.context, audit, &rows).ok());
  std::map<int, int> about_tia;
  int roles = 0;
  for (const v1::AuditLine& line : rows.lines()) {
    v1::AuditEvent event;
    ASSERT_TRUE(event.ParseFromString(line.event()));
    for (const std::string& secret : {std::string(kPassphrase), tia.token(), hedy.token()}) {
      EXPECT_EQ(line.event().find(secret), std::string::npos);
    }
    if (event.act() == v1::AUDIT_ACT_ROLE_GIVEN) roles += event.role() == v1::ROLE_ADMIN;
    if (event.subject() == BytesOf(school_.tia)) ++about_tia[event.act()];
    if (event.act() == v1::AUDIT_ACT_SESSION_ENDED) {
      EXPECT_EQ(event.person(), BytesOf(school_.hedy)) << "who ended it";
    }
    if (event.act() == v1::AUDIT_ACT_TABLET_ENDED) {
      EXPECT_EQ(event.device(), BytesOf(tablet->device()));
    }
  }
  EXPECT_EQ(roles, 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_INVITED], 1);
  EXPECT_GE(about_tia[v1::AUDIT_ACT_INVITATION_USED], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_PASSPHRASE_SET], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_SESSION_ENDED], 1) << "once, however often it is asked for";
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_ACCOUNT_ENDED], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_ACCOUNT_OPENED], 1);
}

TEST_F(SignInTest, A6_WhoeverLeavesTheRosterIsOutAtOnce) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  school_.person(school_.tia).set_to_day(testing::Day(2026, 9, 13));
  v1::ImportRequest roster = testing::ImportOf(school_, "northgate");
  roster.set_allow_many_leavers(true);
  JoiningTablet::Call call;
  v1::ImportReply imported;
  ASSERT_TRUE(server_.directory().Import(&call.context, roster, &imported).ok());
  ASSERT_TRUE(imported.applied());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A7_ATabletThatIsTakenOutOfUseFetchesNothingAndNobodySignsInOnIt) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  v1::EndTabletRequest request;
  request.set_device(BytesOf(tablet->device()));
  v1::EndTabletReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().EndTablet(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND)
        << "no administrator";
  }
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().EndTablet(&call.context, request, &reply).ok());
  EXPECT_EQ(reply.sessions(), 1u);
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::PERMISSION_DENIED);
  EXPECT_EQ(
      tablet->Enrol(tablet->EnrolRequest(Invite(server_, "northgate", school_.tia))).error_code(),
      Code::ALREADY_EXISTS)
      << "not under the same id";
  EXPECT_TRUE(office->Greet(hedy.token()).ok());
}

TEST_F(SignInTest, A8A12_OfAnotherSchoolNothingIsKnown) {
  SmallSchool south;
  server_.Import(south, "southgate");
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  // Its invitation, on a tablet of ours, and under our name.
  const v1::InviteReply theirs = Invite(server_, "southgate", south.tom);
  EXPECT_EQ(tablet->SignInWithInvitation(theirs, kPassphrase).error_code(), Code::NOT_FOUND);
  JoiningTablet fresh(server_, 2);
  v1::EnrolRequest request = fresh.EnrolRequest(theirs);
  request.set_school("northgate");
  const grpc::Status other = fresh.Enrol(request);
  request = fresh.EnrolRequest(theirs);
  request.mutable_invitation()->set_secret(std::string(16, 'x'));
  const grpc::Status none = fresh.Enrol(request);
  EXPECT_EQ(other.error_code(), Code::NOT_FOUND);
  EXPECT_EQ(other.error_message(), none.error_message());
  // Our tablet, their school: the ids of people are the same there.
  tablet->school = "southgate";
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::PERMISSION_DENIED);
  // A session of theirs cannot be ended by an administrator of ours.
  v1::SignInReply tom;
  fresh.Join(theirs);
  ASSERT_TRUE(fresh.SignInWithTicket(kPassphrase, &tom).ok());
  v1::SignInReply hedy;
  auto office = TabletOf(school_.hedy, 3, &hedy);
  v1::EndSessionRequest ending;
  ending.set_session(tom.session());
  JoiningTablet::Call call(hedy.token());
  v1::EndSessionReply reply;
  EXPECT_EQ(office->accounts().EndSession(&call.context, ending, &reply).error_code(),
            Code::NOT_FOUND);
  EXPECT_TRUE(fresh.Greet(tom.token()).ok());
}

TEST_F(SignInTest, A9_ATokenInTheAddressIsNoTokenAndACookieIsNone) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  const auto channel = server_.PublicChannel();
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer hello = Encode(v1::HelloRequest());
  grpc::ByteBuffer reply;
  const auto call = [&](const std::string& method, const char* name, const std::string& value) {
    grpc::ClientContext context;
    if (name != nullptr) context.AddMetadata(name, value);
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &hello, &reply,
                   [&done](grpc::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get().error_code();
  };
  EXPECT_EQ(call("/halfterm.v1.Sync/Hello?token=" + tia.token(), nullptr, ""), Code::UNIMPLEMENTED);
  EXPECT_EQ(call("/halfterm.v1.Sync/Hello", "cookie", "token=" + tia.token()),
            Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A10_AnInvitationJoinsOneTabletAndNoOther) {
  const v1::InviteReply invitation = Invite(server_, "northgate", school_.hana);
  JoiningTablet first(server_, 1), second(server_, 2);
  const v1::EnrolRequest request = first.EnrolRequest(invitation);
  ASSERT_TRUE(first.Enrol(request).ok());
  EXPECT_EQ(first.Enrol(request).error_code(), Code::PERMISSION_DENIED) << "a nonce is for once";
  v1::EnrolReply again;
  EXPECT_TRUE(first.Enrol(first.EnrolRequest(invitation, true), &again).ok())
      << "its answer may have been lost";
  for (const bool typed : {false, true}) {
    const grpc::Status used = second.Enrol(second.EnrolRequest(invitation, typed));
    EXPECT_EQ(used.error_code(), Code::ALREADY_EXISTS) << used.error_message();
  }
  auto enrolled = EmptyTablet(3);
  EXPECT_EQ(enrolled->SignInWithInvitation(invitation, kPassphrase).error_code(),
            Code::ALREADY_EXISTS);
}

TEST_F(SignInTest, A11_AnInvitationEndsAfterTenMinutesAndByTheNextOne) {
  const v1::InviteReply old = Invite(server_, "northgate", school_.hana);
  const v1::InviteReply next = Invite(server_, "northgate", school_.hana);
  JoiningTablet tablet(server_, 1);
  EXPECT_EQ(tablet.Enrol(tablet.EnrolRequest(old)).error_code(), Code::FAILED_PRECONDITION);
  server_.clock.Advance(10 * kMinute);
  EXPECT_EQ(tablet.Enrol(tablet.EnrolRequest(next)).error_code(), Code::FAILED_PRECONDITION);
  const v1::InviteReply last = Invite(server_, "northgate", school_.hana);
  server_.clock.Advance(10 * kMinute - 1);
  EXPECT_TRUE(tablet.Enrol(tablet.EnrolRequest(last)).ok());
  server_.clock.Advance(10 * kMinute + 1);
  EXPECT_EQ(tablet.SignInWithTicket(kPassphrase).error_code(), Code::UNAUTHENTICATED)
      << "a ticket lasts as long";
}

TEST_F(SignInTest, A14_SomebodyElsesPassphraseOpensNothingOnTheSameTablet) {
  auto tablet = TabletOf(school_.hana, 1);
  ASSERT_TRUE(tablet->SignInWithInvitation(Invite(server_, "northgate", school_.tia), kOther).ok());
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("hana.owen", kOther).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kOther).ok());
}

TEST_F(SignInTest, A15_NobodyEnrolsAKeyForATabletThatIsThereOrBringsASessionOfTheirOwn) {
  v1::SignInReply hana;
  auto tablet = TabletOf(school_.hana, 1, &hana);
  JoiningTablet attacker(server_, 1);  // The same id, another key.
  EXPECT_EQ(attacker.Enrol(attacker.EnrolRequest(Invite(server_, "northgate", {}))).error_code(),
            Code::ALREADY_EXISTS);
  attacker.school = "northgate";
  EXPECT_EQ(attacker.SignInWithPassphrase("hana.owen", kPassphrase).error_code(),
            Code::PERMISSION_DENIED);
  // Whoever signs in gets a session that nobody knew before, also with a token in the call.
  v1::SignInRequest request;
  request.set_school("northgate");
  *request.mutable_proof() = tablet->Proof();
  request.mutable_passphrase()->set_sign_in_name("hana.owen");
  request.mutable_passphrase()->set_passphrase(kPassphrase);
  JoiningTablet::Call call(hana.token());
  v1::SignInReply again;
  ASSERT_TRUE(tablet->accounts().SignIn(&call.context, request, &again).ok());
  EXPECT_NE(again.token(), hana.token());
  EXPECT_EQ(tablet->Greet(hana.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A20_TheAnswerDoesNotSayWhetherSomebodyIsThere) {
  auto tablet = TabletOf(school_.hana, 1);
  ASSERT_TRUE(SetAccount(school_.tom, true).ok());
  const grpc::Status wrong = tablet->SignInWithPassphrase("hana.owen", kOther);
  for (const char* name : {"nobody.here", "tom.baker", "", "hana.owen\n"}) {
    if (name[0] == '\0') continue;
    const grpc::Status status = tablet->SignInWithPassphrase(name, kOther);
    EXPECT_EQ(status.error_code(), wrong.error_code()) << name;
    EXPECT_EQ(status.error_message(), wrong.error_message()) << name;
  }
}

TEST_F(SignInTest, A21_AHundredSignInsAtOnceAreEachASessionOrLater) {
  auto tablet = TabletOf(school_.hana, 1);
  std::vector<v1::SignInRequest> requests(100);
  for (v1::SignInRequest& request : requests) {
    request.set_school("northgate");
    *request.mutable_proof() = tablet->Proof();
    request.mutable_passphrase()->set_sign_in_name("hana.owen");
    request.mutable_passphrase()->set_passphrase(kPassphrase);
  }
  std::vector<std::future<grpc::Status>> answers;
  answers.reserve(requests.size());
  for (v1::SignInRequest& request : requests) {
    answers.push_back(std::async(std::launch::async, [&tablet, &request] {
      JoiningTablet::Call call;
      v1::SignInReply reply;
      return tablet->accounts().SignIn(&call.context, request, &reply);
    }));
  }
  int sessions = 0;
  for (std::future<grpc::Status>& answer : answers) {
    const grpc::Status status = answer.get();
    sessions += status.ok();
    if (!status.ok()) {
      EXPECT_EQ(status.error_code(), Code::RESOURCE_EXHAUSTED) << status.error_message();
    }
  }
  EXPECT_GT(sessions, 0);
  EXPECT_TRUE(tablet->SignInWithPassphrase("hana.owen", kPassphrase).ok())
      << "right ones use no tries up";
}

TEST_F(SignInTest, A22_AnOldTokenThatComesAgainEndsTheSessionForBoth) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  v1::RenewSessionReply lost, heard, third;
  ASSERT_TRUE(tablet->Renew(tia.token(), &lost).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  ASSERT_TRUE(tablet->Renew(tia.token(), &heard).ok()) << "the first answer was lost";
  EXPECT_TRUE(tablet->Greet(heard.token()).ok());
  EXPECT_EQ(tablet->Renew(tia.token(), &third).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Greet(heard.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Renew(heard.token(), &third).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

TEST_F(SignInTest, A22_ATokenIsRenewedByItsOwnTabletOnly) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto other = EmptyTablet(2);
  v1::RenewSessionReply renewed;
  EXPECT_EQ(other->Renew(tia.token(), &renewed).error_code(), Code::PERMISSION_DENIED);
  EXPECT_TRUE(tablet->Greet(tia.token()).ok());
}

TEST_F(SignInTest, A23_TheTabletsClockTakesNoPartAndANonceIsForOnceAndTwoMinutes) {
  auto tablet = TabletOf(school_.tia, 1);
  v1::SignInRequest request;
  request.mutable_passphrase()->set_sign_in_name("tia.green");
  request.mutable_passphrase()->set_passphrase(kPassphrase);
  // Ten years off, either way: what is signed holds no time.
  for (const int64_t years : {-10, 10}) {
    server_.clock.SetWall(server_.clock.NowMs() + years * 365 * kDay);
    EXPECT_TRUE(tablet->SignIn(request, nullptr).ok()) << years;
  }
  *request.mutable_proof() = tablet->Proof();
  ASSERT_TRUE(tablet->SignIn(request, nullptr).ok());
  EXPECT_EQ(tablet->SignIn(request, nullptr).error_code(), Code::PERMISSION_DENIED) << "replayed";
  *request.mutable_proof() = tablet->Proof();
  server_.clock.Advance(kNonceMs + 1);
  EXPECT_EQ(tablet->SignIn(request, nullptr).error_code(), Code::PERMISSION_DENIED) << "too old";
  *request.mutable_proof() = tablet->ProofOf(std::string(32, 'n'), tablet->device());
  EXPECT_EQ(tablet->SignIn(request, nullptr).error_code(), Code::PERMISSION_DENIED) << "made up";
  *request.mutable_proof() = tablet->Proof();
  request.mutable_proof()->mutable_signature()->back() ^= 1;
  EXPECT_EQ(tablet->SignIn(request, nullptr).error_code(), Code::PERMISSION_DENIED) << "bent";
}

TEST_F(SignInTest, ANewPassphraseEndsTheOtherSessionsAndTheOldOneIsNeeded) {
  v1::SignInReply first, second;
  auto tablet = TabletOf(school_.tia, 1, &first);
  auto other = EmptyTablet(2);
  ASSERT_TRUE(other->SignInWithPassphrase("tia.green", kPassphrase, &second).ok());
  v1::SetPassphraseRequest request;
  request.set_old_passphrase(kOther);
  request.set_new_passphrase("twelve grey badgers");
  v1::SetPassphraseReply reply;
  {
    JoiningTablet::Call call(first.token());
    EXPECT_EQ(tablet->accounts().SetPassphrase(&call.context, request, &reply).error_code(),
              Code::UNAUTHENTICATED);
  }
  request.set_old_passphrase(kPassphrase);
  JoiningTablet::Call call(first.token());
  ASSERT_TRUE(tablet->accounts().SetPassphrase(&call.context, request, &reply).ok());
  EXPECT_TRUE(tablet->Greet(first.token()).ok());
  EXPECT_EQ(other->Greet(second.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(other->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
  EXPECT_TRUE(other->SignInWithPassphrase("tia.green", "twelve grey badgers").ok());
}

TEST_F(SignInTest, PeopleListAndEndTheirOwnSessionsAndAdministratorsAnybodys) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  const auto list = [&](const std::string& token, const std::string& person,
                        v1::ListSessionsReply* reply) {
    v1::ListSessionsRequest request;
    request.set_person(person);
    JoiningTablet::Call call(token);
    return tablet->accounts().ListSessions(&call.context, request, reply);
  };
  v1::ListSessionsReply own, hers, none;
  ASSERT_TRUE(list(tia.token(), "", &own).ok());
  ASSERT_EQ(own.sessions_size(), 1);
  EXPECT_EQ(own.sessions(0).session(), tia.session());
  EXPECT_EQ(own.sessions(0).device_label(), "a tablet");
  EXPECT_TRUE(own.sessions(0).own());
  const grpc::Status not_hers = list(tia.token(), BytesOf(school_.hedy), &none);
  const grpc::Status nobody = list(tia.token(), BytesOf(IdNumber(99)), &none);
  EXPECT_EQ(not_hers.error_code(), Code::NOT_FOUND);
  EXPECT_EQ(not_hers.error_message(), nobody.error_message());
  ASSERT_TRUE(list(hedy.token(), BytesOf(school_.tia), &hers).ok());
  EXPECT_EQ(hers.sessions_size(), 1);

  v1::EndSessionRequest request;
  request.set_session(hedy.session());
  v1::EndSessionReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().EndSession(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND);
  }
  v1::ListTabletsReply few, all;
  {
    JoiningTablet::Call call(tia.token());
    ASSERT_TRUE(tablet->accounts().ListTablets(&call.context, v1::ListTabletsRequest(), &few).ok());
    JoiningTablet::Call other(hedy.token());
    ASSERT_TRUE(
        office->accounts().ListTablets(&other.context, v1::ListTabletsRequest(), &all).ok());
  }
  EXPECT_EQ(few.tablets_size(), 1);
  EXPECT_EQ(all.tablets_size(), 2);
  request.set_session(tia.session());
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().EndSession(&call.context, request, &reply).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, AdministratorsInviteAndNobodyElse) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  v1::InviteRequest request;
  request.set_person(BytesOf(school_.tom));
  v1::InviteReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().Invite(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND);
  }
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().Invite(&call.context, request, &reply).ok());
  EXPECT_TRUE(office->SignInWithInvitation(reply, kPassphrase).ok());
}

TEST_F(SignInTest, SigningOutEndsTheSession) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  JoiningTablet::Call call(tia.token());
  v1::SignOutReply reply;
  ASSERT_TRUE(tablet->accounts().SignOut(&call.context, v1::SignOutRequest(), &reply).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, SessionsPassphrasesAndTabletsOutliveARestart) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  server_.Restart();
  JoiningTablet again(server_, 1);
  EXPECT_TRUE(again.Greet(tia.token()).ok());
  auto other = EmptyTablet(2);
  EXPECT_TRUE(other->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

}  // namespace
}  // namespace halfterm::service
