// The records of a school one after another, each with its facet rows, its derived row, and the
// groups of the log that wrote in it. A record that only one of these three knows is met too.

#ifndef HALFTERM_STORAGE_VERIFY_RECORD_WALK_H_
#define HALFTERM_STORAGE_VERIFY_RECORD_WALK_H_
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"
#include "storage/verify/record_check.h"
#include "storage/verify/rejoin.h"

namespace halfterm::storage {

// For one thread. Must not outlive its snapshot and `touches`.
class RecordWalk {
 public:
  // `touches` ascending. Keys that cannot be read are differences, and passed over.
  RecordWalk(const Snapshot& snapshot, Tenant tenant, const std::vector<Touch>& touches,
             Findings& findings);

  // The next record in the order of ids; false at the end, and after an error.
  bool Next();
  const StoredRecord& record() const { return record_; }
  absl::Span<const Touch> touches() const { return touches_of_record_; }
  absl::Status status() const;

 private:
  // The record at which the cursors stand; nothing at the end.
  std::optional<core::Id16> FacetRecord();
  std::optional<core::Id16> DerivedRecord();

  const std::vector<Touch>& touches_;
  Findings& findings_;
  std::unique_ptr<Cursor> facets_, derived_;
  size_t next_touch_ = 0;
  StoredRecord record_;
  absl::Span<const Touch> touches_of_record_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_RECORD_WALK_H_
