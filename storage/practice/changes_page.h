// "Why did this change?": the visits that moved a figure since an earlier view.

#ifndef HALFTERM_STORAGE_PRACTICE_CHANGES_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_CHANGES_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/trend.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::ChangesReply> ReadChangesPage(const Question& question,
                                                 const v1::ChangesRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_CHANGES_PAGE_H_
