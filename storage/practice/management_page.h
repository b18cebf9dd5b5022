// The management matrix and its gaps.
//
// Rows and columns are the roles and functions that cells name: a school needs no list of them
// beforehand, and a role and a function that are both in use, without a cell, are a gap.

#ifndef HALFTERM_STORAGE_PRACTICE_MANAGEMENT_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_MANAGEMENT_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/management.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::ManagementReply> ReadManagementPage(const Question& question,
                                                       const v1::ManagementRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_MANAGEMENT_PAGE_H_
