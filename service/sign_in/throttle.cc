#include "service/sign_in/throttle.h"

#include <algorithm>
#include <utility>

#include "service/grpc_status.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxBuckets = 100'000;
constexpr int64_t kUnderWayMs = 1000;

}  // namespace

Throttle::Try::~Try() {
  if (!buckets_.empty()) throttle_.Leave(buckets_, false, 0);
}

void Throttle::Try::Wrong(int64_t now_ms) {
  const std::vector<Bucket> buckets = std::exchange(buckets_, {});
  if (!buckets.empty()) throttle_.Leave(buckets, true, now_ms);
}

absl::StatusOr<std::shared_ptr<Throttle::Try>> Throttle::Take(std::vector<Bucket> buckets,
                                                              int64_t now_ms) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (counts_.size() > kMaxBuckets) Forget(now_ms);
  int64_t wait_ms = counts_.size() > kMaxBuckets ? kUnderWayMs : 0;
  for (const Bucket& bucket : buckets) {
    const auto found = counts_.find(bucket.name);
    if (found == counts_.end()) continue;
    std::deque<int64_t>& wrong = found->second.wrong_ms;
    while (!wrong.empty() && wrong.front() + kThrottleMs <= now_ms) wrong.pop_front();
    if (wrong.size() >= bucket.tries) {
      wait_ms = std::max(wait_ms, wrong.front() + kThrottleMs - now_ms);
    } else if (wrong.size() + found->second.under_way >= bucket.tries) {
      wait_ms = std::max(wait_ms, kUnderWayMs);
    }
  }
  if (wait_ms > 0) return Later("too many tries; wait and try again", wait_ms);
  for (const Bucket& bucket : buckets) ++counts_[bucket.name].under_way;
  return std::shared_ptr<Try>(new Try(*this, std::move(buckets)));
}

void Throttle::Leave(const std::vector<Bucket>& buckets, bool wrong, int64_t now_ms) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Bucket& bucket : buckets) {
    const auto found = counts_.find(bucket.name);
    if (found == counts_.end()) continue;
    --found->second.under_way;
    if (wrong) found->second.wrong_ms.push_back(now_ms);
    if (found->second.under_way == 0 && found->second.wrong_ms.empty()) counts_.erase(found);
  }
}

void Throttle::Forget(int64_t now_ms) {
  for (auto count = counts_.begin(); count != counts_.end();) {
    const std::deque<int64_t>& wrong = count->second.wrong_ms;
    const bool old = wrong.empty() || wrong.back() + kThrottleMs <= now_ms;
    count = old && count->second.under_way == 0 ? counts_.erase(count) : std::next(count);
  }
}

}  // namespace halfterm::service
