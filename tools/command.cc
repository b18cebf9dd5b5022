#include "tools/command.h"

#include "absl/strings/match.h"

namespace halfterm::tools {

int Invocation::Fail(absl::string_view what, const absl::Status& why,
                     absl::string_view what_to_do) {
  EndProgress();
  err << "halfterm: " << what;
  // What gRPC says of a connection that was refused names sockets, not what to do.
  if (absl::StartsWith(why.message(), "failed to connect")) {
    err << ": no server answers";
    // "…; last error: UNKNOWN: ipv4:127.0.0.1:1: Connection refused"
    const size_t reason = why.message().rfind(": ");
    if (reason != absl::string_view::npos) err << " (" << why.message().substr(reason + 2) << ")";
  } else if (!why.message().empty()) {
    err << ": " << why.message();
  }
  err << "\n";
  if (!what_to_do.empty()) {
    err << "  " << what_to_do << "\n";
  } else if (absl::IsUnavailable(why)) {
    err << "  Is halftermd running, with its public port at " << server << " and its admin port at "
        << admin << "? --server and --admin name others.\n";
  }
  return kExitNo;
}

void Invocation::Progress(absl::string_view doing) {
  if (!terminal) return;
  err << "\r\033[K" << doing << std::flush;
  progress_shown_ = true;
}

void Invocation::EndProgress() {
  if (!progress_shown_) return;
  err << "\r\033[K" << std::flush;
  progress_shown_ = false;
}

}  // namespace halfterm::tools
