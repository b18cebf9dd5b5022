// The lessons behind a teacher's figures, latest first: "last", "which lessons?", "why did this
// change?".

#ifndef HALFTERM_STORAGE_SUMMARY_LESSONS_H_
#define HALFTERM_STORAGE_SUMMARY_LESSONS_H_
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/summary/question.h"
#include "storage/summary/rows.h"
#include "sync/core/types.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {

constexpr size_t kMaxLessons = 50;

// Which rows of lessons: as those who lead see them (LESSON, of one department), or as they were
// shared (LESSON_OWN).
struct LessonsOf {
  core::Id16 teacher;
  uint16_t half_term = 0;
  core::Id16 department;  // Means nothing for one's own.
  core::Id16 rubric;
  bool own = false;
};

struct LessonRow {
  int64_t start_ms = 0;
  core::Id16 record;
  std::vector<int64_t> entries;
  bool own = false;

  // What the row says of an element: level, and the marks of rollup_rows.h.
  int64_t At(uint32_t element) const;
};

// The latest lessons, until each element of `wanted` has been met with a level and `at_least` rows
// were read, or there are no more.
absl::StatusOr<std::vector<LessonRow>> LatestLessons(RollupRows& rows, const LessonsOf& which,
                                                     std::set<uint32_t> wanted, size_t at_least);

// As the reply lists it. Of an own row nothing is said of later changes: they were not shared.
absl::Status FillLessons(const Question& question, const LessonsOf& which,
                         const std::vector<LessonRow>& lessons,
                         google::protobuf::RepeatedPtrField<v1::Lesson>* list);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_LESSONS_H_
