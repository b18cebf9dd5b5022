// How the grant stands that the person of a cell holds, and what becomes of what they write then.

#ifndef HALFTERM_TESTS_MATRIX_STANDING_H_
#define HALFTERM_TESTS_MATRIX_STANDING_H_
#include <cstdint>
#include <string>

#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/judge.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {

// kEndedUnheard: it has ended, and the tablet cannot have known.
enum class Standing { kLive, kComing, kEndedUnheard, kEnded };
inline constexpr Standing kStandings[] = {Standing::kLive, Standing::kComing,
                                          Standing::kEndedUnheard, Standing::kEnded};

// The last day of a grant that has ended; greetings before and after it.
inline const int32_t kLastDay = Day(2026, 9, 20);
inline const int64_t kBeforeTheEnd = At(2026, 9, 16), kAfterTheEnd = At(2026, 9, 23);

inline int64_t LowerOf(Standing standing) {
  return standing == Standing::kEndedUnheard ? kBeforeTheEnd : kAfterTheEnd;
}

inline void Stand(v1::RoleGrant& grant, Standing standing) {
  if (standing == Standing::kLive) return;
  if (standing == Standing::kComing) {
    grant.set_state(v1::GRANT_STATE_COMING);
    grant.set_from_day(kLastDay + 30);
    return;
  }
  grant.set_state(v1::GRANT_STATE_ENDED);
  grant.set_to_day(kLastDay);
}

inline bool HasEnded(Standing standing) {
  return standing == Standing::kEndedUnheard || standing == Standing::kEnded;
}

// "COMMITTED", "LATE ENDED", "QUARANTINED ENDED" ...: what was judged,
inline std::string InWords(const sync::Judgement& judged) {
  std::string words = v1::Disposition_Name(judged.disposition).substr(12);
  if (judged.reason != v1::REASON_UNSPECIFIED) {
    words += " " + v1::Reason_Name(judged.reason).substr(7);
  }
  return words;
}

// and what must be, by the best right that somebody has on a page that the matrix calls `page`.
inline std::string InWords(sync::Right right, const std::string& page) {
  if (page == "server") return "QUARANTINED SERVER_ONLY";
  switch (right) {
    case sync::Right::kNever:
      return "QUARANTINED NEVER_ALLOWED";
    case sync::Right::kEnded:
      return "QUARANTINED ENDED";
    case sync::Right::kEndedUnheard:
      return page == "own" ? "LATE ENDED" : "QUARANTINED ENDED";
    case sync::Right::kNow:
      break;
  }
  return "COMMITTED";
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_STANDING_H_
