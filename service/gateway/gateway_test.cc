// Calls through the gateway to services in this process: what comes back, when the browser leaves,
// when it does not read, when the server stops.
#include "service/gateway/gateway.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <chrono>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/raw_http.h"
#include "tests/support/running_gateway.h"

namespace halfterm::service {
namespace {

using std::chrono::milliseconds;
using testing::ComesTrue;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::Framed;
using testing::FramesOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawAnswer;
using testing::RawFrames;
using testing::RawHttp;
using testing::RunningGateway;
using ::testing::SizeIs;

class GatewayTest : public ::testing::Test {
 protected:
  RawFrames Call(const std::string& method, const std::string& message,
                 const std::string& fields = "") {
    const RawAnswer answer = gateway_.Ask(RunningGateway::Post(method, Framed(message), fields));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.is_whole);
    return FramesOf(answer);
  }

  RunningGateway gateway_;
};

TEST_F(GatewayTest, AUnaryCallIsOneMessageAndItsTrailers) {
  const RawAnswer answer = gateway_.Ask(RunningGateway::Post("Echo", Framed("hello")));
  EXPECT_EQ(answer.fields.at("content-type"), "application/grpc-web+proto");
  EXPECT_EQ(answer.fields.at("cache-control"), "no-store");
  const RawFrames frames = FramesOf(answer);
  EXPECT_THAT(frames.messages, ElementsAre("hello"));
  EXPECT_EQ(frames.trailers.at("grpc-status"), "0");
  EXPECT_THAT(Call("Echo", "").messages, ElementsAre("")) << "an empty message is a message";
  EXPECT_THAT(Call("Echo", std::string(core::kMaxRequestBytes, 'x')).messages,
              ElementsAre(SizeIs(core::kMaxRequestBytes)));
}

TEST_F(GatewayTest, TextIsTheSameInBase64) {
  RawAnswer answer = gateway_.Ask(RunningGateway::Post("Stream", absl::Base64Escape(Framed("3 10")),
                                                       "", "application/grpc-web-text"));
  EXPECT_EQ(answer.fields.at("content-type"), "application/grpc-web-text+proto");
  // Each frame is encoded for itself; a reader decodes four characters at a time.
  std::string bytes, four;
  for (size_t i = 0; i + 4 <= answer.body.size(); i += 4) {
    ASSERT_TRUE(absl::Base64Unescape(answer.body.substr(i, 4), &four));
    bytes += four;
  }
  answer.body = bytes;
  const RawFrames frames = FramesOf(answer);
  EXPECT_THAT(frames.messages, ElementsAre("ssssssssss", "ssssssssss", "ssssssssss"));
  EXPECT_EQ(frames.trailers.at("grpc-status"), "0");
}

TEST_F(GatewayTest, AStreamIsItsMessagesInOrderAndItsTrailers) {
  const RawFrames frames = Call("Stream", "2000 300");
  EXPECT_THAT(frames.messages, SizeIs(2000));
  EXPECT_THAT(frames.messages, Each(std::string(300, 's')));
  EXPECT_EQ(frames.trailers.at("grpc-status"), "0");
  EXPECT_THAT(Call("Stream", "0 0").messages, SizeIs(0)) << "a stream of nothing";
}

TEST_F(GatewayTest, AnErrorComesWithItsWordsAndOnlyNamedTrailers) {
  for (const char* method : {"Fail"}) {
    const RawAnswer answer =
        gateway_.Ask(RunningGateway::Post(method, Framed("7 na\xc3\xafve \xc2\xa3, 100%")));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "") << "trailers only";
    EXPECT_EQ(answer.fields.at("grpc-status"), "7");
    EXPECT_EQ(answer.fields.at("grpc-message"), "na%C3%AFve %C2%A3, 100%25");
    EXPECT_EQ(answer.fields.at("grpc-retry-pushback-ms"), "750");
    EXPECT_EQ(answer.fields.at("x-halfterm-why"), "asked");
    EXPECT_EQ(answer.fields.count("x-other"), 0u);
  }
  const RawFrames half = Call("Half", "before");
  EXPECT_THAT(half.messages, ElementsAre("before"));
  EXPECT_EQ(half.trailers.at("grpc-status"), "10");
  EXPECT_EQ(half.trailers.at("grpc-message"), "half way");
}

