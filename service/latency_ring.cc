#include "service/latency_ring.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace halfterm::service {

void LatencyRing::Add(uint64_t microseconds) {
  const uint64_t most = std::numeric_limits<uint32_t>::max();
  std::lock_guard<std::mutex> lock(mutex_);
  times_us_[count_++ % kSize] = static_cast<uint32_t>(std::min(microseconds, most));
}

uint64_t LatencyRing::Percentile(unsigned percent) const {
  std::vector<uint32_t> times;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    times.assign(times_us_.begin(),
                 times_us_.begin() + static_cast<ptrdiff_t>(std::min(count_, kSize)));
  }
  if (times.empty()) return 0;
  const size_t rank = std::max<size_t>(1, (times.size() * percent + 99) / 100);
  const auto found = times.begin() + static_cast<ptrdiff_t>(rank - 1);
  std::nth_element(times.begin(), found, times.end());
  return *found;
}

}  // namespace halfterm::service
