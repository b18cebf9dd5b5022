// Who may do what by the roles that they hold, and whether that has ended.
//
// A right comes from dated grants or from what the record says of somebody (its lead, its observed
// teacher). Whether a grant holds is its state, which an event of the server sets; the only time
// that is compared with its last day is one that the server observed itself, when the writer's
// tablet greeted last before writing. Tablets' clocks take no part.

#ifndef HALFTERM_SYNC_RIGHTS_H_
#define HALFTERM_SYNC_RIGHTS_H_
#include <cstdint>

#include "sync/core/audience.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::sync {

// In ascending order: of several grants the best counts, of several conditions the least.
enum class Right {
  kNever,
  kEnded,         // The tablet had greeted the server after the end: it was told.
  kEndedUnheard,  // As far as can be proved, written before the tablet could know of the end.
  kNow,
};

// Whether `person` is there at all: kNever for somebody unknown, or whose first day has not come.
Right RightToBeHere(const core::Id16& person, int64_t lower_ms, const Directory& directory);

// Whether `author` may create a visit of this kind to this teacher (zeros: to a department, or of a
// review). `lower_ms`: server time of the last greeting before it was written.
Right RightToCreate(const core::Id16& author, core::VisitKind kind, const core::Id16& teacher,
                    const core::Id16& department, int64_t lower_ms, const Directory& directory,
                    const core::Id16& review = {});

// Whether an observer's right to go on writing in a visit stands. It ends with the grant that let
// them observe: for the lead with any such grant; for another observer only with one that held on
// the day of the lesson, because whoever was invited needs no grant. A grant that never was, or
// that reaches the teacher no longer because the teacher moved, ends nothing.
Right RightToObserve(const core::Id16& observer, const core::VisitFacts& facts,
                     int64_t lesson_start_ms, int64_t lower_ms, const Directory& directory);

// Whether `person` reads the visit as one who leads its teacher, or did.
Right RightToLead(const core::Id16& person, const core::VisitFacts& facts, int64_t lower_ms,
                  const Directory& directory);

// Whether `person` leads the visit's teacher now.
bool LeadsTeacher(const core::Id16& person, const core::VisitFacts& facts,
                  const Directory& directory);

// Whether the kind's pages are for those who lead the teacher: the formal and developmental kinds,
// not those between two colleagues.
bool IsForLeaders(core::VisitKind kind);
// Whether a visit of the kind may name a teacher.
bool MayNameATeacher(core::VisitKind kind);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_RIGHTS_H_
