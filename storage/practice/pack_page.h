// The weekly pack: what a leadership meeting decides about, put together from what is due.
//
// Every line is of a record that the caller may read; nothing is listed by a figure, and nobody's
// name stands beside one.

#ifndef HALFTERM_STORAGE_PRACTICE_PACK_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_PACK_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/leadership.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::WeeklyPackReply> ReadPackPage(const Question& question,
                                                 const v1::WeeklyPackRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_PACK_PAGE_H_
