// Who is to be observed, and where they stand: the rules of coverage, without a store. Pure.
//
// A teacher is asked for in one department, the main one of the half-term, and visits in any
// department count. Whether a period is over is said by the day that is handed in.

#ifndef HALFTERM_STORAGE_SUMMARY_COVERAGE_H_
#define HALFTERM_STORAGE_SUMMARY_COVERAGE_H_
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// One COVER row of a teacher.
struct CoverRow {
  uint16_t half_term = 0;
  v1::VisitKind kind = v1::VISIT_KIND_UNSPECIFIED;
  uint16_t roles = 0;
  std::vector<int64_t> row;
};

// The days over which a rule counts.
struct CoverPeriod {
  struct HalfTerm {
    uint16_t number;
    int32_t start_day;
  };
  int32_t from_day = 0, to_day = 0;
  std::vector<HalfTerm> half_terms;  // Whose rows are read.
  bool whole_half_terms = true;      // Else only the days within.
  std::vector<int32_t> school_days;  // Ascending.
};

// The period of a rule in a half-term of `org`, as of `today`; nothing where there is none, or
// where the rule does not hold in it.
std::optional<CoverPeriod> PeriodOf(const v1::CoverageRule& rule, const sync::Directory& directory,
                                    const core::Id16& org, uint16_t half_term, int32_t today);

// Whether the rule is for teachers of this department at all.
bool HoldsFor(const v1::CoverageRule& rule, const sync::Directory& directory,
              const core::Id16& department);

// The department in which a person is asked for in a half-term; zeros where in none.
core::Id16 MainDepartment(const v1::Person& person, const v1::HalfTerm& half_term);

// The people who are asked for in each of the departments, by name.
using PeopleByDepartment = std::map<core::Id16, std::vector<const v1::Person*>>;
// None at all where `half_term` is null.
PeopleByDepartment PeopleOf(const sync::Directory& directory,
                            const std::vector<const v1::Org*>& departments,
                            const v1::HalfTerm* half_term);

// Whether the rule looks at people of this type; and asks for this one: on the roster and not
// exempt on enough of the period's school days.
bool IsOfItsPeople(const v1::CoverageRule& rule, const v1::Person& person);
bool IsAskedFor(const v1::CoverageRule& rule, const v1::Person& person, const CoverPeriod& period,
                uint32_t eligible_percent);

// Where the teacher stands; everything of TeacherCoverage but the name. `rows` are all COVER rows
// of the teacher in the period's half-terms.
v1::TeacherCoverage CoverageOf(const v1::CoverageRule& rule, const CoverPeriod& period,
                               const std::vector<CoverRow>& rows, bool is_asked_for,
                               uint32_t at_risk_school_days, int32_t today,
                               const absl::TimeZone& zone);

// Adds one teacher to the numbers of a rule.
void Count(const v1::TeacherCoverage& teacher, v1::RuleCoverage& rule);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_COVERAGE_H_
