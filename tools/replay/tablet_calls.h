// The calls that a simulated tablet makes, in the name of one session each.
//
// Implementations: SyncCalls (connection.h), over the network; and the simulator's, which has no
// network, so that a number decides what becomes of every message.

#ifndef HALFTERM_TOOLS_REPLAY_TABLET_CALLS_H_
#define HALFTERM_TOOLS_REPLAY_TABLET_CALLS_H_
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/sync.pb.h"

namespace halfterm::tools {

// Errors are the server's; Unavailable also where it cannot be reached. Nothing is tried again.
class TabletCalls {
 public:
  virtual ~TabletCalls() = default;

  virtual absl::StatusOr<v1::HelloReply> Hello(const std::string& token,
                                               const v1::HelloRequest& request) = 0;
  virtual absl::StatusOr<v1::PushReply> Push(const std::string& token,
                                             const v1::PushRequest& request) = 0;
  // Gives each chunk to `take`, and stops with its error if it has one.
  virtual absl::Status Pull(const std::string& token, const v1::PullRequest& request,
                            const std::function<absl::Status(const v1::PullReply&)>& take) = 0;
  virtual absl::StatusOr<v1::FetchReply> Fetch(const std::string& token,
                                               const v1::FetchRequest& request) = 0;
  virtual absl::StatusOr<v1::DescendReply> Descend(const std::string& token,
                                                   const v1::DescendRequest& request) = 0;
  virtual absl::StatusOr<v1::ConfirmReply> Confirm(const std::string& token,
                                                   const v1::ConfirmRequest& request) = 0;
  virtual absl::StatusOr<v1::OfferReply> Offer(const std::string& token,
                                               const v1::OfferRequest& request) = 0;
  virtual absl::StatusOr<v1::RefillReply> Refill(const std::string& token,
                                                 const v1::RefillRequest& request) = 0;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_TABLET_CALLS_H_
