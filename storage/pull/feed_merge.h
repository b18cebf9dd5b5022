// The feeds of several scopes as one, by number and record.

#ifndef HALFTERM_STORAGE_PULL_FEED_MERGE_H_
#define HALFTERM_STORAGE_PULL_FEED_MERGE_H_
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "storage/engine.h"
#include "storage/feed_row.h"
#include "storage/keys.h"
#include "storage/pull/place.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

// For one thread. Must not outlive its snapshot.
class FeedMerge {
 public:
  // Stands at the first row after `after`.
  FeedMerge(const Snapshot& snapshot, Tenant tenant, const std::vector<core::Scope>& scopes,
            const Place& after);

  // False at the end, and when something could not be read.
  bool Valid() const { return !rows_.empty(); }
  void Next();

  // The three below ask for Valid(). The rows that stand at the place, one of each scope that has
  // it.
  struct Row {
    size_t scope;  // Its index in the constructor's `scopes`.
    FeedKind kind;
    uint16_t period;
  };
  const Place& place() const { return place_; }
  const std::vector<Row>& rows() const { return rows_; }

  // DataLoss: a row cannot be read. Else as Cursor::status().
  const absl::Status& status() const { return status_; }

 private:
  struct Lane {
    size_t scope;
    std::unique_ptr<Cursor> cursor;
    Place place;
  };

  // Reads where the lane stands now; a lane at its end is closed. False when it cannot be read.
  bool Read(Lane& lane);
  void Gather();
  void Fail(absl::Status status);

  std::vector<Lane> lanes_;  // Those that are not at their end.
  Place place_;
  std::vector<Row> rows_;
  absl::Status status_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_FEED_MERGE_H_
