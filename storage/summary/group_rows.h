// The rows behind figures of departments and schools.

#ifndef HALFTERM_STORAGE_SUMMARY_GROUP_ROWS_H_
#define HALFTERM_STORAGE_SUMMARY_GROUP_ROWS_H_
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "storage/summary/figures.h"
#include "storage/summary/question.h"
#include "storage/summary/rows.h"
#include "sync/core/types.h"

namespace halfterm::storage {

using ByTeacher = std::map<core::Id16, Sums>;

// The rows of some departments in one half-term: by rubric version, then department, then teacher.
//
// Only of teachers whom the caller may read one by one. A total that holds somebody who is not in
// the rows below it would tell of exactly that person.
class GroupRows {
 public:
  std::map<core::Id16, std::map<core::Id16, ByTeacher>> by_rubric;
  std::map<core::Id16, std::map<core::Id16, std::set<core::Id16>>> observers;  // As above.

  // Adds a department's. DataLoss: a row cannot be read.
  absl::Status Read(RollupRows& rows, const Question& question, const core::Id16& department,
                    uint16_t half_term);

  // Different people who observed in these departments, or in one of them.
  uint32_t Observers() const;
  uint32_t ObserversIn(const core::Id16& department) const;

  // The one with the most visits; of several the least.
  core::Id16 MostUsedRubric() const;

  // Each teacher once, with all their lessons in these departments.
  ByTeacher TeachersOf(const core::Id16& rubric) const;

 private:
  std::map<std::pair<core::Id16, core::Id16>, bool> may_read_;  // By department and teacher.
};

GroupSums SumOf(const ByTeacher& teachers);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_GROUP_ROWS_H_
