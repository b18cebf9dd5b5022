#include "service/gateway/call_request.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace halfterm::service {
namespace {

// "/package.Service/Method".
bool IsMethodPath(absl::string_view target) {
  const std::vector<absl::string_view> parts = absl::StrSplit(target, '/');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty()) return false;
  return std::all_of(target.begin(), target.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '/';
  });
}

}  // namespace

std::optional<Refusal> CheckRequest(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD") {
    if (HasBody(request)) return Refusal{400, "a GET has no body"};
    return std::nullopt;
  }
  if (request.method != "POST") return Refusal{405, "GET, HEAD and POST only"};
  if (!FormatOf(request.Value("content-type"))) {
    return Refusal{415, "application/grpc-web+proto or application/grpc-web-text only"};
  }
  // Other origins have no business here. Tokens are in a field that they cannot set without asking
  // first, and nobody answers such a question; this is for browsers with holes.
  const absl::string_view site = request.Value("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return Refusal{403, "from another site"};
  if (!IsMethodPath(request.target)) return Refusal{404, "there is no such method"};
  return std::nullopt;
}

absl::StatusOr<WebCall::Start> StartOf(Request request, WebFormat format, absl::string_view peer) {
  WebCall::Start start;
  const std::string from =
      ForwardedFor(peer, request.Count("x-forwarded-for") == 1 ? request.Value("x-forwarded-for")
                                                               : absl::string_view());
  if (!from.empty() && IsPlainValue(from)) start.metadata.emplace_back("x-forwarded-for", from);
  for (const Request::Field& field : request.fields) {
    if (!IsPassedToService(field.name)) continue;
    if (!IsPlainValue(field.value)) return absl::InvalidArgumentError("metadata is plain text");
    start.metadata.emplace_back(field.name, field.value);
  }
  if (request.Count("grpc-timeout") > 0) {
    absl::StatusOr<std::chrono::nanoseconds> timeout = TimeoutOf(request.Value("grpc-timeout"));
    if (!timeout.ok()) return timeout.status();
    if (timeout->count() == 0) return absl::DeadlineExceededError("no time was given");
    start.timeout = *timeout;
  }
  const absl::string_view encoding = request.Value("grpc-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return absl::UnimplementedError("messages are not compressed");
  }
  absl::StatusOr<std::string> message = MessageOf(format, request.body);
  if (!message.ok()) return message.status();
  start.message = *std::move(message);
  start.method = std::move(request.target);
  return start;
}

Trailers TrailersOfRefusal(const absl::Status& status) {
  return TrailersOf(
      grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message())));
}

}  // namespace halfterm::service
