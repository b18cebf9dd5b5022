// What a request must be to be answered here, and the call that it asks for.

#ifndef HALFTERM_SERVICE_GATEWAY_CALL_REQUEST_H_
#define HALFTERM_SERVICE_GATEWAY_CALL_REQUEST_H_
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/gateway/grpc_web.h"
#include "service/gateway/request.h"
#include "service/gateway/web_call.h"

namespace halfterm::service {

// What is wrong with a request before its body is read: nothing with a GET or HEAD of a file, or a
// POST of a call from the app's own origin. 400, 403, 404, 405, 415.
std::optional<Refusal> CheckRequest(const Request& request);

// The call of a POST that CheckRequest let through, with its body. `peer` as ForwardedFor has it.
// Errors of MessageOf and TimeoutOf; InvalidArgument: metadata that is not plain text;
// DeadlineExceeded: no time was given.
absl::StatusOr<WebCall::Start> StartOf(Request request, WebFormat format, absl::string_view peer);

// An error of StartOf as the end of the call.
Trailers TrailersOfRefusal(const absl::Status& status);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_CALL_REQUEST_H_
