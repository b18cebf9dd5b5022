// How much one tablet may have sent again that it was handed before.
//
// A lost answer is asked for again, and a tablet that goes back to an old backup pulls from an old
// cursor: both are honest, and both are paid from an allowance. A tablet that winds its cursor back
// in a loop, or heals what is not ill (Fetch, Descend), would turn a hundred bytes of request into
// megabytes of answer each time; it runs out.
// What a tablet was never handed costs it nothing, however much that is.
//
// In memory, by each server for itself, as it bounds each server's work: where several serve one store
// a tablet has one allowance at each, and all of it again after a restart.

#ifndef HALFTERM_SERVICE_STREAMS_REPEAT_LIMIT_H_
#define HALFTERM_SERVICE_STREAMS_REPEAT_LIMIT_H_
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/caller.h"
#include "storage/clock.h"

namespace halfterm::service {

// A year of a large school's feed, five times over; then 64 KiB for each second.
inline constexpr int64_t kRepeatAllowanceBytes = int64_t{64} << 20;
inline constexpr int64_t kRepeatBytesAMs = 64;

// Safe to call from any thread.
class RepeatLimit {
 public:
  // `clock` must outlive it.
  explicit RepeatLimit(const storage::Clock& clock) : clock_(clock) {}

  // Whether a call from this cursor, which is complete up to `complete`, asks for what was handed
  // to this person on this tablet before: something after it was, or one of the last 32 calls began
  // with the same cursor. Counts as a call.
  bool IsRepeat(const storage::Caller& caller, absl::string_view cursor, uint64_t complete);
  // Notes that a chunk left: what it was complete up to, and its bytes when it was a repeat.
  void Note(const storage::Caller& caller, uint64_t complete, size_t repeated_bytes);
  // ResourceExhausted, with the time to wait, while the allowance is overdrawn.
  absl::Status MayRepeat(const storage::Caller& caller);

 private:
  struct Account {
    uint64_t complete = 0;  // The furthest that was handed out.
    int64_t owed = 0;       // Repeated bytes not yet made good by time.
    int64_t at_ms = 0;      // When that was so.
    // The cursors with which the last calls began, hashed; the oldest is replaced.
    std::array<size_t, 32> begun{};
    size_t next = 0;
  };
  using Name = std::pair<uint32_t, std::pair<core::Id16, core::Id16>>;

  Account& Of(const storage::Caller& caller);

  const storage::Clock& clock_;
  std::mutex mutex_;
  std::map<Name, Account> accounts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_REPEAT_LIMIT_H_
