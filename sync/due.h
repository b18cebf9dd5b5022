// What is still to be done by a day: agreed steps, decisions of a cycle review, referrals and support
// plans.

#ifndef HALFTERM_SYNC_DUE_H_
#define HALFTERM_SYNC_DUE_H_
#include <cstdint>
#include <utility>
#include <vector>

#include "sync/core/types.h"
#include "sync/directory.h"
#include "sync/record.h"
#include "sync/rollup_rows.h"

namespace halfterm::sync {

// A step with one due day; one with two different ones waits for its author and is not listed.
struct DueItem {
  int32_t day = 0;          // Since 1970.
  bool is_done = false;     // Embedded or dropped.
  bool is_checked = false;  // A visit has looked at it again.
};
std::vector<DueItem> StepsDue(const RecordView& record);

// The row of kind DECISIONS of one record and day.
RowKey DecisionsKey(const core::Id16& site, int32_t day, const core::Id16& record);

// Of a referral, a support plan or a cycle review: the rows of kind DECISIONS in which it counts 1,
// and where in the vector. A row may be named more than once; what has no day comes under kNoDay.
std::vector<std::pair<RowKey, size_t>> OtherWorkDue(const RecordView& record,
                                                    const Directory& directory);

// The day on which so many school days have passed since that one. Where the calendar does not
// reach, five days of every seven count.
int32_t SchoolDayAfter(const Directory& directory, const core::Id16& site, int32_t day,
                       int school_days);

// Noon of that day where the site is: a day of Auckland is over when it is noon in UTC.
int64_t NoonMs(const Directory& directory, const core::Id16& site, int32_t day);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_DUE_H_
