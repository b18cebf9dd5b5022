// Tells whoever waits that something new can be read.

#ifndef HALFTERM_STORAGE_COMMIT_CHANGES_H_
#define HALFTERM_STORAGE_COMMIT_CHANGES_H_
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "storage/keys.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

// Safe to call from any thread.
class Changes {
 public:
  using Listener = std::function<void(uint64_t seq)>;

  // Calls `listener` after each commit that moved a feed row of one of `scopes`, until Remove. The
  // listener runs on the committer's thread: it must only note the number and return. Scopes are
  // those at the time of the call; a watch is asked again when grants change (`AllOf`).
  uint64_t Add(Tenant tenant, std::vector<core::Scope> scopes, Listener listener);
  // After it returns the listener runs no more.
  void Remove(uint64_t id);

  // By the committer, after the commit.
  void Tell(Tenant tenant, const std::set<core::Scope>& moved, uint64_t seq);

 private:
  struct Entry {
    Tenant tenant;
    std::vector<core::Scope> scopes;
    Listener listener;
  };
  std::mutex mutex_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, Entry> entries_;
  std::map<std::pair<uint32_t, core::Scope>, std::set<uint64_t>> by_scope_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_CHANGES_H_
