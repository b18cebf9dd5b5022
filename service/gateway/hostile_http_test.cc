// Raw bytes against the running gateway: what a client, or a proxy that was deceived, may send and
// what the answer is. After every case an honest client is served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/await.h"
#include "tests/support/raw_http.h"
#include "tests/support/running_gateway.h"

namespace halfterm::service {
namespace {

using std::chrono::milliseconds;
using testing::ComesTrue;
using ::testing::ElementsAre;
using testing::Framed;
using testing::FramesOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using testing::RawAnswer;
using testing::RawFrames;
using testing::RawHttp;
using testing::RunningGateway;

constexpr milliseconds kShort(300);
constexpr char kPost[] =
    "POST /test.Calls/Echo HTTP/1.1\r\nHost: a.school\r\n"
    "Content-Type: application/grpc-web+proto\r\n";

WebLimits FewConnections() {
  WebLimits limits;
  limits.connections = 64;
  return limits;
}

// For the cases that wait for the end of a time.
WebLimits ShortLimits() {
  WebLimits limits = FewConnections();
  limits.head = limits.body = limits.linger = kShort;
  return limits;
}

class HostileHttpTest : public ::testing::Test {
 protected:
  explicit HostileHttpTest(const WebLimits& limits = FewConnections()) : gateway_(limits) {}
  ~HostileHttpTest() override { gateway_.ExpectItServes(); }

  // The one answer to these bytes, after which the connection must end.
  void ExpectRefused(const std::string& bytes, int status) {
    SCOPED_TRACE(bytes.substr(0, 300));
    RawHttp http(gateway_.port());
    http.Send(bytes);
    const RawAnswer answer = http.Read();
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_TRUE(answer.is_whole);
    ASSERT_NE(answer.status, 0);
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_EQ(http.ReadToEnd(), "") << "one answer, and the end";
    EXPECT_EQ(gateway_.services.begun, 0) << "no call began";
  }
  void ExpectRefused(const std::vector<std::string>& all, int status) {
    for (const std::string& bytes : all) ExpectRefused(bytes, status);
  }
  // The status of a call that the gateway itself ends.
  std::string StatusOf(const std::string& bytes) {
    const RawAnswer answer = gateway_.Ask(bytes);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(gateway_.services.begun, 0) << "no call began";
    const RawFrames frames = FramesOf(answer);
    return frames.trailers.count("grpc-status") ? frames.trailers.at("grpc-status") : "none";
  }

