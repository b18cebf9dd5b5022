// What the server's schema says to a pushed delta, before anybody asks who may write it.
//
// The check is made of the delta and its facet id alone: it reads no record, so its answer never
// depends on the order of arrival. What the schema does not know is let through, because a newer
// tablet may know it; what the schema does know must be right to the byte, because every reader
// after this one trusts it.

#ifndef HALFTERM_SYNC_CHECK_H_
#define HALFTERM_SYNC_CHECK_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "sync/core/facet.h"
#include "sync/core/types.h"
#include "sync/schema.h"

namespace halfterm::sync {

// In the order in which Judge asks: of two faults the smaller number is the answer.
enum class DeltaFault : uint8_t {
  kMalformed = 1,   // A known path of another kind, a value that cannot be read, a key of another
                    // form, text that is no UTF-8, a number out of its bounds.
  kServerOnly = 2,  // A field, part or facet that only the server's replica writes; any PHASE.
  kTooLarge = 3,    // A value longer than its field allows.
  kNone = 4,
};

struct DeltaCheck {
  DeltaFault fault = DeltaFault::kNone;
  size_t cell = 0;           // The first cell with that fault; of the facet id's own fault: 0.
  const char* problem = "";  // In words; holds nothing that anybody wrote.
  bool writes_once = false;  // Some cell is one that only the record's creation may write.

  bool ok() const { return fault == DeltaFault::kNone; }
};

// Looks at every cell; about 50 cells take less than five microseconds. Allocates nothing.
DeltaCheck CheckDelta(const Schema& schema, const core::FacetId& id, const core::Facet& delta);

// The check of one value of a known field or part. An empty value is never a fault.
DeltaFault CheckValue(const FieldSchema& field, absl::string_view value, const char** problem);

// Whether the key may name an entry of this list or map.
bool IsKeyOf(const FieldSchema& list, const core::Id16& key);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_CHECK_H_
