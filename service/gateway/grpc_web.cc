#include "service/gateway/grpc_web.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/gateway/web_limits.h"

namespace halfterm::service {
namespace {

constexpr uint8_t kTrailersFlag = 0x80;
constexpr uint8_t kCompressedFlag = 0x01;
constexpr size_t kMaxTimeoutDigits = 8;
constexpr absl::string_view kOwnMetadata = "x-halfterm-";

std::string Frame(uint8_t flags, absl::string_view bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  std::string frame = {static_cast<char>(flags), static_cast<char>(size >> 24),
                       static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                       static_cast<char>(size)};
  absl::StrAppend(&frame, bytes);
  return frame;
}

absl::StatusOr<std::string> OneMessage(absl::string_view body) {
  if (body.empty()) return absl::InvalidArgumentError("a request holds one message; this has none");
  if (body.size() < kFrameHeadBytes)
    return absl::InvalidArgumentError("a frame without its length");
  const auto flags = static_cast<uint8_t>(body[0]);
  uint32_t size = 0;
  for (size_t i = 1; i < kFrameHeadBytes; ++i) size = size << 8 | static_cast<uint8_t>(body[i]);
  if (flags == kTrailersFlag) return absl::InvalidArgumentError("a request has no trailers");
  if (flags == kCompressedFlag) return absl::UnimplementedError("messages are not compressed");
  if (flags != 0) return absl::InvalidArgumentError("a frame of an unknown kind");
  if (size > core::kMaxRequestBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a message is at most ", core::kMaxRequestBytes, " bytes"));
  }
  const absl::string_view rest = body.substr(kFrameHeadBytes);
  if (rest.size() < size) return absl::InvalidArgumentError("a frame that is longer than the body");
  if (rest.size() > size) {
    return absl::InvalidArgumentError("a request holds one message; this goes on after it");
  }
  return std::string(rest);
}

// Base64 with its padding; pieces that were padded one by one may follow each other, because that
// is how some clients flush. Nothing where it is none.
std::optional<std::string> FromBase64(absl::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const size_t padding = text.find('=');
    const size_t end = padding == absl::string_view::npos ? text.size() : (padding + 4) / 4 * 4;
    const absl::string_view piece = text.substr(0, end);
    std::string decoded;
    // Stricter than the library, which passes over spaces and a missing padding.
    const bool is_whole =
        piece.size() % 4 == 0 && std::all_of(piece.begin(), piece.end(), [](char c) {
          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' ||
                 c == '=';
        });
    if (!is_whole || !absl::Base64Unescape(piece, &decoded)) return std::nullopt;
    absl::StrAppend(&bytes, decoded);
    text.remove_prefix(piece.size());
  }
  return bytes;
}

}  // namespace

std::optional<WebFormat> FormatOf(absl::string_view content_type) {
  const std::string type = absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
  if (type == "application/grpc-web" || type == "application/grpc-web+proto") {
    return WebFormat::kBinary;
  }
  if (type == "application/grpc-web-text" || type == "application/grpc-web-text+proto") {
    return WebFormat::kText;
  }
  return std::nullopt;
}

absl::string_view ContentTypeOf(WebFormat format) {
  return format == WebFormat::kText ? "application/grpc-web-text+proto"
                                    : "application/grpc-web+proto";
}

absl::StatusOr<std::string> MessageOf(WebFormat format, absl::string_view body) {
  if (format == WebFormat::kBinary) return OneMessage(body);
  const std::optional<std::string> bytes = FromBase64(body);
  if (!bytes) return absl::InvalidArgumentError("the body is not base64");
  return OneMessage(*bytes);
}

std::string FrameHead(size_t message_bytes) {
  std::string head = Frame(0, "");
  for (size_t i = 1; i < kFrameHeadBytes; ++i) {
    head[i] = static_cast<char>(message_bytes >> (8 * (kFrameHeadBytes - 1 - i)));
  }
  return head;
}

std::string TrailersFrame(const Trailers& trailers) {
  std::string lines;
  for (const auto& [name, value] : trailers) absl::StrAppend(&lines, name, ": ", value, "\r\n");
  return Frame(kTrailersFlag, lines);
}

std::string PercentEncoded(absl::string_view words) {
  std::string encoded;
  for (const char c : words) {
    if (c >= 0x20 && c < 0x7f && c != '%') {
      encoded += c;
    } else {
      absl::StrAppend(&encoded, "%",
                      absl::AsciiStrToUpper(absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return encoded;
}

absl::StatusOr<std::chrono::nanoseconds> TimeoutOf(absl::string_view value) {
  const absl::Status bad = absl::InvalidArgumentError("grpc-timeout is 1 to 8 digits and a unit");
  if (value.size() < 2 || value.size() > kMaxTimeoutDigits + 1) return bad;
  const absl::string_view digits = value.substr(0, value.size() - 1);
  int64_t count = 0;
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(digits, &count)) {
    return bad;
  }
  // The longest, 99,999,999 hours, does not fit in nanoseconds: it is as good as a year.
  constexpr std::chrono::hours kLongest(365 * 24);
  switch (value.back()) {
    case 'H':
      return std::min(std::chrono::hours(count), kLongest);
    case 'M':
      return std::min<std::chrono::nanoseconds>(
          std::min(std::chrono::minutes(count), std::chrono::minutes(kLongest)), kLongest);
    case 'S':
      return std::min(std::chrono::seconds(count), std::chrono::seconds(kLongest));
    case 'm':
      return std::chrono::milliseconds(count);
    case 'u':
      return std::chrono::microseconds(count);
    case 'n':
      return std::chrono::nanoseconds(count);
    default:
      return bad;
  }
}

bool IsPassedToService(absl::string_view name) {
  // Binary metadata never: a value that is not base64 would cost the service a connection.
  return name == "authorization" ||
         (absl::StartsWith(name, kOwnMetadata) && !absl::EndsWith(name, "-bin"));
}

bool IsPassedToBrowser(absl::string_view name) {
  return name == "grpc-retry-pushback-ms" ||
         (absl::StartsWith(name, kOwnMetadata) && !absl::EndsWith(name, "-bin"));
}

std::string ForwardedFor(absl::string_view peer, absl::string_view said) {
  return std::string(peer.empty() ? said : peer);
}

bool IsPlainValue(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace halfterm::service
