#include "service/sign_in/tickets.h"

#include <utility>

namespace halfterm::service {

void Tickets::Put(std::string random, For whom, int64_t now_ms) {
  whom.until_ms = now_ms + kTicketMs;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto kept = tickets_.begin(); kept != tickets_.end();) {
    const For& other = kept->second;
    const bool same =
        other.tenant == whom.tenant && other.device == whom.device && other.person == whom.person;
    kept = same || other.until_ms <= now_ms ? tickets_.erase(kept) : std::next(kept);
  }
  tickets_.emplace(std::move(random), whom);
}

std::optional<Tickets::For> Tickets::Take(absl::string_view ticket, storage::Tenant tenant,
                                          const core::Id16& device, int64_t now_ms) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = tickets_.find(std::string(ticket));
  if (found == tickets_.end()) return std::nullopt;
  const For whom = found->second;
  if (whom.until_ms <= now_ms || whom.tenant != tenant || whom.device != device) {
    return std::nullopt;
  }
  tickets_.erase(found);
  return whom;
}

void Tickets::PutBack(absl::string_view ticket, const For& whom) {
  const std::lock_guard<std::mutex> lock(mutex_);
  tickets_.emplace(std::string(ticket), whom);
}

}  // namespace halfterm::service
