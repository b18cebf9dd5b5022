// Whether the teacher has read what was shared.
//
// An acknowledgement names the bytes that it is about, not only their number: a teacher whose
// tablet showed another text under that number (a store that was put back, a server that was
// restored and shared again) has not read this one, and whoever wrote it must learn that. Such an
// acknowledgement stays where it is; it counts nowhere.

#ifndef HALFTERM_SYNC_ACKNOWLEDGED_H_
#define HALFTERM_SYNC_ACKNOWLEDGED_H_
#include <cstdint>

#include "sync/core/types.h"
#include "sync/record.h"

namespace halfterm::sync {

// Whether an acknowledgement in the teacher's response names version `round` (from 1) and the
// digest (FacetDigest) of that version as this record holds it. Of two digests that stand side by
// side one is enough. False without the version.
bool IsAcknowledged(const RecordView& record, const core::Id16& teacher, uint16_t round);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_ACKNOWLEDGED_H_
