#include "tests/support/running_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/support/seed.h"

namespace halfterm::testing {

v1::ImportRequest ImportOf(const SmallSchool& school, const std::string& tenant) {
  const sync::Directory::Content& content = school.content;
  v1::ImportRequest request;
  request.set_tenant(tenant);
  request.set_tenant_name("A trust of " + tenant);
  request.mutable_orgs()->Assign(content.orgs.begin(), content.orgs.end());
  request.mutable_people()->Assign(content.people.begin(), content.people.end());
  request.mutable_grants()->Assign(content.grants.begin(), content.grants.end());
  request.mutable_calendars()->Assign(content.calendars.begin(), content.calendars.end());
  request.mutable_policies()->Assign(content.policies.begin(), content.policies.end());
  request.mutable_rubrics()->Assign(content.rubrics.begin(), content.rubrics.end());
  request.mutable_rules()->Assign(content.rules.begin(), content.rules.end());
  request.mutable_cycles()->Assign(content.cycles.begin(), content.cycles.end());
  for (v1::RoleGrant& grant : *request.mutable_grants()) grant.clear_state();
  for (v1::RubricVersion& rubric : *request.mutable_rubrics()) {
    rubric.set_title("Lessons");
    rubric.set_version("1");
    for (v1::RubricElement& element : *rubric.mutable_elements()) element.set_title("An element");
  }
  return request;
}

RunningServer::RunningServer(Http http) : http_(http), random_(TestSeed()) { Start(); }

RunningServer::~RunningServer() { server_->Drain(); }

void RunningServer::Start() {
  service::ServerOptions options;
  options.data = directory_.path();
  options.grpc_address = "127.0.0.1:0";
  options.admin_address = "127.0.0.1:0";
  options.low_space_bytes = 0;
  options.passphrase_cost = {1, size_t{8} << 10};
  TemporaryDirectory app;  // Read once, at the start.
  if (http_ == Http::kWithAPage) {
    options.http_address = "127.0.0.1:0";
    options.app = app.path();
    std::ofstream(app.Path("index.html")) << "<!doctype html><title>A page</title>\n";
  }
  auto random = [this](size_t bytes) {
    std::lock_guard<std::mutex> lock(random_mutex_);
    std::string text(bytes, '\0');
    for (char& byte : text) byte = static_cast<char>(random_());
    return text;
  };
  auto server = service::Server::Start(options, service::Server::World{clock, random, log_});
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    std::abort();
  }
  server_ = *std::move(server);
  const auto channel =
      grpc::CreateChannel(server_->admin_address(), grpc::InsecureChannelCredentials());
  admin_ = v1::Admin::NewStub(channel);
  directory_calls_ = v1::Directory::NewStub(channel);
}

std::shared_ptr<grpc::Channel> RunningServer::PublicChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(public_address(), grpc::InsecureChannelCredentials(), arguments);
}

void RunningServer::Restart(const std::function<void()>& meanwhile) {
  server_->Drain();
  server_.reset();
  meanwhile();
  Start();
}

void RunningServer::Import(const SmallSchool& school, const std::string& tenant) {
  grpc::ClientContext context;
  v1::ImportReply reply;
  const grpc::Status status = directory_calls_->Import(&context, ImportOf(school, tenant), &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_TRUE(reply.applied()) << reply.ShortDebugString();
}

v1::OpenSessionReply RunningServer::OpenSession(const std::string& tenant, const core::Id16& person,
                                                const core::Id16& device) {
  v1::OpenSessionRequest request;
  request.set_tenant(tenant);
  request.set_person(BytesOf(person));
  request.set_device(BytesOf(device));
  request.set_device_label("a tablet");
  grpc::ClientContext context;
  v1::OpenSessionReply reply;
  const grpc::Status status = admin_->OpenSession(&context, request, &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply;
}

v1::StatsReply RunningServer::Stats() {
  grpc::ClientContext context;
  v1::StatsReply reply;
  const grpc::Status status = admin_->Stats(&context, v1::StatsRequest(), &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply;
}

}  // namespace halfterm::testing
