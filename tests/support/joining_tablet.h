// A tablet from its first moment on: makes its key, joins with an invitation, proves itself, signs
// people in. Everything that goes out can be bent on the way.

#ifndef HALFTERM_TESTS_SUPPORT_JOINING_TABLET_H_
#define HALFTERM_TESTS_SUPPORT_JOINING_TABLET_H_
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "halfterm/v1/account.grpc.pb.h"
#include "halfterm/v1/sync.grpc.pb.h"
#include "sync/core/types.h"
#include "tests/support/running_server.h"

using EVP_PKEY = struct evp_pkey_st;

namespace halfterm::testing {

class JoiningTablet {
 public:
  // Device ids are the test's: IdNumber(200 + number).
  JoiningTablet(RunningServer& server, uint8_t number);

  const core::Id16& device() const { return device_; }
  const std::string& point() const { return point_; }
  v1::Accounts::Stub& accounts() { return *accounts_; }
  v1::Sync::Stub& sync() { return *sync_; }
  const v1::EnrolReply& enrolled() const { return enrolled_; }
  std::string school;  // As Enrol said it; a test may say another.

  // A nonce of the server's.
  std::string Nonce();
  // Signed by this tablet's key, for `device` (its own where none is given).
  v1::DeviceProof Proof();
  v1::DeviceProof ProofOf(const std::string& nonce, const core::Id16& device);

  grpc::Status Enrol(const v1::EnrolRequest& request, v1::EnrolReply* reply = nullptr);
  v1::EnrolRequest EnrolRequest(const v1::InviteReply& invitation, bool typed = false);
  // Fails the test where it is refused.
  void Join(const v1::InviteReply& invitation);

  grpc::Status SignIn(v1::SignInRequest request, v1::SignInReply* reply);
  grpc::Status SignInWithPassphrase(const std::string& name, const std::string& passphrase,
                                    v1::SignInReply* reply = nullptr);
  grpc::Status SignInWithTicket(const std::string& new_passphrase,
                                v1::SignInReply* reply = nullptr);
  grpc::Status SignInWithInvitation(const v1::InviteReply& invitation,
                                    const std::string& new_passphrase,
                                    v1::SignInReply* reply = nullptr);
  grpc::Status Renew(const std::string& token, v1::RenewSessionReply* reply);

  // Any call that needs a session: OK, or why it is none.
  grpc::Status Greet(const std::string& token);

  // A context with a token and a deadline.
  struct Call {
    explicit Call(const std::string& token = "");
    grpc::ClientContext context;
  };

 private:
  const core::Id16 device_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string point_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Accounts::Stub> accounts_;
  std::unique_ptr<v1::Sync::Stub> sync_;
  v1::EnrolReply enrolled_;
};

// Through the admin port; fails the test where it is refused. Zeros for `person`: nobody.
v1::InviteReply Invite(RunningServer& server, const std::string& tenant, const core::Id16& person);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_JOINING_TABLET_H_
