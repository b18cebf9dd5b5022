// Who may write: what becomes of a pushed group, decided once, when it first arrives.
//
// A group is never refused in a way that loses it. It is committed, or kept aside LATE or QUARANTINED
// with a reason. What a tablet wrote before it heard of a close or an ended role counts by what it
// knew then, never by when it arrives and never by its clock.

#ifndef HALFTERM_SYNC_JUDGE_H_
#define HALFTERM_SYNC_JUDGE_H_
#include <cstdint>
#include <string>

#include "halfterm/v1/sync.pb.h"
#include "sync/core/audience.h"
#include "sync/core/group.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::sync {

// A group that could be decoded and authenticated, and all that is known of it.
struct Submission {
  const core::Group& group;
  const core::Facet& delta;  // Of an INTENT: empty.
  uint64_t replica;          // The store's, after any renumbering.
  core::Id16 author;         // The person of the group's session.
  int64_t lower_ms;          // Server time of the last greeting that it was written after.
  // Whether the writer's tablet held everything that the server holds of this facet (its base is at
  // or after the facet's last change).
  bool base_covers_facet;
  // The same of the visit's plan.
  bool base_covers_plan;
  // Whether the delta writes a field that only a record's creation sets (DeltaCheck).
  bool writes_once;
};

struct Judgement {
  v1::Disposition disposition = v1::DISPOSITION_COMMITTED;
  v1::Reason reason = v1::REASON_UNSPECIFIED;
  std::string detail;  // In words for a person; nothing that anybody wrote.
};

// `record` is the record as held before the group; its facts must be FactsOf it.
Judgement Judge(const Submission& submission, const RecordView& record,
                const core::VisitFacts& facts, const Directory& directory);

// Whether `author` may create a visit of this kind to this teacher (zeros: to a department).
enum class Right { kNever, kEnded, kNow };
Right RightToCreate(const core::Id16& author, core::VisitKind kind, const core::Id16& teacher,
                    const core::Id16& department, int64_t lower_ms, const Directory& directory);

// Whether `person` reads the visit as one who leads its teacher.
bool LeadsTeacher(const core::Id16& person, const core::VisitFacts& facts,
                  const Directory& directory);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_JUDGE_H_
