// Visits that were recorded late: done, but only after the half-term of their lesson had closed.
//
// A visit is done when its last page is in: the plan, and of every observer who is not excused the
// submitted sheet. The day on which the server has all of them decides, whichever came last, so the
// order in which tablets connect cannot show. Only a late day is written down (Plan.done_late_day):
// a visit that was in time has no mark, and stays so when its lesson is moved afterwards.

#ifndef HALFTERM_SYNC_LATE_H_
#define HALFTERM_SYNC_LATE_H_
#include <cstdint>
#include <optional>

#include "halfterm/v1/directory.pb.h"
#include "sync/core/audience.h"
#include "sync/core/facet.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::sync {

// Whether a plan of that phase counts as done in coverage: SUBMITTED or further.
inline bool IsDone(const core::Phase& phase) {
  return phase.round >= 1 || phase.level >= core::kSubmitted;
}

// The day to be noted of a visit that becomes done at that moment, in days since 1970 in the
// school's zone; nothing where that is in time. `facts` must be FactsOf(record, directory).
std::optional<int32_t> DoneLateDay(const RecordView& record, const core::VisitFacts& facts,
                                   const Directory& directory, int64_t now_ms);

// Whether the noted day lies after the half-term in which the lesson now counts.
bool IsRecordedLate(const core::Facet& plan, const v1::HalfTerm& half_term);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_LATE_H_
