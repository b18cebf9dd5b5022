// What a body holds, byte for byte, and what is none.
#include "service/gateway/grpc_web.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "sync/core/limits.h"

namespace halfterm::service {
namespace {

using std::chrono::nanoseconds;
using ::testing::HasSubstr;

std::string Frame(std::string bytes, char flags = 0) {
  std::string frame = FrameHead(bytes.size()) + bytes;
  frame[0] = flags;
  return frame;
}

TEST(GrpcWebTest, AContentTypeNamesOneOfTwoFormats) {
  const struct {
    const char* type;
    std::optional<WebFormat> format;
  } cases[] = {
      {"application/grpc-web", WebFormat::kBinary},
      {"application/grpc-web+proto", WebFormat::kBinary},
      {"Application/GRPC-Web+proto; charset=utf-8", WebFormat::kBinary},
      {"application/grpc-web-text", WebFormat::kText},
      {"application/grpc-web-text+proto", WebFormat::kText},
      {"application/grpc-web+json", std::nullopt},
      {"application/grpc-web+thrift", std::nullopt},
      {"application/grpc", std::nullopt},
      {"application/json", std::nullopt},
      {"text/html", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.type);
    EXPECT_EQ(FormatOf(c.type), c.format);
  }
}

TEST(GrpcWebTest, ABodyIsOneMessage) {
  const std::string longest(core::kMaxRequestBytes, 'x');
  const struct {
    const char* what;
    std::string body;
    absl::StatusCode code;
  } cases[] = {
      {"a message", Frame("abc"), absl::StatusCode::kOk},
      {"an empty message", Frame(""), absl::StatusCode::kOk},
      {"the longest", Frame(longest), absl::StatusCode::kOk},
      {"one byte more", Frame(longest + "x"), absl::StatusCode::kResourceExhausted},
      {"T33 nothing", "", absl::StatusCode::kInvalidArgument},
      {"half a frame", std::string(4, '\0'), absl::StatusCode::kInvalidArgument},
      {"T34 two messages", Frame("abc") + Frame("def"), absl::StatusCode::kInvalidArgument},
      {"T31 two gigabytes that are three bytes", std::string("\0\x7f\xff\xff\xff", 5) + "abc",
       absl::StatusCode::kResourceExhausted},
      {"one byte short", Frame("abc").substr(0, 7), absl::StatusCode::kInvalidArgument},
      {"one byte over", Frame("abc") + "d", absl::StatusCode::kInvalidArgument},
      {"T29 compressed", Frame("abc", 1), absl::StatusCode::kUnimplemented},
      {"G22 trailers", Frame("grpc-status: 0\r\n", '\x80'), absl::StatusCode::kInvalidArgument},
      {"a message, then trailers", Frame("abc") + Frame("a: b\r\n", '\x80'),
       absl::StatusCode::kInvalidArgument},
      {"a kind of frame that is not known", Frame("abc", 2), absl::StatusCode::kInvalidArgument},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    for (const WebFormat format : {WebFormat::kBinary, WebFormat::kText}) {
      const std::string body = format == WebFormat::kText ? absl::Base64Escape(c.body) : c.body;
      const absl::StatusOr<std::string> message = MessageOf(format, body);
      EXPECT_EQ(message.status().code(), c.code) << message.status();
      EXPECT_EQ(message.value_or(""), message.ok() ? c.body.substr(5) : "");
    }
  }
}

TEST(GrpcWebTest, Base64MayComeInPaddedPiecesAndInNoOtherWay) {
  const std::string head = absl::Base64Escape(FrameHead(3)), rest = absl::Base64Escape("abc");
  ASSERT_THAT(head, HasSubstr("=")) << "a piece with padding";
  ASSERT_TRUE(MessageOf(WebFormat::kText, head + rest).ok());
  EXPECT_EQ(*MessageOf(WebFormat::kText, head + rest), "abc");
  for (const char* bad : {"AAAAAA", "AAAA AAA=", "AAAAA*A=", "AAAAA-A=", "AAAAAA==\n",
                          "====", "A===", "AAA=A", "AAAAAAA\r", "\xc3\xa9\xc3\xa9"}) {
    EXPECT_EQ(MessageOf(WebFormat::kText, bad).status().code(), absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

TEST(GrpcWebTest, T27ATimeoutIsDigitsAndAUnit) {
  const struct {
    const char* value;
    nanoseconds timeout;
  } good[] = {{"5S", std::chrono::seconds(5)},
              {"0n", nanoseconds(0)},
              {"99999999n", nanoseconds(99'999'999)},
              {"250m", std::chrono::milliseconds(250)},
              {"7u", std::chrono::microseconds(7)},
              {"2M", std::chrono::minutes(2)},
              {"1H", std::chrono::hours(1)},
              {"99999999S", std::chrono::hours(365 * 24)},
              {"99999999M", std::chrono::hours(365 * 24)},
              {"99999999H", std::chrono::hours(365 * 24)}};
  for (const auto& c : good) {
    SCOPED_TRACE(c.value);
    ASSERT_TRUE(TimeoutOf(c.value).ok());
    EXPECT_EQ(*TimeoutOf(c.value), c.timeout);
  }
  for (const char* bad : {"zzz", "99999999999H", "100000000S", "-5S", "+5S", "5", "S", "", "5s",
                          "5 S", " 5S", "5.5S", "0x5S", "5SS"}) {
    EXPECT_EQ(TimeoutOf(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(GrpcWebTest, WordsOfAnErrorSurviveAField) {
  EXPECT_EQ(PercentEncoded("plain words, all of them"), "plain words, all of them");
  EXPECT_EQ(PercentEncoded("100% na\xc3\xafve \xc2\xa3\r\nset: x\x7f"),
            "100%25 na%C3%AFve %C2%A3%0D%0Aset: x%7F");
}

TEST(GrpcWebTest, TrailersAreLinesInAFrameOfTheirOwn) {
  EXPECT_EQ(TrailersFrame({{"grpc-status", "5"}, {"grpc-message", "no"}}),
            Frame("grpc-status: 5\r\ngrpc-message: no\r\n", '\x80'));
}

TEST(GrpcWebTest, NobodyFromElsewhereSaysWhereTheyAre) {
  EXPECT_EQ(ForwardedFor("", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(ForwardedFor("198.51.100.7", "192.0.2.1"), "198.51.100.7");
  EXPECT_EQ(ForwardedFor("198.51.100.7", ""), "198.51.100.7");
  EXPECT_EQ(ForwardedFor("", ""), "");
}

TEST(GrpcWebTest, OnlyNamedMetadataPasses) {
  for (const char* name : {"authorization", "x-halfterm-app"}) EXPECT_TRUE(IsPassedToService(name));
  for (const char* name : {"cookie", "host", "grpc-timeout", "user-agent", "x-forwarded-for",
                           "x-halfterm-blob-bin", "te", "grpc-trace-bin", ":path"}) {
    EXPECT_FALSE(IsPassedToService(name)) << name;
  }
  for (const char* name : {"grpc-retry-pushback-ms", "x-halfterm-why"}) {
    EXPECT_TRUE(IsPassedToBrowser(name));
  }
  for (const char* name : {"authorization", "set-cookie", "grpc-status", "x-halfterm-why-bin"}) {
    EXPECT_FALSE(IsPassedToBrowser(name)) << name;
  }
}

}  // namespace
}  // namespace halfterm::service
