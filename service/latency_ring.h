// The times that the last few thousand calls took.

#ifndef HALFTERM_SERVICE_LATENCY_RING_H_
#define HALFTERM_SERVICE_LATENCY_RING_H_
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace halfterm::service {

// Safe to call from any thread.
class LatencyRing {
 public:
  static constexpr size_t kSize = 4096;

  void Add(uint64_t microseconds);

  // The least time that at least `percent` of the last kSize calls did not exceed; 0 without calls.
  uint64_t Percentile(unsigned percent) const;

 private:
  mutable std::mutex mutex_;
  std::array<uint32_t, kSize> times_us_{};
  size_t count_ = 0;  // Since the start.
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_LATENCY_RING_H_
