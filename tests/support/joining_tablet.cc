#include "tests/support/joining_tablet.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <chrono>

#include "storage/accounts/p256.h"

namespace halfterm::testing {

JoiningTablet::Call::Call(const std::string& token) {
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
}

JoiningTablet::JoiningTablet(RunningServer& server, uint8_t number)
    : device_(IdNumber(static_cast<uint8_t>(200 + number))),
      key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
      point_(storage::PointOf(*key_)),
      channel_(server.PublicChannel()),
      accounts_(v1::Accounts::NewStub(channel_)),
      sync_(v1::Sync::NewStub(channel_)) {}

std::string JoiningTablet::Nonce() {
  Call call;
  v1::ChallengeReply reply;
  const grpc::Status status = accounts_->Challenge(&call.context, v1::ChallengeRequest(), &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply.nonce();
}

v1::DeviceProof JoiningTablet::Proof() { return ProofOf(Nonce(), device_); }

v1::DeviceProof JoiningTablet::ProofOf(const std::string& nonce, const core::Id16& device) {
  v1::DeviceProof proof;
  proof.set_device(BytesOf(device));
  proof.set_nonce(nonce);
  proof.set_signature(storage::Sign(*key_, storage::ProofText(device, nonce)));
  return proof;
}

v1::EnrolRequest JoiningTablet::EnrolRequest(const v1::InviteReply& invitation, bool typed) {
  v1::EnrolRequest request;
  if (typed) {
    request.mutable_invitation()->set_code(invitation.code());
  } else {
    request.mutable_invitation()->set_secret(invitation.secret());
    request.set_school(invitation.school());
  }
  request.set_device_label("a tablet");
  request.set_device_key(point_);
  *request.mutable_proof() = Proof();
  return request;
}

grpc::Status JoiningTablet::Enrol(const v1::EnrolRequest& request, v1::EnrolReply* reply) {
  v1::EnrolReply own;
  if (reply == nullptr) reply = &own;
  Call call;
  const grpc::Status status = accounts_->Enrol(&call.context, request, reply);
  if (status.ok()) {
    enrolled_ = *reply;
    school = reply->school();
  }
  return status;
}

void JoiningTablet::Join(const v1::InviteReply& invitation) {
  const grpc::Status status = Enrol(EnrolRequest(invitation));
  ASSERT_TRUE(status.ok()) << status.error_message();
}

grpc::Status JoiningTablet::SignIn(v1::SignInRequest request, v1::SignInReply* reply) {
  if (request.school().empty()) request.set_school(school);
  if (!request.has_proof()) *request.mutable_proof() = Proof();
  v1::SignInReply own;
  Call call;
  return accounts_->SignIn(&call.context, request, reply == nullptr ? &own : reply);
}

grpc::Status JoiningTablet::SignInWithPassphrase(const std::string& name,
                                                 const std::string& passphrase,
                                                 v1::SignInReply* reply) {
  v1::SignInRequest request;
  request.mutable_passphrase()->set_sign_in_name(name);
  request.mutable_passphrase()->set_passphrase(passphrase);
  return SignIn(std::move(request), reply);
}

grpc::Status JoiningTablet::SignInWithTicket(const std::string& new_passphrase,
                                             v1::SignInReply* reply) {
  v1::SignInRequest request;
  request.mutable_ticket()->set_ticket(enrolled_.ticket());
  request.mutable_ticket()->set_new_passphrase(new_passphrase);
  return SignIn(std::move(request), reply);
}

grpc::Status JoiningTablet::SignInWithInvitation(const v1::InviteReply& invitation,
                                                 const std::string& new_passphrase,
                                                 v1::SignInReply* reply) {
  v1::SignInRequest request;
  request.mutable_invitation()->mutable_invitation()->set_code(invitation.code());
  request.mutable_invitation()->set_new_passphrase(new_passphrase);
  return SignIn(std::move(request), reply);
}

grpc::Status JoiningTablet::Renew(const std::string& token, v1::RenewSessionReply* reply) {
  v1::RenewSessionRequest request;
  *request.mutable_proof() = Proof();
  Call call(token);
  return accounts_->RenewSession(&call.context, request, reply);
}

grpc::Status JoiningTablet::Greet(const std::string& token) {
  v1::HelloRequest request;
  request.set_device(BytesOf(device_));
  Call call(token);
  v1::HelloReply reply;
  return sync_->Hello(&call.context, request, &reply);
}

v1::InviteReply Invite(RunningServer& server, const std::string& tenant, const core::Id16& person) {
  const auto stub = v1::AccountsAdmin::NewStub(
      grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
  v1::AccountsAdminInviteRequest request;
  request.set_tenant(tenant);
  if (!person.IsZero()) request.mutable_invite()->set_person(BytesOf(person));
  JoiningTablet::Call call;
  v1::InviteReply reply;
  const grpc::Status status = stub->Invite(&call.context, request, &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply;
}

}  // namespace halfterm::testing
