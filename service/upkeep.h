// What is done for each school without anybody asking: grants, people, sessions, readings and
// doors end with their day or hour, half-terms freeze, the log of erased records is cleared.
//
// It goes round the schools in small parts, one a second, because whoever commits waits for the
// part: a batch for ten thousand schools at once would hold everybody up. A round takes a minute at
// most while there are few schools, and five minutes with however many. What is not urgent (doors,
// half-terms, what can be forgotten) is done in one round of an hour.

#ifndef HALFTERM_SERVICE_UPKEEP_H_
#define HALFTERM_SERVICE_UPKEEP_H_
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "service/caller_of.h"
#include "service/log.h"
#include "storage/clock.h"
#include "storage/commit/committer.h"
#include "storage/directory/directories.h"
#include "storage/keys.h"

namespace halfterm::service {

// The order in which schools are looked after. Of one thread.
class UpkeepRound {
 public:
  // A part is so many schools, or a 300th of all where that is more.
  static constexpr size_t kAtOnce = 16;
  static constexpr size_t kPartsAtMost = 300;
  static constexpr int64_t kPartMs = 1'000;
  static constexpr int64_t kRoundMs = 60'000;
  static constexpr int64_t kThoroughMs = 3'600'000;

  explicit UpkeepRound(const storage::Directories& schools) : schools_(schools) {}

  // The next part, by handle, once a second since the last one; nothing between the end of a round
  // and the beginning of the next, a minute after it began itself. Schools that begin meanwhile
  // come at the end of the round.
  std::vector<storage::Tenant> Next(int64_t monotonic_ms);
  // Whether the part is of a round in which everything is done: the first, and then one an hour.
  bool is_thorough() const { return is_thorough_; }

 private:
  const storage::Directories& schools_;
  std::optional<storage::Tenant> last_;
  int64_t round_ms_ = 0, thorough_ms_ = 0, part_ms_ = 0;  // When they began.
  bool has_begun_ = false, is_over_ = true, is_thorough_ = false;
};

// Begin and Tick may be called from two threads, Tick always from the same.
class Upkeep {
 public:
  // All must outlive it, and what `committer` was given must be done before it goes.
  Upkeep(storage::Committer& committer, const storage::Directories& schools,
         const storage::Clock& clock, const Gate& gate, Log& log)
      : committer_(committer),
        schools_(schools),
        clock_(clock),
        gate_(gate),
        log_(log),
        round_(schools) {}

  // Before anybody is served: grants and people of all schools whose day came while no server ran.
  void Begin();
  // Submits the work for the next part, unless that of the last one is still being done.
  void Tick();

 private:
  // What a job calls when it is done; what goes wrong is logged as `what`.
  std::function<void(const absl::Status&)> Done(const char* what);

  storage::Committer& committer_;
  const storage::Directories& schools_;
  const storage::Clock& clock_;
  const Gate& gate_;
  Log& log_;
  UpkeepRound round_;
  std::atomic<int> submitted_{0};  // Jobs that are not done.
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_UPKEEP_H_