  RunningGateway gateway_;
};

class ImpatientHttpTest : public HostileHttpTest {
 protected:
  ImpatientHttpTest() : HostileHttpTest(ShortLimits()) {}
};

using G = HostileHttpTest;

TEST_F(G, G1_ALengthAndChunksTogetherAreRefused) {
  const std::string body = "5\r\nabcde\r\n0\r\n\r\n";
  ExpectRefused(
      {absl::StrCat(kPost, "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n", body),
       absl::StrCat(kPost, "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n", body),
       absl::StrCat(kPost, "transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n", body)},
      400);
}

TEST_F(G, G2_OnlyTheCodingChunkedIsKnown) {
  for (const char* coding : {"chunked, identity", "identity, chunked", "xchunked", "chunkedx",
                             "gzip, chunked", "identity", "", "chunked;q=1", "\"chunked\""}) {
    ExpectRefused(absl::StrCat(kPost, "Transfer-Encoding: ", coding, "\r\n\r\n0\r\n\r\n"), 501);
  }
  for (const char* coding : {"\tchunked", "chunked\t", "chunked\x0b",
                             "\x0c"
                             "chunked",
                             "chun\tked"}) {
    ExpectRefused(absl::StrCat(kPost, "Transfer-Encoding: ", coding, "\r\n\r\n0\r\n\r\n"), 400);
  }
  ExpectRefused(
      {absl::StrCat(kPost, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"),
       absl::StrCat(kPost, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")},
      400);
}

TEST_F(G, G3_TwoLengthsAreRefusedEvenWhereTheyAgree) {
  ExpectRefused({absl::StrCat(kPost, "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
                 absl::StrCat(kPost, "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"),
                 absl::StrCat(kPost, "Content-Length: 5, 5\r\n\r\nabcde")},
                400);
}

TEST_F(G, G4_ALengthIsADecimalNumber) {
  for (const char* length : {"-5", "+5", "0x5", "5a", "", "5 5", "5.0", "\xd9\xa5"}) {
    ExpectRefused(absl::StrCat(kPost, "Content-Length: ", length, "\r\n\r\nabcde"), 400);
  }
  ExpectRefused(absl::StrCat(kPost, "Content-Length: 18446744073709551621\r\n\r\nabcde"), 413);
}

TEST_F(G, G5_ALineEndsWithBothOfItsBytes) {
  ExpectRefused({"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n",
                 "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
                400);
}

TEST_F(G, G6_ANameTouchesItsColon) {
  ExpectRefused(
      {absl::StrCat(kPost, "Content-Length : 5\r\n\r\nabcde"),
       absl::StrCat(kPost, "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
       "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n",
       absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\nX", std::string(1, '\0'), ": b\r\n\r\n"),
       absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\nX: b", std::string(1, '\0'), "\r\n\r\n")},
      400);
}

TEST_F(G, G7_ASizeOfAChunkIsAPlainHexNumber) {
  for (const char* size : {"+5", "-5", "0x5", "10000000000000005", "000000005", "00000000000000005",
                           "5 ", " 5", "", "g", "ffffffffffffffff5"}) {
    ExpectRefused(
        absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n", size, "\r\nabcde\r\n0\r\n\r\n"),
        400);
  }
  ExpectRefused({absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdef\r\n0\r\n\r\n"),
                 absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde0\r\n\r\n"),
                 absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n", std::string(100, '0'))},
                400);
}

TEST_F(G, G8_ChunksHaveNoExtensionsAndEndTheirLines) {
  for (const char* line :
       {"5;\n", "5;a=b\n", "5\n", "5;a\r\n", "5;a=b\r\n", "5;a=\"b\nc\"\r\n", "5;\r\n", "5\r"}) {
    ExpectRefused(
        absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n", line, "abcde\r\n0\r\n\r\n"), 400);
  }
  ExpectRefused(
      {absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\n0\r\n\r\n"),
       absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0;x=\n\r\n\r\n"),
       absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0;x\r\n\r\n")},
      400);
}

TEST_F(G, G9_NoOtherVersionThanHttp11) {
  ExpectRefused(
      {"GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
       "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/11\r\nHost: a\r\n\r\n",
       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
       absl::StrReplaceAll(absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                           {{"HTTP/1.1", "HTTP/1.0"}})},
      505);
  ExpectRefused({"GET /\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n",
                 "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                 " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02\x01\x01\r\n"},
                400);
}

TEST_F(G, G10_ARequestHasOneHost) {
  ExpectRefused(
      {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
      400);
}

TEST_F(G, G11_ALineIsNotFolded) {
  ExpectRefused(
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
       absl::StrCat(kPost, "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")},
      400);
}

TEST_F(G, G12_ARequestInABodyIsABody) {
  const std::string hidden = RunningGateway::Post("Fail", Framed("7 hidden"));
  RawHttp http(gateway_.port());
  http.Send(RunningGateway::Post("Echo", Framed(hidden)) + RunningGateway::Get("/nothing.js") +
            absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n", absl::Hex(hidden.size() + 5),
                         "\r\n", Framed(hidden), "\r\n0\r\n\r\n") +
            RunningGateway::Get("/index.html"));
  EXPECT_THAT(FramesOf(http.Read()).messages, ElementsAre(hidden));
  EXPECT_EQ(http.Read().status, 404) << "the request that came with it, in its turn";
  EXPECT_THAT(FramesOf(http.Read()).messages, ElementsAre(hidden));
  EXPECT_EQ(http.Read().status, 200);
  EXPECT_EQ(gateway_.services.begun, 2) << "the hidden ones are no calls";
  // A body where none belongs would be the next request for whoever does not expect it.
  RawHttp other(gateway_.port());
  other.Send(
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nGET /secret HTTP/1.1\r\nHost: b\r\n");
  EXPECT_EQ(other.Read().status, 400);
  EXPECT_EQ(other.ReadToEnd(), "");
}

TEST_F(G, G13_ATargetIsAPathHere) {
  ExpectRefused(
      {"GET http://b.school/ HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
       "CONNECT b.school:443 HTTP/1.1\r\nHost: b.school:443\r\n\r\n",
       "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"},
      400);
}

TEST_F(ImpatientHttpTest, G14_ABodyThatWasAskedForAndNeverComesIsNotWaitedFor) {
  RawHttp http(gateway_.port());
  http.Send(absl::StrCat(kPost, "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n"));
  EXPECT_EQ(http.Read().status, 100);
  EXPECT_EQ(http.Read().status, 408);
  EXPECT_EQ(http.ReadToEnd(), "");
  RawHttp honest(gateway_.port());
  honest.Send(absl::StrCat(kPost, "Expect: 100-Continue\r\nContent-Length: 8\r\n\r\n"));
  EXPECT_EQ(honest.Read().status, 100);
  honest.Send(Framed("abc"));
  EXPECT_THAT(FramesOf(honest.Read()).messages, ElementsAre("abc"));
  const int begun = gateway_.services.begun.exchange(0);
  EXPECT_EQ(begun, 1);
  ExpectRefused(absl::StrCat(kPost, "Expect: a-miracle\r\nContent-Length: 8\r\n\r\n"), 417);
}

TEST_F(G, G15_AHeadThatIsTooLongIsRefusedBeforeItIsWhole) {
  ExpectRefused("GET /" + std::string(9000, 'a'), 414);
  ExpectRefused("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'b'), 431);
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20 << 10, 'b') + "\r\n\r\n", 431);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 64; ++i) many += "A: b\r\n";
  ExpectRefused(many + "\r\n", 431);
}

TEST_F(ImpatientHttpTest, G16_WhoeverIsSlowIsToldSoAndLeft) {
  static_assert(WebLimits().head <= std::chrono::seconds(10));
  static_assert(WebLimits().body <= std::chrono::seconds(10));
  const auto begin = std::chrono::steady_clock::now();
  RawHttp silent(gateway_.port()), half(gateway_.port()), body(gateway_.port());
  half.Send("GET / HTT");
  body.Send(absl::StrCat(kPost, "Content-Length: 8\r\n\r\nabc"));
  // A byte now and then is no excuse: the time is for the whole head, and for the whole body.
  RawHttp drops(gateway_.port()), drops_of_body(gateway_.port());
  drops_of_body.Send(absl::StrCat(kPost, "Content-Length: 5000\r\n\r\n"));
  const std::string head = "GET / HTTP/1.1\r\nX: " + std::string(4000, 'a');
  for (const char byte : head) {
    const bool head_is_answered = drops.Hears(milliseconds(5));
    const bool body_is_answered = drops_of_body.Hears(milliseconds(5));
    if (head_is_answered && body_is_answered) break;
    if (!head_is_answered) drops.Send(std::string(1, byte));
    if (!body_is_answered) drops_of_body.Send("x");
  }
  EXPECT_EQ(half.Read().status, 408);
  EXPECT_EQ(body.Read().status, 408);
  EXPECT_EQ(drops.Read().status, 408);
  EXPECT_EQ(drops_of_body.Read().status, 408);
  EXPECT_EQ(silent.ReadToEnd(), "") << "nothing was asked, nothing is said";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(G, G17_AConnectionServesAHundredThousandRequests) {
  constexpr int kRequests = 100'000, kAtOnce = 500;
  RawHttp http(gateway_.port());
  std::string some;
  for (int i = 0; i < kAtOnce; ++i) some += RunningGateway::Get("/", "If-None-Match: *\r\n");
  for (int done = 0; done < kRequests; done += kAtOnce) {
    ASSERT_TRUE(http.Send(some));
    for (int i = 0; i < kAtOnce; ++i) ASSERT_EQ(http.Read().status, 304) << done + i;
  }
  EXPECT_EQ(gateway_.gateway().open_connections(), 1u);
}

TEST_F(G, G18_OtherMethodsAreNotAllowedAndAHeadHasNoBody) {
  for (const char* method :
       {"OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW", "get", "CONNECT"}) {
    RawHttp http(gateway_.port());
    http.Send(absl::StrCat(method,
                           " /test.Calls/Echo HTTP/1.1\r\nHost: a\r\nOrigin: https://evil\r\n"
                           "Access-Control-Request-Method: POST\r\nX-Echo: me\r\n\r\n"));
    const RawAnswer answer = http.Read();
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.fields.at("allow"), "GET, HEAD, POST");
    EXPECT_THAT(answer.body, Not(HasSubstr("me")));
    EXPECT_EQ(answer.fields.count("access-control-allow-origin"), 0u);
  }
  RawHttp http(gateway_.port());
  http.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + RunningGateway::Get("/"));
  const RawAnswer head = http.Read(/*to_head=*/true), page = http.Read();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields, page.fields);
  EXPECT_THAT(page.body, HasSubstr("A page"));
}

TEST_F(G, G19_NoPathLeadsOutOfTheApp) {
  for (const char* target :
       {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
        "/assets/../../secret.txt", "/assets/..%5c..%5csecret.txt", "/..\\secret.txt", "/%00",
        "/index.html%00.txt", "/%c0%ae%c0%ae/secret.txt", "/%252e%252e/secret.txt", "//etc/passwd",
        "/./index.html", "/assets//app-0a1B2c3d.js", "/.git/config", "/;/secret.txt"}) {
    const RawAnswer answer = gateway_.Ask(RunningGateway::Get(target));
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("secret"))) << target;
  }
  ExpectRefused({"GET /\xc0\xae\xc0\xae/secret.txt HTTP/1.1\r\nHost: a\r\n\r\n",
                 absl::StrCat("GET /a", std::string(1, '\0'), " HTTP/1.1\r\nHost: a\r\n\r\n")},
                400);
}

TEST_F(G, G20_RangesArePassedOver) {
  std::string bomb = "Range: bytes=0-";
  for (int i = 1; i < 500; ++i) absl::StrAppend(&bomb, ",", i, "-");
  const RawAnswer whole = gateway_.Ask(RunningGateway::Get("/"));
  for (const std::string& range : {bomb + "\r\n", std::string("Range: bytes=2-3\r\n"),
                                   std::string("Range: bytes=99999999999999999999-\r\n")}) {
    const RawAnswer answer = gateway_.Ask(RunningGateway::Get("/", range));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, whole.body);
    EXPECT_EQ(answer.fields.count("content-range"), 0u);
  }
}

TEST_F(G, G21_ThereAreNoWebSocketsAndNoOtherProtocols) {
  ExpectRefused(
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      400);
  const RawAnswer answer = gateway_.Ask(RunningGateway::Get(
      "/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"));
  EXPECT_EQ(answer.status, 200) << "answered as if it had not asked";
}

TEST_F(G, G22_ARequestHasNoTrailers) {
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("grpc-status: 0\r\n", '\x80'))), "3");
  EXPECT_EQ(StatusOf(RunningGateway::Post(
                "Echo", Framed("message") + Framed("grpc-status: 0\r\n", '\x80'))),
            "3");
  // T35: nor are there any after the chunks of a body.
  for (const char* late : {"Authorization: Bearer t", "Content-Length: 3",
                           "Transfer-Encoding: chunked", "X-Late: 1"}) {
    ExpectRefused(absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n5\r\n", Framed(""),
                               "\r\n0\r\n", late, "\r\n\r\n"),
                  400);
  }
}

TEST_F(G, G23_TextIsBase64) {
  for (const char* bad :
       {"AAAAAA", "not base64!", "AAAA\r\nAAAA", "AAA", "====", "AAAAA-_=", "\x80\x81"}) {
    EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", bad, "", "application/grpc-web-text")), "3")
        << bad;
  }
}

TEST_F(ImpatientHttpTest, T8_T12_WhoeverIsTooManyIsTurnedAwayAndServedLater) {
  std::vector<std::unique_ptr<RawHttp>> open;
  for (size_t i = 0; i < ShortLimits().connections; ++i) {
    open.push_back(std::make_unique<RawHttp>(gateway_.port()));
    open.back()->Send("GET /");
  }
  for (int i = 0; i < 200; ++i) {
    RawHttp one_more(gateway_.port());
    const RawAnswer answer = one_more.Read();
    if (answer.status == 0) continue;  // Closed with the answer still on its way.
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.fields.count("retry-after"), 1u);
    if (std::chrono::milliseconds(i) > kShort / 4) break;
  }
  for (const auto& http : open) EXPECT_EQ(http->Read().status, 408);
  open.clear();
}

TEST_F(G, T12_AListenerOutlivesTheWantOfFiles) {
  std::vector<std::unique_ptr<RawHttp>> open;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // Each client has its file already; the gateway has none for its side: a file gets the lowest
  // number that is free, and so there is none below the last one.
  for (int i = 0; i < 12; ++i) open.push_back(std::make_unique<RawHttp>());
  const int last = dup(0);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(last) + 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  for (const auto& http : open) {
    http->Connect(gateway_.port());
    http->Send(RunningGateway::Get("/"));
  }
  EXPECT_TRUE(ComesTrue([&] { return gateway_.gateway().failed_accepts() > 0; }));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  close(last);
  for (const auto& http : open) EXPECT_EQ(http->Read().status, 200);
}

TEST(BodiesTest, T32_WhatAllSendAtOnceIsBounded) {
  WebLimits limits;
  limits.body_bytes = 1000;
  limits.body = std::chrono::seconds(2);
  RunningGateway gateway(limits);
  std::vector<std::unique_ptr<RawHttp>> open;
  for (int i = 0; i < 10; ++i) {
    open.push_back(std::make_unique<RawHttp>(gateway.port()));
    open.back()->Send(absl::StrCat(kPost, "Content-Length: 900\r\n\r\n", std::string(600, 'x')));
  }
  std::map<int, int> answers;
  for (const auto& http : open) ++answers[http->Read().status];
  EXPECT_THAT(answers, ElementsAre(Pair(408, 1), Pair(503, 9))) << "one of them fits";
  gateway.ExpectItServes();
}

TEST_F(G, T26_OtherContentTypesAreRefused) {
  for (const char* type : {"text/html", "application/grpc-web+json", "application/json",
                           "application/grpc", "application/x-www-form-urlencoded", "text/plain"}) {
    ExpectRefused(RunningGateway::Post("Echo", Framed("x"), "", type), 415);
  }
  ExpectRefused("POST /test.Calls/Echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 415);
}

TEST_F(G, T27_T28_T29_ACallWithABadTimeoutOrACompressedMessageIsRefused) {
  for (const char* timeout : {"zzz", "99999999999H", "-1S", "", "5"}) {
    EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("x"),
                                            absl::StrCat("Grpc-Timeout: ", timeout, "\r\n"))),
              "3")
        << timeout;
  }
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("x"), "Grpc-Encoding: bogus\r\n")), "12");
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("x"), "Grpc-Encoding: gzip\r\n")), "12");
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("x", 1))), "12");
}

