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
#include "storage/clock.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"

namespace halfterm::service {

// The text after "Bearer " of the only `authorization` entry; empty where there is none such.
std::string TokenOf(const grpc::CallbackServerContext& context);

// The same words for a token that is missing, malformed, unknown or ended, so that nobody can find
// out which sessions there have been.
absl::Status NoSession();

// What every call passes first. Safe to call from any thread.
class Gate {
 public:
  // All must outlive the gate.
  Gate(storage::Sessions& sessions, const storage::Directories& directories,
       const storage::Clock& clock)
      : sessions_(sessions), directories_(directories), clock_(clock) {}

  // Unavailable once the server stops.
  absl::Status Open() const;

  // Open(), and Unauthenticated as NoSession(): also for somebody whose last day at the school has
  // passed, at once, before anybody has ended their sessions.
  absl::StatusOr<storage::Caller> CallerOf(const grpc::CallbackServerContext& context) const;
  absl::StatusOr<storage::Caller> CallerOf(absl::string_view token) const;
  // The same for a stream that was let in before: it does not count as a use of the session.
  absl::StatusOr<storage::Caller> StillCallerOf(absl::string_view token) const;

  // From now on no call is let in.
  void Close() { closed_ = true; }

 private:
  absl::StatusOr<storage::Caller> Find(absl::string_view token, bool counts) const;

  storage::Sessions& sessions_;
  const storage::Directories& directories_;
  const storage::Clock& clock_;
  std::atomic<bool> closed_{false};
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_CALLER_OF_H_
