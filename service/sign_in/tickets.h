// What lets somebody sign in once on the tablet that was just enrolled for them.

#ifndef HALFTERM_SERVICE_SIGN_IN_TICKETS_H_
#define HALFTERM_SERVICE_SIGN_IN_TICKETS_H_
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/strings/string_view.h"
#include "storage/keys.h"
#include "sync/core/types.h"

namespace halfterm::service {

inline constexpr int64_t kTicketMs = 10 * 60 * 1000;
inline constexpr size_t kTicketBytes = 32;

// Safe to call from any thread; in memory only: after a restart a new invitation is needed. Times
// are of the monotonic clock.
class Tickets {
 public:
  struct For {
    storage::Tenant tenant;
    core::Id16 device, person;
    int64_t until_ms = 0;  // Set by Put.
  };

  // `random`: 32 bytes, the ticket. An earlier ticket for the same person and tablet ends.
  void Put(std::string random, For whom, int64_t now_ms);

  // Whose it is, once; nothing for a ticket of another tablet, which stays.
  std::optional<For> Take(absl::string_view ticket, storage::Tenant tenant,
                          const core::Id16& device, int64_t now_ms);
  // It came back unused: the sign-in failed for a reason that the person can mend. It lasts no
  // longer.
  void PutBack(absl::string_view ticket, const For& whom);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, For> tickets_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_TICKETS_H_
