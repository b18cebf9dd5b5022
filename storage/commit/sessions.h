// Who is behind a token, and with which key a session's groups are authenticated.
//
// Tokens are kept as their SHA-256 only. Held in memory; changed by the committer after the commit.
// An ended session stays: groups that were written in it may arrive for years.

#ifndef HALFTERM_STORAGE_COMMIT_SESSIONS_H_
#define HALFTERM_STORAGE_COMMIT_SESSIONS_H_
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/caller.h"
#include "storage/engine.h"

namespace halfterm::storage {

struct Session {
  Caller caller;
  std::string key;       // 32 bytes.
  int64_t ended_ms = 0;  // 0: it lasts.
  int64_t opened_ms = 0;
  int64_t expires_ms = 0;                      // 0: never by itself.
  int64_t idle_ms = 0;                         // 0: it may stay unused.
  int64_t seen_ms = 0;                         // As the row has it; see Sessions::SeenMs.
  std::vector<std::string> past_token_hashes;  // 32 bytes each.
};

// Nothing where the row is damaged.
std::optional<Session> SessionFromRow(Tenant tenant, const core::Id16& session,
                                      const disk::SessionRow& row);

// Safe to call from any thread.
class Sessions {
 public:
  absl::Status Load(const Engine& engine);

  // The caller behind a live token (the text after "Bearer "); nothing for any other text. Asking
  // is a use of the session, unless `counts` is false: a stream that only looks whether its session
  // still lasts keeps nobody signed in.
  std::optional<Caller> Find(absl::string_view token, int64_t now_ms, bool counts = true);

  // What a token is that wants to be renewed.
  struct Renewable {
    enum class State {
      kNone,     // No token of a session that lasts.
      kCurrent,  // The session's token, live.
      kUnheard,  // Replaced, but the new one was never used: its answer may have been lost.
      kCopied,   // Replaced, and the new one was used.
    };
    State state = State::kNone;
    std::shared_ptr<const Session> session;
  };
  Renewable FindForRenewal(absl::string_view token, int64_t now_ms) const;

  // A session of the school, also one that has ended: its groups may arrive later.
  std::shared_ptr<const Session> Of(Tenant tenant, const core::Id16& session) const;
  // Those of the school that have not ended; some may be over by their time.
  std::vector<std::shared_ptr<const Session>> NotEnded(Tenant tenant) const;

  // When the session was used last, milliseconds since 1970; 0 where that is not known.
  int64_t SeenMs(Tenant tenant, const core::Id16& session) const;

  // By the committer, after the commit. `token_hash` is 32 bytes.
  void Put(absl::string_view token_hash, Session session);

 private:
  struct Token {
    std::shared_ptr<const Session> session;
    bool past = false;
    bool used = false;  // Since this process began.
  };
  struct Kept {
    std::shared_ptr<const Session> session;
    std::string token_hash;
    int64_t seen_ms = 0;
  };
  static bool IsLive(const Kept& kept, int64_t now_ms);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Token> by_token_hash_;
  // By SessionKey, so that a school's stand together: each is asked for its own every minute.
  std::map<std::string, Kept> by_id_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_SESSIONS_H_
