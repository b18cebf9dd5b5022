// The rows of who rated what together with whom, as one observer's pairs.

#ifndef HALFTERM_STORAGE_SUMMARY_RATED_PAIRS_H_
#define HALFTERM_STORAGE_SUMMARY_RATED_PAIRS_H_
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/summary/rows.h"
#include "sync/agreement/certificate.h"
#include "sync/agreement/statistics.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// Two sheets of one visit, from one observer's side.
struct RatedPair {
  core::Id16 visit, observer, other;
  int64_t start_ms = 0;
  v1::VisitKind kind = v1::VISIT_KIND_UNSPECIFIED;
  bool other_leads = false;
  std::map<uint32_t, sync::LevelPair> levels;  // By element; `a` is the observer's.
};

// An observer's, latest lesson first, not before that moment; at most 4,000.
absl::StatusOr<std::vector<RatedPair>> PairsOf(RollupRows& rows, const core::Id16& rubric,
                                               const core::Id16& observer, int64_t from_ms);

// The same for sync::CertificateOf; days are those of the zone.
std::vector<sync::RatedTogether> RatedByDay(const std::vector<RatedPair>& pairs,
                                            const absl::TimeZone& zone);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_RATED_PAIRS_H_
