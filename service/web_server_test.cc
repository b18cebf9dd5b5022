// The whole server as a browser meets it: its page, its calls, which calls there are, and its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/sync.pb.h"
#include "tests/support/await.h"
#include "tests/support/raw_http.h"
#include "tests/support/running_clock.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {
namespace {

using testing::AwaitedCount;
using testing::ComesTrue;
using testing::Framed;
using testing::FramesOf;
using ::testing::HasSubstr;
using testing::RawAnswer;
using testing::RawFrames;
using testing::RawHttp;
using testing::RunningClock;
using testing::RunningServer;
using testing::SmallSchool;
using testing::WireTablet;

class WebServerTest : public ::testing::Test {
 protected:
  WebServerTest() { server_.Import(school_, "northgate"); }

  static std::string Post(const std::string& method, const google::protobuf::Message& message,
                          const std::string& token = "") {
    const std::string body = Framed(message.SerializeAsString());
    const std::string bearer =
        token.empty() ? "" : absl::StrCat("Authorization: Bearer ", token, "\r\n");
    return absl::StrCat(
        "POST /", method,
        " HTTP/1.1\r\nHost: a.school\r\nContent-Type: application/grpc-web+proto\r\n", bearer,
        "Content-Length: ", body.size(), "\r\n\r\n", body);
  }

  RawFrames Call(const std::string& method, const google::protobuf::Message& message,
                 const std::string& token = "") {
    RawHttp http(server_.server().http_port());
    http.Send(Post(method, message, token));
    return FramesOf(http.Read());
  }

  SmallSchool school_;
  RunningServer server_{RunningServer::Http::kWithAPage};
};

TEST_F(WebServerTest, ABrowserGetsThePageAndItsCallsAreThoseOfATablet) {
  RawHttp http(server_.server().http_port());
  http.Send("GET /visits HTTP/1.1\r\nHost: a.school\r\n\r\n");
  EXPECT_THAT(http.Read().body, HasSubstr("A page"));

  const WireTablet hana(server_, "northgate", school_.hana, 1);
  v1::HelloRequest request;
  request.set_device(testing::BytesOf(hana.device()));
  const RawFrames hello = Call("halfterm.v1.Sync/Hello", request, hana.session().token());
  EXPECT_EQ(hello.trailers.at("grpc-status"), "0");
  ASSERT_EQ(hello.messages.size(), 1u);
  v1::HelloReply reply;
  ASSERT_TRUE(reply.ParseFromString(hello.messages[0]));
  EXPECT_EQ(reply.person(), testing::BytesOf(school_.hana));
  EXPECT_EQ(Call("halfterm.v1.Sync/Hello", request).trailers.at("grpc-status"), "16");
}

TEST_F(WebServerTest, Z21_Z22_WhatTheToolsCallDoesNotExistForABrowser) {
  const WireTablet hana(server_, "northgate", school_.hana, 1);
  for (const char* method : {"halfterm.v1.Admin/Stats", "halfterm.v1.Admin/OpenSession",
                             "halfterm.v1.Directory/Import", "grpc.health.v1.Health/Check",
                             "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                             "grpc.channelz.v1.Channelz/GetServers", "halfterm.v1.Sync/Nothing"}) {
    EXPECT_EQ(Call(method, v1::HelloRequest(), hana.session().token()).trailers.at("grpc-status"),
              "12")
        << method;
  }
}

TEST_F(WebServerTest, AStoppingServerEndsStreamsWithUnavailableAndAnswersWhatStillComes) {
  const WireTablet hana(server_, "northgate", school_.hana, 1);
  const int port = server_.server().http_port();
  std::vector<std::unique_ptr<RawHttp>> watches;
  for (size_t i = 0; i < 20; ++i) {
    watches.push_back(std::make_unique<RawHttp>(port));
    watches.back()->Send(
        Post("halfterm.v1.Sync/Watch", v1::WatchRequest(), hana.session().token()));
    ASSERT_TRUE(ComesTrue([&] { return server_.server().open_watches() > i; }));
  }
  // A tablet that calls on and on, on the connection that it has.
  RawHttp busy(port);
  std::string last;
  AwaitedCount answered;
  std::thread calls([&] {
    while (true) {
      if (!busy.Send(Post("halfterm.v1.Sync/Hello", v1::HelloRequest(), "no such token"))) return;
      const RawAnswer answer = busy.Read();
      if (answer.status == 0) return;
      last = FramesOf(answer).trailers.at("grpc-status");
      if (answer.fields.count("connection") > 0) return;
      ++answered;
    }
  });
  EXPECT_TRUE(answered.Reaches(5));

  const auto begin = std::chrono::steady_clock::now();
  {
    const RunningClock time(server_.clock, 10);  // It is what sees who takes nothing.
    server_.server().Drain();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  calls.join();
  EXPECT_EQ(last, "14") << "the last answer says to come again";
  for (const auto& watch : watches) {
    const RawAnswer answer = watch->Read();
    EXPECT_TRUE(answer.is_whole) << "not cut off";
    EXPECT_EQ(FramesOf(answer).trailers.at("grpc-status"), "14");
  }
}

TEST(WebServerStartTest, AnAppThatIsNotWhereItShouldBeIsNamedAtTheStart) {
  const testing::TemporaryDirectory data;
  Log log;
  const testing::FakeClock clock{testing::At(2026, 9, 14, 16)};
  ServerOptions options;
  options.data = data.path();
  options.grpc_address = options.admin_address = options.http_address = "127.0.0.1:0";
  options.app = data.Path("no-app");
  const auto server = Server::Start(
      options, Server::World{clock, [](size_t bytes) { return std::string(bytes, 'r'); }, log});
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("no-app"));
}

}  // namespace
}  // namespace halfterm::service
