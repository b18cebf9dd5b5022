// Where the visits of a measurement come from: the common workload's files, or a number.

#ifndef HALFTERM_TOOLS_BENCH_VISIT_SOURCE_H_
#define HALFTERM_TOOLS_BENCH_VISIT_SOURCE_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/workload/generated_workload.h"

namespace halfterm::tools {

class VisitSource {
 public:
  // `edits` may be empty. Errors as CommonReader's, and NotFound.
  static absl::StatusOr<VisitSource> FromFiles(const std::string& records,
                                               const std::string& edits);
  static VisitSource Generated(uint64_t visits, uint64_t seed, size_t tablets);

  uint64_t size() const { return maker_ == nullptr ? records_.visits.size() : generated_; }
  Visit At(uint64_t index) const {
    return maker_ == nullptr ? records_.visits[index] : maker_->Make(index);
  }
  size_t TabletOf(uint64_t index) const {
    return maker_ == nullptr ? records_.visits[index].tablet : index % maker_->tablets();
  }
  const std::vector<Edit>& edits() const { return records_.edits; }  // None of generated ones.
  size_t tablets() const { return maker_ == nullptr ? records_.tablets : maker_->tablets(); }
  const SchoolShape& school() const {
    return maker_ == nullptr ? records_.school : maker_->school();
  }

 private:
  CommonRecords records_;
  std::shared_ptr<const VisitMaker> maker_;
  uint64_t generated_ = 0;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_VISIT_SOURCE_H_