TEST_F(G, T31_T32_WhatIsTooLongIsNotRead) {
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", std::string("\0\x7f\xff\xff\xff", 5) + "abc")),
            "8");
  const std::string long_message = Framed(std::string(1536 << 10, 'x'));
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", long_message)), "8") << "while it is being sent";
  EXPECT_EQ(
      StatusOf(absl::StrCat(kPost, "Transfer-Encoding: chunked\r\n\r\n",
                            absl::Hex(long_message.size()), "\r\n", long_message, "\r\n0\r\n\r\n")),
      "8");
  EXPECT_EQ(StatusOf(absl::StrCat(kPost, "Content-Length: 900000000\r\n\r\n")), "8")
      << "before it is sent";
}

TEST_F(G, T33_T34_ACallBringsOneMessage) {
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", "")), "3");
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("one") + Framed("two"))), "3");
  EXPECT_EQ(StatusOf(RunningGateway::Post("Stream", Framed("1 1") + Framed("1 1"))), "3");
}

TEST_F(G, A9_ATokenInATargetIsNoTokenAndOtherSitesAreSentAway) {
  ExpectRefused(
      {absl::StrReplaceAll(RunningGateway::Post("Echo", Framed("x")),
                           {{"/Echo ", "/Echo?authorization=Bearer%20t "}}),
       absl::StrReplaceAll(RunningGateway::Post("Echo", Framed("x")), {{"/Echo ", "/a/b "}}),
       absl::StrReplaceAll(RunningGateway::Post("Echo", Framed("x")), {{"/Echo ", "/%41 "}})},
      404);
  ExpectRefused({RunningGateway::Post("Echo", Framed("x"), "Sec-Fetch-Site: cross-site\r\n"),
                 RunningGateway::Post("Echo", Framed("x"), "Sec-Fetch-Site: same-site\r\n")},
                403);
}

