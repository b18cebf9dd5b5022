// Fills one chunk of a pull, and moves the cursor over what it filled.
//
// The feeds of the reader's scopes are walked in the order of their numbers. A record is sent where
// its newest row stands, as the whole list of facets that the reader may hold; rows that are
// followed by a newer one of the same record are passed over. Because of this a chunk may have
// passed over a record for the sake of a scope: when the reader then loses that scope, the walk
// starts again from where the reader was complete.
//
// New scopes and periods wait until the old ones are complete. Then they are read from the
// beginning up to that number, without the rows that only say that something left, and after that
// the common walk goes on.

#ifndef HALFTERM_STORAGE_PULL_PULL_RUN_H_
#define HALFTERM_STORAGE_PULL_PULL_RUN_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/pull/feed_merge.h"
#include "storage/pull/pull_cursor.h"
#include "storage/pull/record_reader.h"

namespace halfterm::storage {

// What the reader asks for, and may have.
struct PullWish {
  std::vector<core::Scope> scopes;  // Live, ascending.
  std::vector<uint16_t> periods;    // Of the interest, ascending, without 0.
  size_t max_bytes = 0;             // Of items in a chunk; one item may be larger.
};

// For one thread and one chunk. Must not outlive its snapshot.
class PullRun {
 public:
  // `head_seq` is the school's last number in the snapshot.
  PullRun(const Snapshot& snapshot, Tenant tenant, uint64_t head_seq, PullWish wish);

  // A cursor that holds nothing yet.
  PullCursor Begin(uint32_t epoch) const;

  // Items, scope drops, `more` and the end of `reply`; not its cursor. DataLoss, Unavailable: as
  // Cursor::status().
  absl::Status Fill(PullCursor& cursor, v1::PullReply& reply);

 private:
  enum class Walk { kDone, kFull };
  // Old and new scopes and periods together, ascending.
  struct Sight {
    std::vector<core::Scope> scopes;
    std::vector<uint16_t> periods;
  };

  void DropWhatIsLost(PullCursor& cursor, v1::PullReply& reply) const;
  // Whether anything was new.
  bool TakeUpWhatIsNew(PullCursor& cursor) const;
  absl::StatusOr<Walk> FillBackfill(PullCursor& cursor, v1::PullReply& reply);
  absl::StatusOr<Walk> FillChanges(PullCursor& cursor, v1::PullReply& reply);
  absl::Status FillEnd(v1::PullReply& reply) const;

  Sight SightOf(const PullCursor& cursor) const;
  // Whether the walk under way, or the one after it, meets the record at this place of its.
  using ComesAgain = std::function<bool(const PlaceView& place, uint16_t period)>;
  // The two below add the record that stands at a place, unless it is met again. They say false,
  // and add nothing, where it does not fit. `here`: the scopes whose rows stand at the place.
  absl::StatusOr<bool> Add(const PullCursor& cursor, const Sight& sight,
                           const std::vector<core::Scope>& here, const Place& place,
                           uint16_t period, const ComesAgain& comes_again, v1::PullReply& reply);
  // Of a record that no row at the place says is held, or held within the interest.
  absl::StatusOr<bool> AddWhatIsLeft(const PullCursor& cursor, const Sight& sight,
                                     const FeedMerge& merge, const ComesAgain& comes_again,
                                     v1::PullReply& reply);
  absl::StatusOr<bool> IsMetAgain(const core::Id16& record, const ComesAgain& comes_again);
  static v1::Item& NewItem(const Place& place, v1::PullReply& reply);
  bool KeepIfItFits(size_t bytes, v1::PullReply& reply);
  bool SpendRow();

  const Snapshot& snapshot_;
  Tenant tenant_;
  uint64_t head_seq_;
  PullWish wish_;
  RecordReader reader_;
  size_t bytes_ = 0;
  size_t rows_left_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_PULL_RUN_H_
