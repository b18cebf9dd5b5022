// The gateway in this process, in front of services that do what a test asks for, and with a small
// app. Every method is there:
//   /test.Calls/Echo    one message: the request
//   /test.Calls/Stream  request "COUNT SIZE": as many messages of that size
//   /test.Calls/Wait    one message, then nothing until the caller leaves
//   /test.Calls/Fail    request "CODE WORDS": that status, with metadata in its trailers
//   /test.Calls/Half    one message, then ABORTED
//   /test.Calls/Seen    one message: the metadata that came, a line each, and "deadline MS" if any

#ifndef HALFTERM_TESTS_SUPPORT_RUNNING_GATEWAY_H_
#define HALFTERM_TESTS_SUPPORT_RUNNING_GATEWAY_H_
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <atomic>
#include <memory>
#include <string>

#include "service/gateway/gateway.h"
#include "tests/support/await.h"
#include "tests/support/raw_http.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class AskedServices final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* ctx) override;

  AwaitedCount waiting;         // Calls of Wait that are open.
  std::atomic<int> written{0};  // Messages of Stream that left the service.
  std::atomic<int> begun{0};    // Calls of any method.
};

class RunningGateway {
 public:
  explicit RunningGateway(const service::WebLimits& limits = {});
  ~RunningGateway();

  AskedServices services;
  service::Gateway& gateway() { return *gateway_; }
  int port() const { return gateway_->port(); }
  const std::string& folder() const { return folder_.path(); }  // app/ and secret.txt are in it.

  // "POST /test.Calls/METHOD" with these bytes as its body; `fields` end in CRLF each.
  static std::string Post(const std::string& method, const std::string& body,
                          const std::string& fields = "",
                          const std::string& type = "application/grpc-web+proto");
  static std::string Get(const std::string& target, const std::string& fields = "");

  // One request on a connection of its own.
  RawAnswer Ask(const std::string& bytes);
  // One call of Echo that ends well, on a connection of its own: the gateway serves.
  void ExpectItServes();

 private:
  TemporaryDirectory folder_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<service::Gateway> gateway_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RUNNING_GATEWAY_H_
