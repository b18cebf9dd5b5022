// Coverage of a department, or of every department of a school.

#ifndef HALFTERM_STORAGE_SUMMARY_COVERAGE_PAGE_H_
#define HALFTERM_STORAGE_SUMMARY_COVERAGE_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::CoverageReply> ReadCoveragePage(const Question& question,
                                                   const v1::CoverageRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_COVERAGE_PAGE_H_
