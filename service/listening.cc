#include "service/listening.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace halfterm::service {
namespace {

class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(),
                                  [](const auto& plugin) {
                                    return plugin->name() == "proto_server_reflection";
                                  }),
                   plugins->end());
  }
};

}  // namespace

absl::StatusOr<Listening> Listen(Port port, const std::string& address,
                                 const std::vector<grpc::Service*>& services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  grpc::ServerBuilder builder;
  SetLimits(builder, port, address);
  if (port == Port::kPublic) {
    builder.SetOption(std::make_unique<WithoutReflection>());
    builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  }
  // One thread is enough for reflection, the only thing here that is not asynchronous.
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
  for (grpc::Service* service : services) builder.RegisterService(service);

  Listening listening;
  // No TLS: nginx does that, and tablets never reach this port themselves.
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &listening.port);
  listening.server = builder.BuildAndStart();
  if (listening.server == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
  if (absl::StartsWith(address, "unix:")) {
    listening.port = 0;
    listening.address = address;
  } else {
    listening.address = absl::StrCat(address.substr(0, address.rfind(':')), ":", listening.port);
  }
  return listening;
}

}  // namespace halfterm::service
