// Records of an organisation that are no visits: reviews of cycles, cells of the management matrix.

#ifndef HALFTERM_STORAGE_PRACTICE_OF_SCOPE_H_
#define HALFTERM_STORAGE_PRACTICE_OF_SCOPE_H_
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/merge.pb.h"
#include "storage/practice/visible_record.h"
#include "storage/summary/question.h"
#include "sync/core/types.h"

namespace halfterm::storage {

constexpr size_t kMostOfScope = 1000;

// Those that name the organisation as their scope and that the caller may see, by record id; the
// first 1,000.
absl::StatusOr<std::vector<VisibleRecord>> RecordsOfScope(const Question& question,
                                                          const core::Id16& org,
                                                          v1::FacetClass facet_class);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_OF_SCOPE_H_
