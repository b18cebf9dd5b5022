// Referrals, support plans, the reviews of six-week cycles and the cells of the management matrix:
// what their cells say, and who may write in them.
//
// A support plan is a referral that nobody in particular helps with. One is opened by somebody who
// leads the teacher, or the department, that it is about; it is the opener's alone until it is
// opened to the teacher, and its helper's only while the teacher agrees. A record is of one sort
// for ever: its first page decides.

#ifndef HALFTERM_SYNC_REFERRAL_H_
#define HALFTERM_SYNC_REFERRAL_H_
#include <cstdint>

#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/judge.h"
#include "sync/record.h"

namespace halfterm::sync {

// Audience's facts of a record without a plan.
core::VisitFacts OtherFactsOf(const RecordView& record, const Directory& directory);

// The leading page of a record: the plan of a visit, the body of a referral, or the only page there
// is.
core::FacetId LeadingFacet(const RecordView& record, const core::VisitFacts& facts);

// Whether a facet of that class belongs to a referral or a cycle's review, and tablets may write
// it.
bool IsWrittenOnReferrals(uint8_t facet_class);

// What Judge says of such a facet, but for what a write may not leave out or claim.
Judgement JudgeReferral(const Submission& submission, const RecordView& record,
                        const core::VisitFacts& facts, const Directory& directory);

// Whether somebody takes in (RELEASE) what was kept aside on a record that is no visit. Of a
// referral that was opened: its opener while they lead the teacher, else whoever leads the teacher;
// of a draft nobody, because nobody but its opener knows of it. Of what is a department's or
// school's: whoever leads there. `is_first`: the facts are those of a first page that was itself
// kept aside, and whoever leads looks after it.
bool KeepsTheReferral(const core::Id16& person, const core::VisitFacts& facts, bool is_first,
                      const Directory& directory);

// Whether somebody may open a referral or support plan about the subject of the facts: who may
// observe the teacher and leads them, or leads the department where there is no teacher.
Right RightToOpen(const core::Id16& person, const core::VisitFacts& facts, int64_t lower_ms,
                  const Directory& directory);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_REFERRAL_H_
