// Who gets in, on what tablet, and who does not: cases A10, A11, A14, A15, A20, A21 and A23 over
// the real calls.

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "service/sign_in/signing_in_school.h"
#include "storage/accounts/invitations.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::Invite;

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

TEST_F(SignInTest, C14_SeveralPeopleAreSignedInOnOneTablet) {
  v1::SignInReply hana, tia;
  auto tablet = TabletOf(school_.hana, 1, &hana);
  ASSERT_TRUE(
      tablet->SignInWithInvitation(Invite(server_, "northgate", school_.tia), kOther, &tia).ok());
  EXPECT_TRUE(tablet->Greet(hana.token()).ok());
  EXPECT_TRUE(tablet->Greet(tia.token()).ok());
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
  server_.clock.Advance(storage::kNonceMs + 1);
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

}  // namespace
}  // namespace halfterm::service
