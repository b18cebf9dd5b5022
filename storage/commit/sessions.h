// Who is behind a token, and with which key a session's groups are authenticated.
//
// Tokens are kept as their SHA-256 only. Held in memory; changed by the committer after the commit.

#ifndef HALFTERM_STORAGE_COMMIT_SESSIONS_H_
#define HALFTERM_STORAGE_COMMIT_SESSIONS_H_
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/caller.h"
#include "storage/engine.h"

namespace halfterm::storage {

struct Session {
  Caller caller;
  std::string key;       // 32 bytes.
  int64_t ended_ms = 0;  // 0: it lasts.
};

// Safe to call from any thread.
class Sessions {
 public:
  absl::Status Load(const Engine& engine);

  // The caller behind a live token (the text after "Bearer "); nothing for any other text.
  std::optional<Caller> Find(absl::string_view token) const;

  // A session of the school, also one that has ended: its groups may arrive later.
  std::shared_ptr<const Session> Of(Tenant tenant, const core::Id16& session) const;

  // By the committer, after the commit. `token_hash` is 32 bytes.
  void Put(absl::string_view token_hash, Session session);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Session>> by_token_hash_;
  std::unordered_map<std::string, std::shared_ptr<const Session>> by_id_;  // T4 session16.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_SESSIONS_H_
