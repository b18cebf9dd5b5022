// A school whose people sign in on tablets, over the real calls, and the office that ends what they
// may.

#ifndef HALFTERM_SERVICE_SIGN_IN_SIGNING_IN_SCHOOL_H_
#define HALFTERM_SERVICE_SIGN_IN_SIGNING_IN_SCHOOL_H_
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "tests/support/joining_tablet.h"
#include "tests/support/running_server.h"

namespace halfterm::service {

class SignInTest : public ::testing::Test {
 protected:
  using JoiningTablet = testing::JoiningTablet;
  using SmallSchool = testing::SmallSchool;
  using Code = grpc::StatusCode;

  static constexpr char kPassphrase[] = "seven quiet herons";
  static constexpr char kOther[] = "eleven loud magpies";
  static constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

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
    tablet->Join(testing::Invite(server_, "northgate", person));
    const grpc::Status status = tablet->SignInWithTicket(kPassphrase, reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return tablet;
  }
  // A tablet of the school that nobody has signed in on.
  std::unique_ptr<JoiningTablet> EmptyTablet(uint8_t number) {
    auto tablet = std::make_unique<JoiningTablet>(server_, number);
    tablet->Join(testing::Invite(server_, "northgate", {}));
    return tablet;
  }
  grpc::Status SetAccount(const core::Id16& person, bool ended) {
    v1::SetAccountRequest request;
    request.set_tenant("northgate");
    request.set_person(testing::BytesOf(person));
    request.set_ended(ended);
    JoiningTablet::Call call;
    v1::SetAccountReply reply;
    return admin_->SetAccount(&call.context, request, &reply);
  }

  SmallSchool school_;
  testing::RunningServer server_;
  std::unique_ptr<v1::AccountsAdmin::Stub> admin_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_SIGNING_IN_SCHOOL_H_
