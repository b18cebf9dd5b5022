#include "storage/practice/of_scope.h"

#include <utility>

#include "storage/summary/rows.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {

absl::StatusOr<std::vector<VisibleRecord>> RecordsOfScope(const Question& question,
                                                          const core::Id16& org,
                                                          v1::FacetClass facet_class) {
  std::vector<core::Id16> ids;
  const absl::Status walked = RollupRows(question.snapshot, question.tenant)
                                  .ForEach(sync::RowKey(sync::RollupKind::kOfScope)
                                               .Id(org)
                                               .U8(static_cast<uint8_t>(facet_class)),
                                           [&ids](KeyRest rest, const std::vector<int64_t>&) {
                                             ids.push_back(rest.Id());
                                             return ids.size() < kMostOfScope;
                                           });
  if (!walked.ok()) return walked;
  std::vector<VisibleRecord> records;
  for (const core::Id16& id : ids) {
    absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question, id);
    if (!record.ok()) return record.status();
    if (!record->IsEmpty()) records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace halfterm::storage
