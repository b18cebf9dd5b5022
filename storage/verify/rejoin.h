// The facets of a record, joined again from the log.
//
// The log is ordered by number, not by record. One walk notes which numbers touched which record,
// 24 bytes each; the groups of a record are then read by number. A school whose notes would not fit
// is taken in parts, each a share of the records.

#ifndef HALFTERM_STORAGE_VERIFY_REJOIN_H_
#define HALFTERM_STORAGE_VERIFY_REJOIN_H_
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/facet.h"

namespace halfterm::storage {

// A committed group of the log that wrote in the record.
struct Touch {
  core::Id16 record;
  uint64_t seq;
};
inline bool operator<(const Touch& a, const Touch& b) {
  return a.record != b.record ? a.record < b.record : a.seq < b.seq;
}

// A share of a school's records: part `index` of `count`.
struct Part {
  uint64_t index = 0;
  uint64_t count = 1;
  bool Has(const core::Id16& record) const;
};

// Ascending. Rows that cannot be read are passed over; CheckLog names them.
absl::StatusOr<std::vector<Touch>> TouchesOf(const Snapshot& snapshot, Tenant tenant,
                                             const Part& part);

struct Rejoined {
  core::Facet facet;
  uint64_t seq = 0;  // Of the last group that changed it.
};
struct RejoinedRecord {
  std::map<core::FacetId, Rejoined> facets;
  std::vector<uint64_t> unreadable;  // Numbers of committed groups that cannot be joined.
};

// `touches` are all of one record, ascending.
absl::StatusOr<RejoinedRecord> Rejoin(const Snapshot& snapshot, Tenant tenant,
                                      absl::Span<const Touch> touches);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_REJOIN_H_
