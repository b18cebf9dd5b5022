// Nonces that tablets sign, so that a signature that was overheard is good for nothing.
//
// A nonce carries its own age and a code of this process, so asking for one costs the server no
// memory; only nonces that were used with a right signature are remembered, until they are too old.

#ifndef HALFTERM_SERVICE_SIGN_IN_NONCES_H_
#define HALFTERM_SERVICE_SIGN_IN_NONCES_H_
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::service {

inline constexpr int64_t kNonceMs = 120'000;

// Safe to call from any thread. Times are of the monotonic clock.
class Nonces {
 public:
  // `key`: 32 random bytes, of this process alone.
  explicit Nonces(std::string key) : key_(std::move(key)) {}

  // 32 bytes. `random`: 8 bytes.
  std::string Make(absl::string_view random, int64_t now_ms) const;

  // Whether it is one of ours, not too old.
  bool IsFresh(absl::string_view nonce, int64_t now_ms) const;
  // IsFresh, and not used before; from now on it is. Only after the signature was found right.
  bool Use(absl::string_view nonce, int64_t now_ms);

 private:
  const std::string key_;
  std::mutex mutex_;
  std::set<std::string> used_;
  std::multimap<int64_t, std::string> until_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_NONCES_H_
