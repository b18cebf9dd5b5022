// One teacher's page: element by element, with the lessons behind each figure.

#ifndef HALFTERM_STORAGE_SUMMARY_TEACHER_PAGE_H_
#define HALFTERM_STORAGE_SUMMARY_TEACHER_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::TeacherReply> ReadTeacherPage(const Question& question,
                                                 const v1::TeacherRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_TEACHER_PAGE_H_
