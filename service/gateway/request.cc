#include "service/gateway/request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "service/gateway/web_limits.h"

namespace halfterm::service {
namespace {

constexpr absl::string_view kVersion = "HTTP/1.1";
constexpr size_t kMaxLengthDigits = 9;

bool IsTokenByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains("!#$%&'*+-.^_`|~", absl::string_view(&c, 1));
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenByte);
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

// A field's value may hold text that is not ASCII, and spaces. Tabs are allowed by the standard,
// sent by nobody, and have hidden a coding from many a reader.
bool IsValueByte(char c) { return IsVisible(c) || c == ' ' || (c & 0x80) != 0; }

std::optional<Refusal> ReadRequestLine(absl::string_view line, Request& request) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  if (parts.size() != 3 || !IsToken(parts[0]) ||
      !std::all_of(parts[1].begin(), parts[1].end(), IsVisible)) {
    return Refusal{400, "this is no request line"};
  }
  if (parts[2] != kVersion) {
    if (!absl::StartsWith(parts[2], "HTTP/")) return Refusal{400, "this is no request line"};
    return Refusal{505, "HTTP/1.1 only; in nginx: proxy_http_version 1.1"};
  }
  // The other forms are for proxies, which this is not.
  if (!absl::StartsWith(parts[1], "/")) return Refusal{400, "a target begins with /"};
  request.method = std::string(parts[0]);
  request.target = std::string(parts[1]);
  return std::nullopt;
}

std::optional<Refusal> ReadField(absl::string_view line, Request& request) {
  if (line.front() == ' ' || line.front() == '\t') return Refusal{400, "a folded line"};
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refusal{400, "a field without a name"};
  }
  const absl::string_view value = line.substr(colon + 1);
  if (!std::all_of(value.begin(), value.end(), IsValueByte)) {
    return Refusal{400, "a field holds bytes that cannot be seen"};
  }
  if (request.fields.size() == kMaxFields) return Refusal{431, "too many fields"};
  request.fields.push_back({absl::AsciiStrToLower(line.substr(0, colon)),
                            std::string(absl::StripAsciiWhitespace(value))});
  return std::nullopt;
}

bool IsHost(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains(".-_:[]", absl::string_view(&c, 1));
  });
}

}  // namespace

absl::string_view Request::Value(absl::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return field.value;
  }
  return "";
}

size_t Request::Count(absl::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; }));
}

HeadScan ScanHead(absl::string_view bytes) {
  HeadScan scan;
  size_t begin = 0;
  while (true) {
    const size_t end = bytes.find('\n', begin);
    const bool is_first = begin == 0;
    const size_t line_bytes = (end == absl::string_view::npos ? bytes.size() : end + 1) - begin;
    if (is_first && line_bytes > kMaxRequestLineBytes) {
      scan.refusal = Refusal{414, "the request line is too long"};
    } else if (begin + line_bytes > kMaxHeadBytes) {
      scan.refusal = Refusal{431, "the head is too long"};
    }
    if (scan.refusal || end == absl::string_view::npos) return scan;
    absl::string_view line = bytes.substr(begin, end - begin);
    begin = end + 1;
    if (!absl::ConsumeSuffix(&line, "\r") || absl::StrContains(line, "\r")) {
      scan.refusal = Refusal{400, "a line ends with CR and LF"};
      return scan;
    }
    if (is_first) {
      scan.refusal = ReadRequestLine(line, scan.request);
    } else if (!line.empty()) {
      scan.refusal = ReadField(line, scan.request);
    } else {
      scan.head_bytes = begin;
      return scan;
    }
    if (scan.refusal) return scan;
  }
}

std::optional<Refusal> CheckFields(const Request& request) {
  if (request.Count("host") != 1 || !IsHost(request.Value("host"))) {
    return Refusal{400, "a request has one Host"};
  }
  const size_t lengths = request.Count("content-length");
  const size_t encodings = request.Count("transfer-encoding");
  if (lengths + encodings > 1) return Refusal{400, "more than one length"};
  if (lengths == 1) {
    const absl::string_view length = request.Value("content-length");
    if (length.empty() || !std::all_of(length.begin(), length.end(), absl::ascii_isdigit)) {
      return Refusal{400, "a length is a decimal number"};
    }
    if (length.size() > kMaxLengthDigits) return Refusal{413, "the body is too long"};
  }
  if (encodings == 1 && !absl::EqualsIgnoreCase(request.Value("transfer-encoding"), "chunked")) {
    return Refusal{501, "the only transfer coding is chunked"};
  }
  if (request.Count("expect") > 0 &&
      !absl::EqualsIgnoreCase(request.Value("expect"), "100-continue")) {
    return Refusal{417, "nothing else than 100-continue can be expected"};
  }
  // An upgrade may be passed over, and is; but whoever wants a socket waits for it in vain.
  if (absl::EqualsIgnoreCase(request.Value("upgrade"), "websocket")) {
    return Refusal{400, "there are no WebSockets here"};
  }
  return std::nullopt;
}

bool HasBody(const Request& request) {
  if (request.Count("transfer-encoding") > 0) return true;
  uint64_t length = 0;
  return absl::SimpleAtoi(request.Value("content-length"), &length) && length > 0;
}

}  // namespace halfterm::service
