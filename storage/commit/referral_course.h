// How a referral or support plan goes on: opened, agreed to, under way, ended.
//
// Its opener opens it to its teacher (SHARE), and somebody with a part in it closes it (CLOSE). In
// between it follows from what people write: the teacher's yes, the first visit that looked again,
// an outcome. At the teacher's yes the server copies, for the helper, what shared versions say of
// the referred elements; hiding is by facet, so the helper reads a facet that holds nothing else.

#ifndef HALFTERM_STORAGE_COMMIT_REFERRAL_COURSE_H_
#define HALFTERM_STORAGE_COMMIT_REFERRAL_COURSE_H_
#include "storage/commit/intents.h"

namespace halfterm::storage {

// As CarryOut, of an intent on the body of a referral: SHARE by its opener, CLOSE by its opener, by
// its helper while the teacher agrees and by whoever leads the teacher, WITHDRAW by its opener.
absl::StatusOr<IntentResult> CarryOutOnReferral(Batch& batch, RecordState& record,
                                                const core::Id16& author, const v1::Intent& intent,
                                                uint64_t seq, disk::LogRow& log);

// Raises the phase that follows from a committed delta of a referral, and writes the evidence when
// the teacher has agreed. Does nothing to other records.
absl::Status RaiseReferral(Batch& batch, RecordState& record, uint64_t seq, disk::LogRow& log);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_REFERRAL_COURSE_H_
