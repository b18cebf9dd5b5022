// halfterm.v1.Accounts for gRPC, on the public port.

#ifndef HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_SERVICE_H_
#define HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/account.grpc.pb.h"
#include "service/caller_of.h"
#include "service/provider/provider_sign_in.h"
#include "service/sign_in/courier.h"
#include "service/sign_in/entrance.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"

namespace halfterm::service {

// Calls that take the bytes as they are; see messages.h.
using RawEntrances =
    v1::Accounts::WithRawCallbackMethod_Challenge<v1::Accounts::WithRawCallbackMethod_Enrol<
        v1::Accounts::WithRawCallbackMethod_SignIn<v1::Accounts::WithRawCallbackMethod_RenewSession<
            v1::Accounts::WithRawCallbackMethod_SignOut<v1::Accounts::Service>>>>>;
using RawOfTablets = v1::Accounts::WithRawCallbackMethod_Courier<
    v1::Accounts::WithRawCallbackMethod_BeginProviderSignIn<
        v1::Accounts::WithRawCallbackMethod_FinishProviderSignIn<RawEntrances>>>;
using RawAccounts = v1::Accounts::WithRawCallbackMethod_SetPassphrase<
    v1::Accounts::WithRawCallbackMethod_ListSessions<v1::Accounts::WithRawCallbackMethod_EndSession<
        v1::Accounts::WithRawCallbackMethod_ListTablets<
            v1::Accounts::WithRawCallbackMethod_EndTablet<
                v1::Accounts::WithRawCallbackMethod_Invite<RawOfTablets>>>>>>;

// What the calls work with; must outlive the service.
struct AccountsParts {
  const Gate& gate;
  Entrance& entrance;
  ProviderSignIn& provider;
  service::Courier& courier;
  const storage::Engine& engine;
  const storage::Sessions& sessions;
  const storage::Directories& directories;
  const storage::AccountKeys& keys;
  const storage::Clock& clock;
  WriteLane& writes;
  WorkerPool& reads;
};

// Called by gRPC's threads; nothing here waits.
class AccountsService final : public RawAccounts {
 public:
  explicit AccountsService(const AccountsParts& parts) : parts_(parts) {}

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* Challenge(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* Enrol(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* SignIn(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* BeginProviderSignIn(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* FinishProviderSignIn(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* Courier(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* RenewSession(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* SignOut(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* SetPassphrase(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* ListSessions(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* EndSession(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* ListTablets(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* EndTablet(Context* context, const Bytes* bytes, Bytes* reply) override;
  Reactor* Invite(Context* context, const Bytes* bytes, Bytes* reply) override;

 private:
  bool IsAdmin(const storage::Caller& caller) const;
  absl::StatusOr<v1::ListSessionsReply> ReadSessions(const storage::Caller& caller,
                                                     const std::string& person) const;
  absl::StatusOr<v1::ListTabletsReply> ReadTablets(const storage::Caller& caller) const;

  const AccountsParts parts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_ACCOUNTS_SERVICE_H_
