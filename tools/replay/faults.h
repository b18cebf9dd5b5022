// What goes wrong between a tablet and its server, from one number.
//
// Every fault is one that a school's network, or a hand on a switch, produces by itself: a reply
// that is lost, a call that is made twice, a cut between any two messages, a tablet switched off, a
// clock that is days wrong. The same seed gives each tablet the same faults in the same order.

#ifndef HALFTERM_TOOLS_REPLAY_FAULTS_H_
#define HALFTERM_TOOLS_REPLAY_FAULTS_H_
#include <cstddef>
#include <cstdint>
#include <random>

namespace halfterm::tools {

// In percent of the occasions, unless said.
struct FaultRates {
  int lost_replies = 0;     // Of a push; the tablet hears nothing and asks again.
  int repeated_pushes = 0;  // A push that was answered is made again.
  int cuts = 0;             // Before any message: the synchronisation ends there.
  int restarts = 0;         // Of the cuts: the tablet is switched off as well.
  int small_pushes = 0;     // A push takes a few groups instead of all that fit.
  int wrong_clocks = 0;     // Of the tablets: up to five days off, or in the year 1970.
};

inline constexpr FaultRates kNoFaults{};
inline constexpr FaultRates kLostReplies{.lost_replies = 5};
inline constexpr FaultRates kAllFaults{.lost_replies = 8,
                                       .repeated_pushes = 8,
                                       .cuts = 4,
                                       .restarts = 30,
                                       .small_pushes = 20,
                                       .wrong_clocks = 30};

struct FaultCounts {
  uint64_t lost_replies = 0;
  uint64_t repeated_pushes = 0;
  uint64_t cuts = 0;
  uint64_t restarts = 0;

  FaultCounts& operator+=(const FaultCounts& other) {
    lost_replies += other.lost_replies;
    repeated_pushes += other.repeated_pushes;
    cuts += other.cuts;
    restarts += other.restarts;
    return *this;
  }
};

// One tablet's. For one thread at a time.
class TabletFaults {
 public:
  TabletFaults(const FaultRates& rates, uint64_t seed, size_t tablet)
      : rates_(rates), random_(seed * 1'000'003 + tablet * 7919 + 1) {
    if (Percent(rates_.wrong_clocks)) {
      constexpr int64_t kFiveDaysMs = int64_t{5} * 86'400'000;
      // One in ten has lost its battery.
      clock_offset_ms_ =
          Percent(10) ? -int64_t{1'790'000'000'000}
                      : std::uniform_int_distribution<int64_t>(-kFiveDaysMs, kFiveDaysMs)(random_);
    }
  }

  // Each call is one occasion.
  bool LosesReply() { return Counted(rates_.lost_replies, counts_.lost_replies); }
  bool RepeatsPush() { return Counted(rates_.repeated_pushes, counts_.repeated_pushes); }
  bool IsCut() { return Counted(rates_.cuts, counts_.cuts); }
  bool IsSwitchedOff() { return Counted(rates_.restarts, counts_.restarts); }
  // At least 1, at most `limit`.
  size_t PushGroups(size_t limit) {
    if (!Percent(rates_.small_pushes)) return limit;
    return std::uniform_int_distribution<size_t>(1, 7)(random_);
  }

  // What the tablet's clock shows less the true time.
  int64_t clock_offset_ms() const { return clock_offset_ms_; }
  void set_clock_offset_ms(int64_t offset_ms) { clock_offset_ms_ = offset_ms; }
  const FaultCounts& counts() const { return counts_; }

 private:
  bool Percent(int rate) {
    return rate > 0 && std::uniform_int_distribution<int>(1, 100)(random_) <= rate;
  }
  bool Counted(int rate, uint64_t& count) {
    if (!Percent(rate)) return false;
    ++count;
    return true;
  }

  FaultRates rates_;
  std::mt19937_64 random_;
  int64_t clock_offset_ms_ = 0;
  FaultCounts counts_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_FAULTS_H_
