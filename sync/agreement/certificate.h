// Whether somebody's levels may be relied on: certificates from calibration, and drift.
//
// A certificate is earned in a calibration visit, against the levels of its lead, and holds for a
// year. Nothing is stored: it follows from the sheets, so a sheet that changes later changes it
// too.

#ifndef HALFTERM_SYNC_AGREEMENT_CERTIFICATE_H_
#define HALFTERM_SYNC_AGREEMENT_CERTIFICATE_H_
#include <cstdint>
#include <vector>

#include "sync/agreement/statistics.h"
#include "sync/core/types.h"

namespace halfterm::sync {

// What one observer and one other rated together in one visit, of one rubric version.
struct RatedTogether {
  core::Id16 visit;
  int32_t day = 0;  // Of the lesson, since 1970.
  bool is_calibration = false;
  bool other_leads = false;       // The other's levels are the ones to compare with.
  std::vector<LevelPair> levels;  // `a` is the observer's.
};

constexpr uint32_t kCertificateElements = 8;  // At least.
constexpr uint32_t kCertificatePercent = 80;  // At most one level apart.
constexpr int32_t kCertificateDays = 365;
constexpr int32_t kEndsSoonDays = 30;
constexpr uint32_t kDriftPairs = 10;
constexpr uint32_t kDriftPercent = 70;

struct CertificateFacts {
  enum class State { kNone, kValid, kEndsSoon, kExpired };
  State state = State::kNone;
  core::Id16 visit{};
  int32_t from_day = 0, to_day = 0;
  PairCounts counts;
  bool drift = false;
};

// `latest_first`: the observer's, by day descending. A calibration that was not enough takes
// nothing from an earlier one that was.
CertificateFacts CertificateOf(const std::vector<RatedTogether>& latest_first, int32_t today);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_AGREEMENT_CERTIFICATE_H_
