#include "storage/commit/changes.h"

namespace halfterm::storage {

uint64_t Changes::Add(Tenant tenant, std::vector<core::Scope> scopes, Listener listener) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t id = ++last_id_;
  for (const core::Scope& scope : scopes) by_scope_[{tenant.handle(), scope}].insert(id);
  entries_.emplace(id, Entry{tenant, std::move(scopes), std::move(listener)});
  return id;
}

void Changes::Remove(uint64_t id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  for (const core::Scope& scope : found->second.scopes) {
    const auto listeners = by_scope_.find({found->second.tenant.handle(), scope});
    if (listeners == by_scope_.end()) continue;
    listeners->second.erase(id);
    if (listeners->second.empty()) by_scope_.erase(listeners);
  }
  entries_.erase(found);
}

void Changes::Tell(Tenant tenant, const std::set<core::Scope>& moved, uint64_t seq) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (entries_.empty()) return;
  std::set<uint64_t> told;
  for (const core::Scope& scope : moved) {
    const auto listeners = by_scope_.find({tenant.handle(), scope});
    if (listeners == by_scope_.end()) continue;
    for (const uint64_t id : listeners->second) {
      if (told.insert(id).second) entries_.at(id).listener(seq);
    }
  }
}

}  // namespace halfterm::storage
