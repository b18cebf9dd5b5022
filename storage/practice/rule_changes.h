// What figures are counted by, as a reason why they changed: the school's policy, its coverage
// rules with their exemptions, rubrics, calendars, cycles, and where people teach.
//
// All of it is open to all staff, so nothing here asks who may see it; only whether it can have
// moved the page that is asked about.

#ifndef HALFTERM_STORAGE_PRACTICE_RULE_CHANGES_H_
#define HALFTERM_STORAGE_PRACTICE_RULE_CHANGES_H_
#include <optional>

#include "halfterm/v1/trend.pb.h"
#include "storage/practice/org_asked.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// The page of a teacher, or else of an organisation; `home` is the organisation, or the teacher's
// first department.
struct PageAsked {
  core::Id16 teacher;   // Zeros: of an organisation.
  const OrgAsked* org;  // Null: of a teacher.
  core::Id16 home;
};

// Without its sequence number and its time. Nothing where the record is no reference record that
// the page is counted by.
std::optional<v1::Change> RuleChange(const Question& question, const PageAsked& page,
                                     const core::Id16& record);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_RULE_CHANGES_H_
