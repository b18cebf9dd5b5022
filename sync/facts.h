// What a visit's cells say, as the plain facts that Audience, Judge and contributions decide on.

#ifndef HALFTERM_SYNC_FACTS_H_
#define HALFTERM_SYNC_FACTS_H_
#include <cstdint>
#include <vector>

#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::sync {

// Audience's facts of a record. One without a plan has has_plan false: it may be of
// another sort, which the facts say.
core::VisitFacts FactsOf(const RecordView& record, const Directory& directory);

// Who leads the teacher in that department, as the directory stands: VisitFacts::lead_rule.
core::LeadRule LeadRuleOf(const core::Id16& teacher, const core::Id16& department,
                          const Directory& directory);

// Sets lead_rule and heads by the teacher, department and school that the facts name.
void SetLeadRule(core::VisitFacts& facts, const Directory& directory);

// The scopes under which a facet is filed: Audience's, or `staff` for reference data.
// Ascending, each once.
std::vector<core::Scope> FiledUnder(const core::VisitFacts& facts, const core::FacetId& id,
                                    const core::Facet& facet);

// Observers who are neither excused nor have submitted their sheet, in the order of their ids.
std::vector<core::Id16> ObserversMissing(const RecordView& record);

// When the lesson started, milliseconds since 1970: the earliest of the values that the plan's cell
// holds. 0 where it holds none.
int64_t LessonStartMs(const RecordView& record);
int64_t LessonStartIn(const core::Facet& plan);

// Where a plan that names no department files its lesson: the teacher's department on the day of
// the lesson, so that it stays where it was given; without a day, the teacher's first.
core::Id16 DepartmentOfLesson(const core::Facet& plan, const core::Id16& teacher,
                              const Directory& directory);

// The period under which the record's feed and digest rows are filed: 0 for reference data and for
// records with a draft, an open query or an open step, else the half-term of the lesson.
uint16_t PeriodOf(const RecordView& record, const core::VisitFacts& facts,
                  const Directory& directory);

// The person for whom a facet stands when its record has no plan: its sub, or the author of its
// earliest cell.
core::Id16 AuthorOf(const core::FacetId& id, const core::Facet& facet);

// Reading single cells. A cell with several different values gives the one that is shown: the
// sibling of highest (stamp, dot). Zeros, 0 or nothing where there is no value.
core::Id16 ShownId(const core::Facet& facet, const core::Path& path);
uint64_t ShownNumber(const core::Facet& facet, const core::Path& path);
core::Phase PhaseOf(const core::Facet* facet, uint16_t field);
// The keys of the entries that are present in a list or map field, ascending.
std::vector<core::Id16> PresentEntries(const core::Facet& facet, uint16_t field);
// Whether the cell holds two siblings whose values differ.
bool IsDisputed(const core::Cell& cell);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_FACTS_H_
