// Erasing a record: at once from every page, feed and figure, and soon after from the log.
//
// What remains is that it was: a row that keeps it from coming back, a feed row that has tablets
// drop it, and in the log the dispositions of its groups, so that the four counts still account for
// everything. What tablets write on it later is dropped and counted.

#ifndef HALFTERM_STORAGE_COMMIT_ERASURE_H_
#define HALFTERM_STORAGE_COMMIT_ERASURE_H_
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// Erases the record for group `seq`. Its log rows follow with MakeLogClearing.
absl::Status EraseRecord(Batch& batch, RecordState& record, uint64_t seq);

// Whether the record was erased.
absl::StatusOr<bool> IsErased(Batch& batch, Tenant tenant, const core::Id16& record);
// Whether the record was erased; counts the group that came for it if so.
absl::StatusOr<bool> CountIfErased(Batch& batch, Tenant tenant, const core::Id16& record);

// Goes on through the logs of those schools where records were erased and takes out what their
// groups held: at most some thousand rows a run. `done` hears whether more is left.
std::unique_ptr<Job> MakeLogClearing(std::vector<Tenant> schools,
                                     std::function<void(absl::StatusOr<bool>)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_ERASURE_H_
