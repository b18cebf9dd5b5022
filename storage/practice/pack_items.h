// The lines of a weekly pack that have a day.

#ifndef HALFTERM_STORAGE_PRACTICE_PACK_ITEMS_H_
#define HALFTERM_STORAGE_PRACTICE_PACK_ITEMS_H_
#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "halfterm/v1/leadership.pb.h"
#include "storage/practice/org_asked.h"
#include "storage/practice/visible_record.h"
#include "storage/summary/question.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {

// What DECISIONS rows say of one record: by position of their vectors, the first day on which
// something is due; sync::kNoDay where it has no day, 0 where there is nothing.
struct DueRecord {
  core::Id16 record;
  std::array<int32_t, sync::kDueKinds> first_day{};
};

// By record id. DataLoss: a row cannot be read.
absl::StatusOr<std::vector<DueRecord>> DueRecordsOf(const Question& question,
                                                    const core::Id16& site);

// The days between which lines are looked for.
struct PackDays {
  int32_t meeting = 0, last = 0;
};

// Adds what the record has to say to the lists of the pack, unsorted and uncut; nothing where it is
// of another department than asked, or not the caller's to see.
absl::Status AddItems(const Question& question, const OrgAsked& asked, const PackDays& days,
                      const DueRecord& due, v1::WeeklyPackReply& pack);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_PACK_ITEMS_H_
