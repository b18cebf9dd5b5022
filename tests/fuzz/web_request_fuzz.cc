// Any bytes as what a connection brings to the gateway, whole, in two pieces and byte by byte; and
// the bodies of the requests in it as gRPC-Web.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/gateway/grpc_web.h"
#include "service/gateway/request_reader.h"
#include "service/gateway/web_limits.h"
#include "tests/fuzz/must.h"

using namespace halfterm::service;
using halfterm::fuzz::Must;

namespace {

constexpr size_t kBodyBytes = 1000;  // Small, so that fuzzed bodies are too long now and then.

struct Outcome {
  std::vector<Request> requests;
  int refused = 0;

  bool operator==(const Outcome& other) const {
    if (refused != other.refused || requests.size() != other.requests.size()) return false;
    for (size_t i = 0; i < requests.size(); ++i) {
      const Request &a = requests[i], &b = other.requests[i];
      if (a.method != b.method || a.target != b.target || a.body != b.body ||
          a.fields.size() != b.fields.size()) {
        return false;
      }
      for (size_t f = 0; f < a.fields.size(); ++f) {
        if (a.fields[f].name != b.fields[f].name || a.fields[f].value != b.fields[f].value) {
          return false;
        }
      }
    }
    return true;
  }
};

void Drive(RequestReader& reader, Outcome& outcome) {
  while (true) {
    switch (reader.Advance()) {
      case RequestReader::Step::kNeedsMore:
        return;
      case RequestReader::Step::kHead:
        reader.AllowBody(kBodyBytes);
        break;
      case RequestReader::Step::kWhole:
        outcome.requests.push_back(reader.Take());
        break;
      case RequestReader::Step::kRefused:
        outcome.refused = reader.refusal().status;
        return;
    }
  }
}

Outcome Read(absl::string_view bytes, size_t first, size_t step) {
  RequestReader reader;
  Outcome outcome;
  for (size_t begin = 0, size = first; begin < bytes.size() && outcome.refused == 0;
       begin += size, size = step) {
    reader.Add(bytes.substr(begin, size));
    Drive(reader, outcome);
  }
  return outcome;
}

void CheckRequest(const Request& request) {
  Must(!request.target.empty() && request.target[0] == '/', "a target is a path");
  Must(request.Count("host") == 1, "a request has one host");
  Must(request.Count("content-length") + request.Count("transfer-encoding") <= 1,
       "a body has one length");
  Must(request.body.size() <= kBodyBytes, "a body is within its limit");
  for (const Request::Field& field : request.fields) {
    Must(field.value.find_first_of("\r\n\0\t", 0, 4) == std::string::npos,
         "a value holds no end of a line");
  }
  for (const WebFormat format : {WebFormat::kBinary, WebFormat::kText}) {
    const absl::StatusOr<std::string> message = MessageOf(format, request.body);
    if (!message.ok()) {
      Must(!message.status().message().empty(), "a refusal says why");
    } else if (format == WebFormat::kBinary) {
      Must(absl::StrCat(FrameHead(message->size()), *message) == request.body,
           "a body is one frame");
    }
  }
  const absl::StatusOr<std::chrono::nanoseconds> timeout = TimeoutOf(request.Value("grpc-timeout"));
  if (timeout.ok()) Must(timeout->count() >= 0, "a timeout is no time ago");
  for (const char c : PercentEncoded(request.body))
    Must(c >= 0x20 && c < 0x7f, "words fit a field");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = Read(bytes, size, size);
  Must(Read(bytes, 1, 1) == whole, "bytes mean the same one by one");
  if (size > 0) {
    const size_t cut = 1 + data[size - 1] * size / 256;
    Must(Read(bytes, cut, size) == whole, "bytes mean the same in two pieces");
  }
  for (const Request& request : whole.requests) CheckRequest(request);
  return 0;
}
