// "Is it one lesson?": an observer's page goes from a visit of their own into a colleague's.
//
// The move is decided once, when it is asked for, and says on the source's plan where its page
// went. Whatever comes for the page afterwards goes the same way: what another tablet of its author
// had not sent yet, what was kept aside, what comes back after a restore. So nothing depends on
// what comes first, and nothing that was written depends on its writer's having heard of the move.

#ifndef HALFTERM_STORAGE_COMMIT_JOINED_PAGES_H_
#define HALFTERM_STORAGE_COMMIT_JOINED_PAGES_H_
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/batch.h"
#include "storage/commit/intents.h"

namespace halfterm::storage {

// Carries out MOVE_SHEET on the visit `source`, by its lead `author`: adds the observer to the
// target, withdraws the source, and brings its page there.
absl::StatusOr<IntentResult> MoveSheet(Batch& batch, RecordState& source, const core::Id16& author,
                                       const v1::MoveSheet& move, uint64_t seq, disk::LogRow& log);

// What becomes of a delta for a page of `record`, right in itself, now that its visit was joined.
enum class Following {
  kIsItsOwn,     // The visit was not joined.
  kGoesOn,       // It goes along.
  kGoesOnPast,   // It goes along to a visit that is closed or withdrawn.
  kStaysBehind,  // Somebody else writes that page of the other visit: it is kept aside.
  kHasNoRoom,    // The page of the other visit is full: it is kept aside.
};
absl::StatusOr<Following> FollowingOf(Batch& batch, RecordState& record, const core::FacetId& facet,
                                      const core::Facet& delta, size_t delta_bytes);
// Why it is kept aside, in words for its writer; empty where it is not.
std::string WhyAside(Following following);

// Brings the pages of a visit that was joined into another one up to date there, as part of group
// `seq`. Of any other visit: nothing.
absl::Status CarryPages(Batch& batch, RecordState& source, uint64_t seq, disk::LogRow& log);

// The same for every touched visit, in groups of the server's own: what comes back after a restore
// is in no order. Batch::Settle begins with it.
absl::Status CarryJoinedPages(Batch& batch);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_JOINED_PAGES_H_
