// What people on their way in need is in the store, not in a server: the one that began and the one
// that goes on after a restart share nothing else.

#include <gtest/gtest.h>

#include <string>

#include "service/sign_in/guess_limits.h"
#include "service/sign_in/signing_in_school.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::Invite;

class RestartTest : public SignInTest {
 protected:
  // The same tablet, connected to the server that is there now.
  static v1::SignInRequest ByPassphrase(const std::string& passphrase) {
    v1::SignInRequest request;
    request.set_school("northgate");
    request.mutable_passphrase()->set_sign_in_name("hana.owen");
    request.mutable_passphrase()->set_passphrase(passphrase);
    return request;
  }
  grpc::Status SignIn(const v1::SignInRequest& request) {
    const auto stub = v1::Accounts::NewStub(server_.PublicChannel());
    JoiningTablet::Call call;
    v1::SignInReply reply;
    return stub->SignIn(&call.context, request, &reply);
  }
};

TEST_F(RestartTest, A23_ANonceIsForOnceAlsoAcrossARestartAndGoodAfterOne) {
  auto tablet = TabletOf(school_.hana, 1);
  v1::SignInRequest used = ByPassphrase(kPassphrase), unused = used, wrong = ByPassphrase(kOther);
  for (v1::SignInRequest* request : {&used, &unused, &wrong}) {
    *request->mutable_proof() = tablet->Proof();
  }
  ASSERT_TRUE(SignIn(used).ok());
  EXPECT_EQ(SignIn(wrong).error_code(), Code::UNAUTHENTICATED);
  server_.Restart();
  EXPECT_EQ(SignIn(used).error_code(), Code::PERMISSION_DENIED);
  *wrong.mutable_passphrase() = used.passphrase();
  EXPECT_EQ(SignIn(wrong).error_code(), Code::PERMISSION_DENIED) << "a wrong try uses it, too";
  const grpc::Status went_on = SignIn(unused);
  EXPECT_TRUE(went_on.ok()) << went_on.error_message();
}

