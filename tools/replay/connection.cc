#include "tools/replay/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>

namespace halfterm::tools {
namespace {

constexpr std::chrono::seconds kCallTime(30);
constexpr std::chrono::seconds kLongCallTime(600);  // A pull, an import, a verification.
constexpr std::chrono::milliseconds kConnectTime(500);
constexpr int kMaxMessageBytes = 16 << 20;

template <typename Reply>
absl::StatusOr<Reply> Answered(const grpc::Status& status, Reply reply) {
  if (!status.ok()) return ToStatus(status);
  return reply;
}

// The first connection of a process may fail though the server listens: gRPC 1.51 looks at errno
// after it has called what may set it ("No such file or directory"), and calls that do not wait
// fail with it. So the channel is given time to try again; a server that is not there is found out
// by then.
void LetItConnect(grpc::Channel& channel) {
  const auto until = std::chrono::system_clock::now() + kConnectTime;
  for (grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
       state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_SHUTDOWN;
       state = channel.GetState(/*try_to_connect=*/true)) {
    if (!channel.WaitForStateChange(state, until)) return;
  }
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // Else all channels of this process to one address would share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A server that was killed is back in a moment; do not wait for it longer and longer. (The one
  // called least is how long a connection may take to stand, which a busy machine needs.)
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  LetItConnect(*channel);
  return channel;
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void PrepareCall(grpc::ClientContext& context, const std::string& token) {
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  context.AddMetadata("authorization", "Bearer " + token);
}

SyncCalls::SyncCalls(std::shared_ptr<grpc::Channel> channel, Traffic& traffic)
    : stub_(v1::Sync::NewStub(channel)),
      recovery_(v1::Recovery::NewStub(channel)),
      traffic_(traffic) {}

template <typename Stub, typename Request, typename Reply>
absl::StatusOr<Reply> SyncCalls::Call(Stub& stub, Method<Stub, Request, Reply> method,
                                      const std::string& token, const Request& request) {
  grpc::ClientContext context;
  PrepareCall(context, token);
  Reply reply;
  const grpc::Status status = (stub.*method)(&context, request, &reply);
  traffic_.up += request.ByteSizeLong();
  traffic_.down += reply.ByteSizeLong();
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::HelloReply> SyncCalls::Hello(const std::string& token,
                                                const v1::HelloRequest& request) {
  return Call(*stub_, &v1::Sync::Stub::Hello, token, request);
}

absl::StatusOr<v1::PushReply> SyncCalls::Push(const std::string& token,
                                              const v1::PushRequest& request) {
  return Call(*stub_, &v1::Sync::Stub::Push, token, request);
}

absl::StatusOr<v1::FetchReply> SyncCalls::Fetch(const std::string& token,
                                                const v1::FetchRequest& request) {
  return Call(*stub_, &v1::Sync::Stub::Fetch, token, request);
}

absl::StatusOr<v1::DescendReply> SyncCalls::Descend(const std::string& token,
                                                    const v1::DescendRequest& request) {
  return Call(*stub_, &v1::Sync::Stub::Descend, token, request);
}

absl::StatusOr<v1::ConfirmReply> SyncCalls::Confirm(const std::string& token,
                                                    const v1::ConfirmRequest& request) {
  return Call(*stub_, &v1::Sync::Stub::Confirm, token, request);
}

absl::StatusOr<v1::OfferReply> SyncCalls::Offer(const std::string& token,
                                                const v1::OfferRequest& request) {
  return Call(*recovery_, &v1::Recovery::Stub::Offer, token, request);
}

absl::StatusOr<v1::RefillReply> SyncCalls::Refill(const std::string& token,
                                                  const v1::RefillRequest& request) {
  return Call(*recovery_, &v1::Recovery::Stub::Refill, token, request);
}

absl::Status SyncCalls::Pull(const std::string& token, const v1::PullRequest& request,
                             const std::function<absl::Status(const v1::PullReply&)>& take) {
  grpc::ClientContext context;
  PrepareCall(context, token);
  context.set_deadline(std::chrono::system_clock::now() + kLongCallTime);
  traffic_.up += request.ByteSizeLong();
  const std::unique_ptr<grpc::ClientReader<v1::PullReply>> reader = stub_->Pull(&context, request);
  v1::PullReply chunk;
  absl::Status taken;
  while (taken.ok() && reader->Read(&chunk)) {
    traffic_.down += chunk.ByteSizeLong();
    taken = take(chunk);
  }
  if (!taken.ok()) context.TryCancel();
  const grpc::Status status = reader->Finish();
  return taken.ok() ? ToStatus(status) : taken;
}

AdminCalls::AdminCalls(const std::string& address)
    : channel_(OpenChannel(address)),
      admin_(v1::Admin::NewStub(channel_)),
      directory_(v1::Directory::NewStub(channel_)) {}

absl::Status AdminCalls::WaitUntilServing(int64_t timeout_ms) {
  const auto until = std::chrono::system_clock::now() + std::chrono::milliseconds(timeout_ms);
  if (channel_->WaitForConnected(until)) return absl::OkStatus();
  return absl::UnavailableError("no server answers on the admin port");
}

absl::StatusOr<v1::ImportReply> AdminCalls::Import(const v1::ImportRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kLongCallTime);
  v1::ImportReply reply;
  const grpc::Status status = directory_->Import(&context, request, &reply);
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::ListReply> AdminCalls::List(const v1::ListRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  v1::ListReply reply;
  const grpc::Status status = directory_->List(&context, request, &reply);
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::OpenSessionReply> AdminCalls::OpenSession(const std::string& tenant,
                                                             const core::Id16& person,
                                                             const core::Id16& device,
                                                             const std::string& label) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  v1::OpenSessionRequest request;
  request.set_tenant(tenant);
  request.set_person(std::string(person.view()));
  request.set_device(std::string(device.view()));
  request.set_device_label(label);
  v1::OpenSessionReply reply;
  const grpc::Status status = admin_->OpenSession(&context, request, &reply);
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::StatsReply> AdminCalls::Stats() {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTime);
  v1::StatsReply reply;
  const grpc::Status status = admin_->Stats(&context, v1::StatsRequest(), &reply);
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::WaitingReply> AdminCalls::Waiting(const std::string& tenant,
                                                     uint32_t max_items) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kLongCallTime);
  v1::WaitingRequest request;
  request.set_tenant(tenant);
  request.set_max_items(max_items);
  v1::WaitingReply reply;
  const grpc::Status status = admin_->Waiting(&context, request, &reply);
  return Answered(status, std::move(reply));
}

absl::StatusOr<v1::VerifyReply> AdminCalls::Verify(const std::string& tenant) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kLongCallTime);
  v1::VerifyRequest request;
  request.set_tenant(tenant);
  const std::unique_ptr<grpc::ClientReader<v1::VerifyReply>> reader =
      admin_->Verify(&context, request);
  v1::VerifyReply reply, last;
  while (reader->Read(&reply)) last = reply;
  const grpc::Status status = reader->Finish();
  if (status.ok() && !last.done()) return absl::DataLossError("a verification did not end");
  return Answered(status, std::move(last));
}

}  // namespace halfterm::tools
