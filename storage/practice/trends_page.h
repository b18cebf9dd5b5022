// Lines over half-terms, one for each element of a rubric version.
//
// Every point is a figure that the summaries show too, read from the same rows and for the same
// readers. A line never joins two rubric versions.

#ifndef HALFTERM_STORAGE_PRACTICE_TRENDS_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_TRENDS_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/trend.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::TrendsReply> ReadTrendsPage(const Question& question,
                                               const v1::TrendsRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_TRENDS_PAGE_H_
