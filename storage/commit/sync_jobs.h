// The jobs behind Hello, Push, Refill and OpenSession.
//
// Each takes a message that the service has checked for its outer limits, and calls `done` exactly
// once, on the committer's thread, after what it answers is durable.

#ifndef HALFTERM_STORAGE_COMMIT_SYNC_JOBS_H_
#define HALFTERM_STORAGE_COMMIT_SYNC_JOBS_H_
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/admin.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/caller.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// Errors of the four: those of the proto's call, and Committer's.

std::unique_ptr<Job> MakeHello(const Caller& caller, v1::HelloRequest request,
                               std::function<void(absl::StatusOr<v1::HelloReply>)> done);

std::unique_ptr<Job> MakePush(const Caller& caller, v1::PushRequest request,
                              std::function<void(absl::StatusOr<v1::PushReply>)> done);

std::unique_ptr<Job> MakeRefill(const Caller& caller, v1::RefillRequest request,
                                std::function<void(absl::StatusOr<v1::RefillReply>)> done);

std::unique_ptr<Job> MakeOpenSession(
    v1::OpenSessionRequest request, std::function<void(absl::StatusOr<v1::OpenSessionReply>)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_SYNC_JOBS_H_
