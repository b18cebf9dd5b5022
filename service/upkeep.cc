#include "service/upkeep.h"

#include <algorithm>

#include "storage/accounts/forgetting.h"
#include "storage/accounts/session_terms.h"
#include "storage/aggregates/freeze.h"
#include "storage/commit/erasure.h"
#include "storage/commit/read_ends.h"
#include "storage/doors/door_jobs.h"
#include "storage/import/import.h"

namespace halfterm::service {

using storage::Tenant;

std::vector<Tenant> UpkeepRound::Next(int64_t monotonic_ms) {
  if (has_begun_ && monotonic_ms - part_ms_ < kPartMs) return {};
  if (is_over_) {
    if (has_begun_ && monotonic_ms - round_ms_ < kRoundMs) return {};
    last_.reset();
    round_ms_ = monotonic_ms;
    is_over_ = false;
    is_thorough_ = !has_begun_ || monotonic_ms - thorough_ms_ >= kThoroughMs;
    if (is_thorough_) thorough_ms_ = monotonic_ms;
  }
  has_begun_ = true;
  part_ms_ = monotonic_ms;
  const size_t all = schools_.Count();
  const size_t most = std::max(kAtOnce, (all + kPartsAtMost - 1) / kPartsAtMost);
  std::vector<Tenant> part = schools_.After(last_, most);
  if (!part.empty()) last_ = part.back();
  is_over_ = part.size() < most;
  return part;
}

std::function<void(const absl::Status&)> Upkeep::Done(const char* what) {
  ++submitted_;
  return [this, what](const absl::Status& done) {
    --submitted_;
    if (done.ok() || !gate_.Open().ok()) return;
    log_.Error(what, {{"status", absl::StatusCodeToString(done.code())}});
  };
}

void Upkeep::Begin() {
  committer_.Submit(
      storage::MakeGrantClock(schools_.After(std::nullopt, schools_.Count()), Done("grant clock")));
}

void Upkeep::Tick() {
  if (submitted_ > 0) return;
  const std::vector<Tenant> part = round_.Next(clock_.MonotonicMs());
  if (part.empty()) return;
  committer_.Submit(storage::MakeGrantClock(part, Done("grant clock")));
  committer_.Submit(storage::MakeReadEnds(part, Done("ends of reading")));
  committer_.Submit(storage::MakeLogClearing(
      part, [done = Done("clearing the log")](const absl::StatusOr<bool>& more) {
        done(more.status());
      }));
  committer_.Submit(storage::MakeSessionClock(part, Done("session clock")));
  if (!round_.is_thorough()) return;
  committer_.Submit(storage::MakeFreezeClock(part, Done("freeze clock")));
  committer_.Submit(storage::MakeDoorClock(part, Done("door clock")));
  committer_.Submit(storage::MakeForgetting(part, Done("forgetting")));
}

}  // namespace halfterm::service
