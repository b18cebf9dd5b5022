// Taking in what was kept aside.
//
// The cells are merged under the dot and the author of the kept group, so the page shows who wrote
// them; the kept group's own disposition never changes, and the four counts stay what they were.

#ifndef HALFTERM_STORAGE_COMMIT_RELEASE_H_
#define HALFTERM_STORAGE_COMMIT_RELEASE_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/commit/batch.h"
#include "sync/core/group.h"

namespace halfterm::storage {

struct KeptGroup {
  uint64_t seq = 0;
  disk::LogRow log;
  bool released = false;
};

// What the index of kept groups says of one: the reason, and who took it in (0: nobody yet).
struct KeptRow {
  uint32_t reason = 0;
  uint64_t released_seq = 0;
};
std::string EncodeKeptRow(const KeptRow& row);
// Reason 0 where `value` is no such row.
KeptRow ParseKeptRow(absl::string_view value);
// Where that index names the group of `log`.
std::string KeptKeyOf(Tenant tenant, const disk::LogRow& log, uint64_t seq);

// The kept group of that number, if `person` may take it in: if it is of this record, and they keep
// it (sync::KeepsTheVisit, sync::KeepsTheReferral) as it is, or as the kept group would make it.
// NotFound in one set of words for everything else.
absl::StatusOr<KeptGroup> FindKept(Batch& batch, RecordState& record, uint64_t seq,
                                   const core::Id16& person);

// Merges it for group `by_seq`. Gives in words why it cannot be taken in; empty when it was. An
// error is damage of the store.
absl::StatusOr<std::string> TakeIn(Batch& batch, RecordState& record, const KeptGroup& kept,
                                   uint64_t by_seq, disk::LogRow& log);

// The delta of a kept group, with its author. Nothing where its bytes hold none.
std::optional<core::Facet> DeltaOf(const disk::LogRow& log, const core::Group& group);

// Whether the group would be merged now but for its time: its writer may write there.
bool IsRightButForItsTime(const disk::LogRow& log, const core::Group& group,
                          const core::Facet& delta, const sync::RecordView& record,
                          const core::VisitFacts& facts, const sync::Directory& directory);

// Whether `person` takes in what is kept on a record: `delta` is the group's own, which says who
// leads where there is no plan yet.
bool MayTakeIn(const core::Id16& person, const core::FacetId& facet, const core::Facet& delta,
               const sync::RecordView& record, const core::VisitFacts& facts,
               const sync::Directory& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_RELEASE_H_