TEST_F(RestartTest, ATicketIsGoodAfterARestartOnce) {
  JoiningTablet tablet(server_, 1);
  tablet.Join(Invite(server_, "northgate", school_.hana));
  v1::SignInRequest request;
  request.set_school("northgate");
  request.mutable_ticket()->set_ticket(tablet.enrolled().ticket());
  request.mutable_ticket()->set_new_passphrase(kPassphrase);
  const v1::DeviceProof first = tablet.Proof(), second = tablet.Proof(), third = tablet.Proof();
  server_.Restart();
  *request.mutable_proof() = first;
  const grpc::Status entered = SignIn(request);
  EXPECT_TRUE(entered.ok()) << entered.error_message();
  *request.mutable_proof() = second;
  EXPECT_EQ(SignIn(request).error_code(), Code::UNAUTHENTICATED);
  server_.Restart();
  *request.mutable_proof() = third;
  EXPECT_EQ(SignIn(request).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(RestartTest, A13_TenWrongGuessesAreTenAlsoAcrossARestart) {
  auto tablet = TabletOf(school_.hana, 1);
  // Kept from before: the tablet of the test speaks to the first server only.
  std::vector<v1::DeviceProof> proofs;
  for (size_t i = 0; i < kTriesOfAccount + 2; ++i) proofs.push_back(tablet->Proof());
  const auto guess = [&](size_t i, const char* passphrase) {
    v1::SignInRequest request = ByPassphrase(passphrase);
    *request.mutable_proof() = proofs[i];
    return SignIn(request).error_code();
  };
  size_t i = 0;
  for (; i < kTriesOfAccount - 3; ++i) EXPECT_EQ(guess(i, kOther), Code::UNAUTHENTICATED);
  server_.Restart();
  for (; i < kTriesOfAccount; ++i) EXPECT_EQ(guess(i, kOther), Code::UNAUTHENTICATED) << i;
  EXPECT_EQ(guess(i, kPassphrase), Code::RESOURCE_EXHAUSTED) << "right, and too late";
  server_.Restart();
  EXPECT_EQ(guess(i, kPassphrase), Code::RESOURCE_EXHAUSTED);
  grpc::ClientContext context;
  v1::VerifyReply verified;
  const auto verify = server_.admin().Verify(&context, v1::VerifyRequest());
  while (verify->Read(&verified)) {
  }
  EXPECT_TRUE(verify->Finish().ok());
  EXPECT_EQ(verified.differences_size(), 0) << verified.ShortDebugString();
}

TEST_F(RestartTest, EachCallOnTheWayInMayMeetAServerThatHasJustStarted) {
  const v1::InviteReply invitation = Invite(server_, "northgate", school_.hana);
  JoiningTablet tablet(server_, 1);  // It has the key; every call goes to the server that is there.
  const auto accounts = [this] { return v1::Accounts::NewStub(server_.PublicChannel()); };
  const auto proof = [&] {
    JoiningTablet::Call call;
    v1::ChallengeReply reply;
    EXPECT_TRUE(accounts()->Challenge(&call.context, v1::ChallengeRequest(), &reply).ok());
    server_.Restart();
    return tablet.ProofOf(reply.nonce(), tablet.device());
  };
  const auto greet = [&](const std::string& token) {
    v1::HelloRequest request;
    request.set_device(BytesOf(tablet.device()));
    JoiningTablet::Call call(token);
    v1::HelloReply reply;
    return v1::Sync::NewStub(server_.PublicChannel())->Hello(&call.context, request, &reply);
  };

  v1::EnrolRequest enrol = tablet.EnrolRequest(invitation);
  *enrol.mutable_proof() = proof();
  JoiningTablet::Call joining;
  v1::EnrolReply enrolled;
  ASSERT_TRUE(accounts()->Enrol(&joining.context, enrol, &enrolled).ok());
  server_.Restart();

  v1::SignInRequest by_ticket;
  by_ticket.set_school("northgate");
  *by_ticket.mutable_proof() = proof();
  by_ticket.mutable_ticket()->set_ticket(enrolled.ticket());
  by_ticket.mutable_ticket()->set_new_passphrase(kPassphrase);
  JoiningTablet::Call entering;
  v1::SignInReply entered;
  ASSERT_TRUE(accounts()->SignIn(&entering.context, by_ticket, &entered).ok());
  server_.Restart();
  EXPECT_TRUE(greet(entered.token()).ok());

  v1::RenewSessionRequest renewal;
  *renewal.mutable_proof() = proof();
  JoiningTablet::Call renewing(entered.token());
  v1::RenewSessionReply renewed;
  ASSERT_TRUE(accounts()->RenewSession(&renewing.context, renewal, &renewed).ok());
  server_.Restart();
  EXPECT_TRUE(greet(renewed.token()).ok());

  v1::SignInRequest by_passphrase = ByPassphrase(kPassphrase);
  *by_passphrase.mutable_proof() = proof();
  EXPECT_TRUE(SignIn(by_passphrase).ok());
}

TEST_F(RestartTest, WrongCodesAreCountedAcrossARestart) {
  const v1::InviteReply invitation = Invite(server_, "northgate", school_.hana);
  JoiningTablet tablet(server_, 1);
  v1::InviteReply wrong = invitation;
  wrong.set_code("AAAAAAAAAA");
  std::vector<v1::EnrolRequest> requests;
  for (size_t i = 0; i < kCodesOfAddress; ++i) {
    requests.push_back(tablet.EnrolRequest(wrong, /*typed=*/true));
  }
  const v1::EnrolRequest right = tablet.EnrolRequest(invitation, /*typed=*/true);
  const v1::EnrolRequest by_secret = tablet.EnrolRequest(invitation);
  const auto enrol = [this](const v1::EnrolRequest& request) {
    const auto stub = v1::Accounts::NewStub(server_.PublicChannel());
    JoiningTablet::Call call;
    v1::EnrolReply reply;
    return stub->Enrol(&call.context, request, &reply).error_code();
  };
  for (size_t i = 0; i < requests.size(); ++i) {
    if (i == 4) server_.Restart();
    EXPECT_EQ(enrol(requests[i]), Code::NOT_FOUND) << i;
  }
  EXPECT_EQ(enrol(right), Code::RESOURCE_EXHAUSTED);
  EXPECT_EQ(enrol(by_secret), Code::OK) << "nobody guesses what is in the QR code";
}

}  // namespace
}  // namespace halfterm::service
