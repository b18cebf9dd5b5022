// The outer bounds of each request of the public port: sizes and shapes, before anybody looks at
// what it means. InvalidArgument names the field.

#ifndef HALFTERM_SERVICE_CHECK_LIMITS_H_
#define HALFTERM_SERVICE_CHECK_LIMITS_H_
#include "absl/status/status.h"
#include "halfterm/v1/admin.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/sync.pb.h"

namespace halfterm::service {

absl::Status CheckLimits(const v1::HelloRequest& request);
absl::Status CheckLimits(const v1::PushRequest& request);
absl::Status CheckLimits(const v1::RefillRequest& request);
absl::Status CheckLimits(const v1::PullRequest& request);
absl::Status CheckLimits(const v1::WatchRequest& request);
absl::Status CheckLimits(const v1::FetchRequest& request);
absl::Status CheckLimits(const v1::DescendRequest& request);
absl::Status CheckLimits(const v1::ConfirmRequest& request);
absl::Status CheckLimits(const v1::OpenSessionRequest& request);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_CHECK_LIMITS_H_