TEST_F(G, A18_NoCookieIsSetOrTakenAndACallOfAnotherSiteIsSentAway) {
  ExpectRefused({RunningGateway::Post("Echo", Framed("x"), "Sec-Fetch-Site: cross-site\r\n"),
                 RunningGateway::Post("Echo", Framed("x"),
                                      "Sec-Fetch-Site: cross-site\r\nCookie: token=t\r\n"
                                      "Origin: https://evil\r\n")},
                403);
  RawHttp http(gateway_.port());
  http.Send(RunningGateway::Post("Echo", Framed("x"), "Cookie: token=t\r\n") +
            RunningGateway::Get("/"));
  for (int answers = 0; answers < 2; ++answers) {
    const RawAnswer answer = http.Read();
    EXPECT_EQ(answer.fields.count("set-cookie"), 0u);
    EXPECT_THAT(answer.body, Not(HasSubstr("token=t")));
  }
}

TEST_F(G, A19_APreflightIsGivenNothingWhateverItsOrigin) {
  for (const char* origin : {"https://evil", "null", "http://a"}) {
    RawHttp http(gateway_.port());
    http.Send(absl::StrCat("OPTIONS /test.Calls/Echo HTTP/1.1\r\nHost: a\r\nOrigin: ", origin,
                           "\r\nAccess-Control-Request-Method: POST\r\n"
                           "Access-Control-Request-Headers: authorization\r\n\r\n"));
    const RawAnswer answer = http.Read();
    EXPECT_EQ(answer.status, 405) << origin;
    for (const auto& [name, value] : answer.fields) {
      EXPECT_EQ(name.find("access-control-"), std::string::npos) << name;
    }
  }
}

TEST_F(G, A1_MetadataThatIsNotPlainTextReachesNobody) {
  EXPECT_EQ(StatusOf(RunningGateway::Post("Echo", Framed("x"), "X-Halfterm-Name: caf\xc3\xa9\r\n")),
            "3");
}

}  // namespace
}  // namespace halfterm::service
