// Who is calling, from the session token in the call's metadata; and whether the server still takes
// calls.

#ifndef HALFTERM_SERVICE_CALLER_OF_H_
#define HALFTERM_SERVICE_CALLER_OF_H_
#include <grpcpp/server_context.h>

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/caller.h"
#include "storage/commit/sessions.h"

namespace halfterm::service {

// The text after "Bearer " of the only `authorization` entry; empty where there is none such.
std::string TokenOf(const grpc::CallbackServerContext& context);

// The same words for a token that is missing, malformed, unknown or ended, so that nobody can find
// out which sessions there have been.
absl::Status NoSession();

// What every call passes first. Safe to call from any thread.
class Gate {
 public:
  // `sessions` must outlive the gate.
  explicit Gate(const storage::Sessions& sessions) : sessions_(sessions) {}

  // Unavailable once the server stops.
  absl::Status Open() const;

  // Open(), and Unauthenticated as NoSession().
  absl::StatusOr<storage::Caller> CallerOf(const grpc::CallbackServerContext& context) const;
  absl::StatusOr<storage::Caller> CallerOf(absl::string_view token) const;

  // From now on no call is let in.
  void Close() { closed_ = true; }

 private:
  const storage::Sessions& sessions_;
  std::atomic<bool> closed_{false};
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_CALLER_OF_H_
