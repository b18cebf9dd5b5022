#include "service/gateway/web_call.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "tests/support/running_gateway.h"

namespace halfterm::service {
namespace {

// Whoever holds a call's last reference closes its channel, perhaps: gRPC's own threads must not.
TEST(WebCallTest, WhoeverIsToldThatACallIsOverHoldsItAlone) {
  testing::AskedServices services;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&services);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  grpc::GenericStub stub(server->InProcessChannel(grpc::ChannelArguments()));
  std::shared_ptr<WebCall> call =
      WebCall::Begin(stub, {"/test.Calls/Echo", "hello", {}, std::nullopt});
  int messages = 0;
  long holders = 0;
  while (holders == 0) {
    std::promise<void> told;
    call->Next([&](std::optional<grpc::ByteBuffer> message) {
      if (message) {
        ++messages;
      } else {
        holders = call.use_count();
      }
      told.set_value();
    });
    told.get_future().wait();
  }
  EXPECT_EQ(messages, 1);
  EXPECT_EQ(holders, 1);
  EXPECT_EQ(call->trailers().front().second, "0");
  call.reset();
  server->Shutdown();
}

// gRPC's transport within a process may give the end of a call in place of its message to whoever
// begins to read after both have come.
TEST(WebCallTest, EveryAnswerHasItsMessage) {
  testing::AskedServices services;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&services);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  {
    grpc::GenericStub stub(server->InProcessChannel(grpc::ChannelArguments()));
    int without = 0;
    for (int i = 0; i < 5000; ++i) {
      const std::shared_ptr<WebCall> call =
          WebCall::Begin(stub, {"/test.Calls/Echo", "hello", {}, std::nullopt});
      int messages = 0;
      for (bool is_over = false; !is_over;) {
        std::promise<bool> told;
        call->Next([&](std::optional<grpc::ByteBuffer> message) { told.set_value(!message); });
        is_over = told.get_future().get();
        if (!is_over) ++messages;
      }
      if (messages != 1) ++without;
    }
    EXPECT_EQ(without, 0);
  }
  server->Shutdown();
}

}  // namespace
}  // namespace halfterm::service
