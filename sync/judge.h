// Who may write: what becomes of a pushed group, decided once, when it first arrives.
//
// A group is never refused in a way that loses it. It is committed, or kept aside LATE or
// QUARANTINED with a reason. What a tablet wrote before it heard of a close or an ended role counts
// by what it knew then, never by when it arrives and never by its clock.

#ifndef HALFTERM_SYNC_JUDGE_H_
#define HALFTERM_SYNC_JUDGE_H_
#include <cstdint>
#include <string>
#include <vector>

#include "halfterm/v1/sync.pb.h"
#include "sync/core/audience.h"
#include "sync/core/group.h"
#include "sync/directory.h"
#include "sync/record.h"
#include "sync/rights.h"

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
  // The same of the record's leading page: a visit's plan.
  bool base_covers_plan;
  // Whether the delta writes a field that only a record's creation sets (DeltaCheck).
  bool writes_once;
  // Whether its contexts say more of another store than can be true (ClaimsBeyond). Only a push can
  // tell; what was kept aside for another reason was found right in this when it came.
  bool claims_too_much = false;
};

// What the contexts of a delta of store `replica` say that they have seen of other stores, beyond
// what those of the page that is held say; null: none is held. A context that names more of another
// store than the server ever held would silently swallow what that store writes next. A tablet
// learns of others through the server alone, so it cannot be true; of its own earlier names it
// knows more than the page says.
std::vector<core::Dot> ClaimsBeyond(const core::Facet& delta, uint64_t replica,
                                    const core::Facet* held);

struct Judgement {
  v1::Disposition disposition = v1::DISPOSITION_COMMITTED;
  v1::Reason reason = v1::REASON_UNSPECIFIED;
  std::string detail;  // In words for a person; nothing that anybody wrote.
};

// What a right that ends makes of a group: on the author's own page it is LATE where the author
// could not have known.
Judgement ByRight(Right right, bool own_facet);

// `record` is the record as held before the group; its facts must be FactsOf it.
Judgement Judge(const Submission& submission, const RecordView& record,
                const core::VisitFacts& facts, const Directory& directory);

// Whether `author` may ask for the intent at all, on that facet; what else it needs is looked at
// where it is carried out. `lesson_start_ms` is LessonStartMs of the record.
//
// Nobody asks about a record about themself, except SELF and what a teacher owns.
bool MayAsk(v1::Intent::WhatCase what, const core::Id16& author, const core::FacetId& facet,
            const core::VisitFacts& facts, int64_t lesson_start_ms, const Directory& directory);

// Whether these people may observe that teacher: never the teacher, but in SELF nobody else.
bool MayObserveTogether(core::VisitKind kind, const core::Id16& teacher,
                        const std::vector<core::Id16>& observers);

// Whether somebody takes in (RELEASE) what was kept aside on the visit, and may name another lead:
// its lead; or, once the lead's right has ended, whoever leads the teacher, in the kinds between
// two colleagues the observed teacher. Never the observed teacher otherwise.
bool KeepsTheVisit(const core::Id16& person, const core::VisitFacts& facts, int64_t lesson_start_ms,
                   const Directory& directory);
// Whether what was kept aside for this reason can be taken in at all: it was right but for its
// time.
bool IsReleasable(v1::Disposition disposition, v1::Reason reason);

// Whether the visit's plan is filed where `person` can read it now.
bool MayReadPlan(const core::Id16& person, const core::Id16& record, const core::VisitFacts& facts,
                 const Directory& directory);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_JUDGE_H_
