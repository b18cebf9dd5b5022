// Visits made up from a number, of the same shape as those of the common workload: for measuring,
// and for tests that need no file.
//
// Each visit follows from the seed and its index alone, so a million of them need no memory.

#ifndef HALFTERM_TOOLS_WORKLOAD_GENERATED_WORKLOAD_H_
#define HALFTERM_TOOLS_WORKLOAD_GENERATED_WORKLOAD_H_
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/workload/common_workload.h"
#include "tools/workload/school.h"
#include "tools/workload/visit.h"

namespace halfterm::tools {

class VisitMaker {
 public:
  // 3 sites, 12 departments, 120 teachers, 24 observers.
  explicit VisitMaker(uint64_t seed, size_t tablets = 20);

  const SchoolShape& school() const { return school_; }
  const std::vector<core::Id16>& observers() const { return observers_; }
  size_t tablets() const { return tablets_; }

  // About 3.5 KB as JSON: 9 ratings, 8 notes, 2 strengths, 2 steps. Tablets take turns.
  Visit Make(uint64_t index) const;

  // Six edits of the visit, as in the common workload: a rating, a note and a status on its own
  // tablet, and the same on another one; in one visit of three both sides rate the same element.
  std::vector<Edit> EditsOf(const Visit& visit, uint64_t index) const;

 private:
  uint64_t seed_;
  size_t tablets_;
  SchoolShape school_;
  std::vector<core::Id16> observers_;
  struct Lesson {
    core::Id16 teacher, department;
    uint32_t levels;
  };
  std::vector<Lesson> lessons_;  // By teacher.
};

// `visits` of them, and edits of every tenth.
CommonRecords Generate(uint64_t seed, size_t visits, size_t tablets = 20);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_GENERATED_WORKLOAD_H_
