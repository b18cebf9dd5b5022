// How much one HTTP connection may ask of the gateway, and for how long. Each limit is said here
// once; those of a call, whatever brought it, are in service/limits.h.

#ifndef HALFTERM_SERVICE_GATEWAY_WEB_LIMITS_H_
#define HALFTERM_SERVICE_GATEWAY_WEB_LIMITS_H_
#include <chrono>
#include <cstddef>

#include "sync/core/limits.h"

namespace halfterm::service {

// The request line, and the whole head with it.
inline constexpr size_t kMaxRequestLineBytes = 4 << 10;
inline constexpr size_t kMaxHeadBytes = 8 << 10;
inline constexpr size_t kMaxFields = 64;

// A framed message; and the same in base64.
inline constexpr size_t kFrameHeadBytes = 5;
inline constexpr size_t kMaxBodyBytes = core::kMaxRequestBytes + kFrameHeadBytes;
inline constexpr size_t kMaxTextBodyBytes = (kMaxBodyBytes + 2) / 3 * 4;

struct WebLimits {
  size_t connections = 8192;
  // What has come of all bodies together: connections are many, and memory is one.
  size_t body_bytes = size_t{64} << 20;
  // From the first byte of a request to the end of its head, and from there to its end. A new
  // connection has as long for its first byte.
  std::chrono::milliseconds head{10'000};
  std::chrono::milliseconds body{10'000};
  // Between two requests. Longer than nginx keeps its side open, so that it is never nginx that
  // finds a connection closed.
  std::chrono::milliseconds idle{75'000};
  // A browser that takes nothing of an answer for this long is left.
  std::chrono::milliseconds write{30'000};
  // After a refusal, for what the client is still sending: closing at once would take the answer
  // from it.
  std::chrono::milliseconds linger{1'000};
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_WEB_LIMITS_H_
