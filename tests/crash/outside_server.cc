#include "tests/crash/outside_server.h"

#include <gtest/gtest.h>

#include <chrono>

#include "halfterm/v1/directory.grpc.pb.h"
#include "storage/clock.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {
namespace {

// A pool of its own: no channel waits for one that the last server left behind.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

}  // namespace

absl::Status OutsideServer::Start(const std::string& sockets) {
  const absl::StatusOr<std::string> program = tools::FindServer();
  if (!program.ok()) return program.status();
  auto process = tools::ServerProcess::Start(*program, directory_.Path("data"), sockets);
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  admin_channel_ = NewChannel(process_->admin_address());
  admin_ = v1::Admin::NewStub(admin_channel_);
  return absl::OkStatus();
}

void OutsideServer::Kill() { process_->Kill(); }

std::shared_ptr<grpc::Channel> OutsideServer::PublicChannel() {
  return NewChannel(process_->address());
}

int64_t OutsideServer::NowMs() { return storage::SystemClock().NowMs(); }

v1::OpenSessionReply OutsideServer::OpenSession(const std::string& tenant, const core::Id16& person,
                                                const core::Id16& device) {
  v1::OpenSessionRequest request;
  request.set_tenant(tenant);
  request.set_person(BytesOf(person));
  request.set_device(BytesOf(device));
  grpc::ClientContext context;
  SetDeadline(context);
  v1::OpenSessionReply reply;
  const grpc::Status status = admin_->OpenSession(&context, request, &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply;
}

void OutsideServer::Import(const v1::ImportRequest& request) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ImportReply reply;
  const grpc::Status status =
      v1::Directory::NewStub(admin_channel_)->Import(&context, request, &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_TRUE(reply.applied()) << reply.ShortDebugString();
}

v1::StatsReply OutsideServer::Stats() {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::StatsReply reply;
  const grpc::Status status = admin_->Stats(&context, v1::StatsRequest(), &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply;
}

v1::VerifyReply OutsideServer::Verify() {
  grpc::ClientContext context;
  SetDeadline(context);
  const auto reader = admin_->Verify(&context, v1::VerifyRequest());
  v1::VerifyReply reply, last;
  while (reader->Read(&reply)) last = reply;
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(last.done());
  return last;
}

}  // namespace halfterm::testing
