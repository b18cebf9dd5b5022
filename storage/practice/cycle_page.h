// A six-week cycle, and the reviews of it that the caller may read.

#ifndef HALFTERM_STORAGE_PRACTICE_CYCLE_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_CYCLE_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/leadership.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::CycleReply> ReadCyclePage(const Question& question,
                                             const v1::CycleRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_CYCLE_PAGE_H_
