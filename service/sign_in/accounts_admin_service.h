// halfterm.v1.AccountsAdmin for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_ADMIN_SERVICE_H_
#define HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_ADMIN_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/account.grpc.pb.h"
#include "service/sign_in/accounts_service.h"

namespace halfterm::service {

using RawAccountsAdmin = v1::AccountsAdmin::WithRawCallbackMethod_Invite<
    v1::AccountsAdmin::WithRawCallbackMethod_SetAccount<
        v1::AccountsAdmin::WithRawCallbackMethod_SetProvider<
            v1::AccountsAdmin::WithRawCallbackMethod_LinkSubject<
                v1::AccountsAdmin::WithRawCallbackMethod_List<
                    v1::AccountsAdmin::WithRawCallbackMethod_End<v1::AccountsAdmin::Service>>>>>>;

// Called by gRPC's threads; nothing here waits.
class AccountsAdminService final : public RawAccountsAdmin {
 public:
  explicit AccountsAdminService(const AccountsParts& parts) : parts_(parts) {}

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* Invite(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* SetAccount(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* SetProvider(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* LinkSubject(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* List(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* End(Context* context, const Bytes* bytes, Bytes* reply) override;

 private:
  // A call that changes something: `make` makes its job.
  template <class Request, class Reply, class Make>
  Reactor* Write(Context* context, const Bytes& bytes, Bytes* reply, Make make);
  absl::StatusOr<v1::AccountsAdminListReply> Read(
      const v1::AccountsAdminListRequest& request) const;

  const AccountsParts parts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_ADMIN_SERVICE_H_
