// What gRPC-Web adds to a gRPC message so that a browser's fetch() can carry it.
//
// A body is frames: one byte of flags, four of length (big endian), and the bytes. A request is one
// frame with one message. An answer is a frame for each message and, since fetch() cannot read
// trailers, a last frame that holds them. The -text forms are the same in base64.

#ifndef HALFTERM_SERVICE_GATEWAY_GRPC_WEB_H_
#define HALFTERM_SERVICE_GATEWAY_GRPC_WEB_H_
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace halfterm::service {

enum class WebFormat {
  kBinary,  // application/grpc-web, application/grpc-web+proto
  kText,    // application/grpc-web-text, application/grpc-web-text+proto
};

// By a Content-Type; nothing for any other, grpc-web+json among them.
std::optional<WebFormat> FormatOf(absl::string_view content_type);
// The Content-Type of an answer.
absl::string_view ContentTypeOf(WebFormat format);

// The message of a request's body. InvalidArgument: bytes that are no frame, no message or more
// than one (no call here takes more), trailers, bad base64. ResourceExhausted: longer than
// kMaxRequestBytes. Unimplemented: compressed.
absl::StatusOr<std::string> MessageOf(WebFormat format, absl::string_view body);

// What goes before a message of this many bytes.
std::string FrameHead(size_t message_bytes);

// The last frame. Names in lower case, values that a field may hold.
using Trailers = std::vector<std::pair<std::string, std::string>>;
std::string TrailersFrame(const Trailers& trailers);

// Words for grpc-message: UTF-8 and whatever a field must not hold, percent-encoded.
std::string PercentEncoded(absl::string_view words);

// grpc-timeout: at most eight digits and one of H M S m u n. InvalidArgument for anything else.
absl::StatusOr<std::chrono::nanoseconds> TimeoutOf(absl::string_view value);

// May go on from a request to the service, or from its trailers to the browser.
bool IsPassedToService(absl::string_view name);
bool IsPassedToBrowser(absl::string_view name);
// Where a call comes from, as `x-forwarded-for` for the services: what a proxy on this machine
// says; of anybody else their own address, whatever they say. `peer` is an address without a port;
// empty: of this machine.
std::string ForwardedFor(absl::string_view peer, absl::string_view said);
// A value that gRPC can carry as text.
bool IsPlainValue(absl::string_view value);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_GRPC_WEB_H_