TEST_F(GatewayTest, AMethodThatIsNotThereIsUnimplemented) {
  EXPECT_EQ(Call("Nothing", "x").trailers.at("grpc-status"), "12");
}

TEST_F(GatewayTest, OnlyNamedMetadataAndTheDeadlineReachTheService) {
  const RawFrames frames =
      Call("Seen", "",
           "Authorization: Bearer t\r\nX-Halfterm-App: 1\r\nX-Halfterm-Blob-Bin: %%\r\n"
           "Cookie: c=d\r\nX-Forwarded-For: 192.0.2.1\r\nX-User-Agent: somebody\r\n"
           "Grpc-Timeout: 5S\r\n");
  ASSERT_THAT(frames.messages, SizeIs(1));
  const std::string& seen = frames.messages[0];
  EXPECT_THAT(seen, HasSubstr("authorization: Bearer t\n"));
  EXPECT_THAT(seen, HasSubstr("x-halfterm-app: 1"));
  EXPECT_THAT(seen, HasSubstr("x-forwarded-for: 192.0.2.1")) << "said by a proxy on this machine";
  EXPECT_THAT(
      Call("Seen", "", "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n").messages[0],
      Not(HasSubstr("forwarded")))
      << "said twice is not said";
  for (const char* stays_outside : {"cookie", "blob", "somebody", "c=d"}) {
    EXPECT_THAT(seen, Not(HasSubstr(stays_outside)));
  }
  int left = 0;
  ASSERT_TRUE(absl::SimpleAtoi(seen.substr(seen.find("deadline ") + 9), &left)) << seen;
  EXPECT_GT(left, 1000);
  EXPECT_LE(left, 5000);
  EXPECT_THAT(Call("Seen", "").messages[0], Not(HasSubstr("deadline")));
}

TEST_F(GatewayTest, ADeadlineEndsACallThatWaits) {
  const RawFrames frames = Call("Wait", "first", "Grpc-Timeout: 200m\r\n");
  EXPECT_THAT(frames.messages, ElementsAre("first"));
  EXPECT_EQ(frames.trailers.at("grpc-status"), "4");
  EXPECT_TRUE(gateway_.services.waiting.Becomes(0)) << "the service heard of it";
  EXPECT_EQ(Call("Echo", "late", "Grpc-Timeout: 0n\r\n").trailers.at("grpc-status"), "4");
}

TEST_F(GatewayTest, ABrowserThatLeavesEndsItsCall) {
  for (int round = 0; round < 20; ++round) {
    RawHttp http(gateway_.port());
    http.Send(RunningGateway::Post("Wait", Framed("open")));
    EXPECT_THAT(http.ReadSome(), HasSubstr("HTTP/1.1 200"));
    ASSERT_TRUE(gateway_.services.waiting.Becomes(1));
    http.Close();
    ASSERT_TRUE(gateway_.services.waiting.Becomes(0)) << "round " << round;
  }
  EXPECT_TRUE(ComesTrue([&] { return gateway_.gateway().open_connections() == 0; }));
  gateway_.ExpectItServes();
}

TEST(GatewayPatienceTest, ALongSilenceDoesNotHideThatABrowserLeaves) {
  WebLimits limits;
  limits.head = limits.body = limits.write = limits.idle = milliseconds(100);
  RunningGateway gateway(limits);
  RawHttp http(gateway.port());
  http.Send(RunningGateway::Post("Wait", Framed("open")));
  EXPECT_THAT(http.ReadSome(), HasSubstr("HTTP/1.1 200"));
  for (int i = 0; i < 3; ++i) {  // Meanwhile others have had all the time that there is.
    RawHttp slow(gateway.port());
    slow.Send("GET /");
    EXPECT_EQ(slow.Read().status, 408);
  }
  EXPECT_EQ(gateway.services.waiting.now(), 1) << "a silent stream is no slow browser";
  http.Close();
  EXPECT_TRUE(gateway.services.waiting.Becomes(0));
}

TEST_F(GatewayTest, ABrowserThatDoesNotReadHoldsTheServiceBack) {
  RawHttp slow(gateway_.port(), /*receive_bytes=*/4096);
  slow.Send(RunningGateway::Post("Stream", Framed("20000 16384")));  // 320 MB.
  // It goes on for as long as the kernel's buffers take it, and then stands still.
  int before = -1;
  ASSERT_TRUE(ComesTrue([&] {
    const int now = gateway_.services.written;
    const bool stands = now > 0 && now == before;
    before = now;
    // Were there room, the one thread would go on with the stream between these.
    for (int i = 0; i < 50; ++i) gateway_.ExpectItServes();
    return stands;
  }));
  EXPECT_LT(gateway_.services.written, 1000) << "messages that nobody reads pile up";
  gateway_.ExpectItServes();
  slow.Close();
  EXPECT_TRUE(ComesTrue([&] { return gateway_.gateway().open_connections() == 0; }));
}

