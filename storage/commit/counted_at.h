// Where a visit counts, and where it counted before.
//
// A page of figures shows what is behind it now; a visit that was filed under another person is
// behind another page, and the first can no longer name it. So each record keeps where it counted
// until a change took it elsewhere, and for whom its plan was filed there: these alone may be told.

#ifndef HALFTERM_STORAGE_COMMIT_COUNTED_AT_H_
#define HALFTERM_STORAGE_COMMIT_COUNTED_AT_H_
#include <optional>

#include "halfterm/disk/rows.pb.h"
#include "storage/commit/record_state.h"
#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::storage {

// Without `since_seq`; nothing of a record that is no visit with a teacher.
std::optional<disk::CountedAt> CountedAtOf(const sync::RecordView& record,
                                           const core::VisitFacts& facts,
                                           const sync::Directory& directory);

// Brings the record's derived row up to date, and keeps what it said before where that is another
// place; at most 8, the oldest go. Before the record's facets are filed anew: the scopes of its
// plan are still those of before. An erased record keeps nothing.
void NoteWhereItCounts(RecordState& record, const core::VisitFacts& facts,
                       const sync::Directory& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_COUNTED_AT_H_
