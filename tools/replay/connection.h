// How a tablet's program reaches a server: one channel, and the calls of one session.
//
// Errors are the server's, as absl::Status; a call that found no server, or took longer than half a
// minute, is Unavailable or DeadlineExceeded. Nothing is tried again here.

#ifndef HALFTERM_TOOLS_REPLAY_CONNECTION_H_
#define HALFTERM_TOOLS_REPLAY_CONNECTION_H_
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/admin.grpc.pb.h"
#include "halfterm/v1/directory.grpc.pb.h"
#include "halfterm/v1/recovery.grpc.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "halfterm/v1/sync.grpc.pb.h"
#include "sync/core/types.h"
#include "tools/replay/tablet_calls.h"

namespace halfterm::tools {

// A channel with a connection of its own, as each tablet has; waits for it, 500 ms at most.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

absl::Status ToStatus(const grpc::Status& status);

// Bytes of messages, without gRPC's framing (about 20 bytes a message, and headers).
struct Traffic {
  std::atomic<uint64_t> up{0};
  std::atomic<uint64_t> down{0};
};

// Safe to call from any thread.
class SyncCalls final : public TabletCalls {
 public:
  // `traffic` is added to, and must outlive the calls.
  SyncCalls(std::shared_ptr<grpc::Channel> channel, Traffic& traffic);

  absl::StatusOr<v1::HelloReply> Hello(const std::string& token,
                                       const v1::HelloRequest& request) override;
  absl::StatusOr<v1::PushReply> Push(const std::string& token,
                                     const v1::PushRequest& request) override;
  absl::Status Pull(const std::string& token, const v1::PullRequest& request,
                    const std::function<absl::Status(const v1::PullReply&)>& take) override;
  absl::StatusOr<v1::FetchReply> Fetch(const std::string& token,
                                       const v1::FetchRequest& request) override;
  absl::StatusOr<v1::DescendReply> Descend(const std::string& token,
                                           const v1::DescendRequest& request) override;
  absl::StatusOr<v1::ConfirmReply> Confirm(const std::string& token,
                                           const v1::ConfirmRequest& request) override;
  absl::StatusOr<v1::OfferReply> Offer(const std::string& token,
                                       const v1::OfferRequest& request) override;
  absl::StatusOr<v1::RefillReply> Refill(const std::string& token,
                                         const v1::RefillRequest& request) override;

 private:
  template <typename Stub, typename Request, typename Reply>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Reply*);
  template <typename Stub, typename Request, typename Reply>
  absl::StatusOr<Reply> Call(Stub& stub, Method<Stub, Request, Reply> method,
                             const std::string& token, const Request& request);

  const std::unique_ptr<v1::Sync::Stub> stub_;
  const std::unique_ptr<v1::Recovery::Stub> recovery_;
  Traffic& traffic_;
};

// The calls of the admin port. Safe to call from any thread.
class AdminCalls {
 public:
  explicit AdminCalls(const std::string& address);

  // OK once the server answers; Unavailable after `timeout_ms`.
  absl::Status WaitUntilServing(int64_t timeout_ms);

  absl::StatusOr<v1::ImportReply> Import(const v1::ImportRequest& request);
  absl::StatusOr<v1::ListReply> List(const v1::ListRequest& request);
  absl::StatusOr<v1::OpenSessionReply> OpenSession(const std::string& tenant,
                                                   const core::Id16& person,
                                                   const core::Id16& device,
                                                   const std::string& label);
  absl::StatusOr<v1::StatsReply> Stats();
  absl::StatusOr<v1::WaitingReply> Waiting(const std::string& tenant, uint32_t max_items);
  // The last message. `tenant` empty: every school.
  absl::StatusOr<v1::VerifyReply> Verify(const std::string& tenant);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::Admin::Stub> admin_;
  const std::unique_ptr<v1::Directory::Stub> directory_;
};

// Gives a call of a session its token and a deadline.
void PrepareCall(grpc::ClientContext& context, const std::string& token);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_CONNECTION_H_
