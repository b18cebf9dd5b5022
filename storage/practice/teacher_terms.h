// A teacher's half-terms, as one reader may see them: the sums of each, by rubric version, and who
// observed.

#ifndef HALFTERM_STORAGE_PRACTICE_TEACHER_TERMS_H_
#define HALFTERM_STORAGE_PRACTICE_TEACHER_TERMS_H_
#include <cstdint>
#include <map>
#include <set>

#include "absl/status/status.h"
#include "storage/summary/figures.h"
#include "storage/summary/question.h"
#include "storage/summary/rows.h"
#include "sync/core/types.h"

namespace halfterm::storage {

class TeacherTerms {
 public:
  struct HalfTerm {
    std::map<core::Id16, Sums> by_rubric;
    std::set<core::Id16> observers;
  };

  TeacherTerms(const Question& question, const core::Id16& teacher);

  // The caller's own page, made of shared versions.
  bool is_own() const { return is_own_; }
  // Whether the caller reads this teacher, though there may be nothing to read.
  bool MayRead();

  // Reads it once. DataLoss: a row cannot be read.
  absl::Status Read(uint16_t half_term);
  // Of one that was read.
  const HalfTerm& At(uint16_t half_term) const;
  bool HasLessons() const;

 private:
  bool MayReadIn(const core::Id16& department);

  const Question& question_;
  const core::Id16 teacher_;
  const bool is_own_;
  RollupRows rows_;
  std::map<core::Id16, bool> may_read_;
  std::map<uint16_t, HalfTerm> read_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_TEACHER_TERMS_H_