TEST_F(GatewayTest, ManyCallsOnOneConnectionAndManyConnectionsAtOnce) {
  RawHttp one(gateway_.port());
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(one.Send(RunningGateway::Post("Echo", Framed(absl::StrCat(i)))));
    EXPECT_THAT(FramesOf(one.Read()).messages, ElementsAre(absl::StrCat(i)));
  }
  std::vector<std::unique_ptr<RawHttp>> waiting;
  for (int i = 0; i < 300; ++i) {
    waiting.push_back(std::make_unique<RawHttp>(gateway_.port()));
    waiting.back()->Send(RunningGateway::Post("Wait", Framed("open")));
  }
  EXPECT_TRUE(gateway_.services.waiting.Becomes(300));
  EXPECT_EQ(gateway_.gateway().open_connections(), 301u);
  gateway_.ExpectItServes();
  waiting.clear();
  EXPECT_TRUE(gateway_.services.waiting.Becomes(0));
}

TEST_F(GatewayTest, EveryAnswerCarriesThePolicyAndNothingNamesAnotherOrigin) {
  for (const std::string& asked :
       {RunningGateway::Get("/"), RunningGateway::Get("/nothing.js"), std::string("bad\r\n\r\n"),
        RunningGateway::Post("Echo", Framed("x")), RunningGateway::Post("Fail", Framed("5 no"))}) {
    const RawAnswer answer = gateway_.Ask(asked);
    EXPECT_EQ(answer.fields.at("content-security-policy"),
              "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
              "'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
              "object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    EXPECT_EQ(answer.fields.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.fields.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.fields.at("cross-origin-opener-policy"), "same-origin");
    for (const auto& [name, value] : answer.fields) {
      EXPECT_THAT(name, Not(HasSubstr("access-control"))) << value;
      EXPECT_NE(name, "server");
    }
  }
}

TEST_F(GatewayTest, ADrainEndsWhatIsOpenAndWaitsForAnswersOnTheirWay) {
  RawHttp idle(gateway_.port()), waits(gateway_.port());
  idle.Send(RunningGateway::Get("/"));
  EXPECT_EQ(idle.Read().status, 200);
  waits.Send(RunningGateway::Post("Wait", Framed("open")));
  EXPECT_TRUE(gateway_.services.waiting.Becomes(1));

  gateway_.gateway().StopAccepting();
  idle.Send(RunningGateway::Post("Echo", Framed("still answered")));
  const RawAnswer last = idle.Read();
  EXPECT_THAT(FramesOf(last).messages, ElementsAre("still answered"));
  EXPECT_EQ(last.fields.at("connection"), "close");
  EXPECT_EQ(idle.ReadToEnd(), "");

  gateway_.gateway().Drain(milliseconds(100));  // A call is open that does not end by itself.
  EXPECT_EQ(gateway_.gateway().open_connections(), 0u);
  EXPECT_TRUE(gateway_.services.waiting.Becomes(0));
  gateway_.gateway().Drain(milliseconds(0));  // Again is no error.
}

TEST(GatewayAddressTest, AnAddressThatIsNoneOrTakenIsNamed) {
  for (const char* bad : {"", "nowhere", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                          "127.0.0.1:70000", "a.school:80"}) {
    const auto gateway = Gateway::Start({bad, {}}, AppFiles::Missing(), nullptr);
    EXPECT_EQ(gateway.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(gateway.status().message()), HasSubstr(bad));
  }
  RunningGateway first;
  const auto second = Gateway::Start({first.gateway().address(), {}}, AppFiles::Missing(), nullptr);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  const auto v6 = Gateway::Start({"[::1]:0", {}}, AppFiles::Missing(),
                                 grpc::CreateChannel("127.0.0.1:1", nullptr));
  if (v6.ok()) {  // Where the machine has it.
    EXPECT_THAT((*v6)->address(), HasSubstr("[::1]:"));
  }
}

}  // namespace
}  // namespace halfterm::service
