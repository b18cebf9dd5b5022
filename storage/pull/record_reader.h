// What somebody may hold of a record.
//
// The one place where facets are chosen for a reader: a facet none of whose scopes is the reader's
// leaves no trace in an item.

#ifndef HALFTERM_STORAGE_PULL_RECORD_READER_H_
#define HALFTERM_STORAGE_PULL_RECORD_READER_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/row_view.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

// What a reader has already: the facets that one of `scopes` holds, as of `seq`. Their states are
// left out of an item.
struct AlreadyHeld {
  uint64_t seq;
  const std::vector<core::Scope>& scopes;  // Ascending.
};

// For one thread. Must not outlive its snapshot.
class RecordReader {
 public:
  RecordReader(const Snapshot& snapshot, Tenant tenant);

  // Where the record's feed rows stand, and its period; no places where there is no such record.
  // Never null; valid until the next call.
  absl::StatusOr<const RecordRowView*> PlacesOf(const core::Id16& record);

  // What AddFacets() found.
  struct Added {
    size_t bytes = 0;        // That the facets add to the encoded item, at most a few too many.
    bool elsewhere = false;  // Some facet is held by a visible scope that is not in `here`.
  };
  // Adds to `item` every facet that one of `visible` (ascending) holds, ascending by facet; with
  // its state, unless `held` (null: nothing) has it.
  absl::StatusOr<Added> AddFacets(const core::Id16& record, const std::vector<core::Scope>& visible,
                                  const std::vector<core::Scope>& here, const AlreadyHeld* held,
                                  v1::Item& item);

 private:
  const Snapshot& snapshot_;
  Tenant tenant_;
  std::unique_ptr<Cursor> facets_;
  std::string record_row_;
  RecordRowView places_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_RECORD_READER_H_
