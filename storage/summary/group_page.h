// A department's page and a school's: what their teachers come to, never who comes first.

#ifndef HALFTERM_STORAGE_SUMMARY_GROUP_PAGE_H_
#define HALFTERM_STORAGE_SUMMARY_GROUP_PAGE_H_
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// The departments at or below an organisation, by name.
std::vector<const v1::Org*> DepartmentsBelow(const sync::Directory& directory,
                                             const core::Id16& org);

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::DepartmentReply> ReadDepartmentPage(const Question& question,
                                                       const v1::DepartmentRequest& request);
absl::StatusOr<v1::SchoolReply> ReadSchoolPage(const Question& question,
                                               const v1::SchoolRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_GROUP_PAGE_H_
