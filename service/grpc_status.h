// The one place where our errors become gRPC's.

#ifndef HALFTERM_SERVICE_GRPC_STATUS_H_
#define HALFTERM_SERVICE_GRPC_STATUS_H_
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace halfterm::service {

// ResourceExhausted, with the time after which it is worth trying again.
absl::Status Later(absl::string_view why, int64_t retry_ms);

// The time that Later() was given; for any other ResourceExhausted that of a full disk.
std::optional<int64_t> RetryMs(const absl::Status& status);

// The same code and words. Internal, DataLoss and Unknown keep their words to themselves: they
// speak of files and rows, and are for the log. Words are cut to 512 bytes.
grpc::Status ToGrpc(const absl::Status& status);

// The same, and for ResourceExhausted the trailer `grpc-retry-pushback-ms`. Before the context's
// status is sent.
grpc::Status ToGrpc(const absl::Status& status, grpc::CallbackServerContext& context);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GRPC_STATUS_H_
