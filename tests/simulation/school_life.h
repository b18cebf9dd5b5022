// What happens in the small school of every simulation, whatever lies beneath it: who visits whom,
// which roles are given to whom, and how a role or a place changes.

#ifndef HALFTERM_TESTS_SIMULATION_SCHOOL_LIFE_H_
#define HALFTERM_TESTS_SIMULATION_SCHOOL_LIFE_H_
#include <cstdint>
#include <utility>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "sync/directory.h"
#include "tests/support/chance.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {

struct WayToVisit {
  v1::VisitKind kind;
  core::Id16 lead, teacher;
};
std::vector<WayToVisit> WaysToVisit(const SmallSchool& school);

// A role, and the organisation on which it is held.
using RoleOnOrg = std::pair<v1::Role, core::Id16>;
std::vector<RoleOnOrg> LeadingRoles(const SmallSchool& school);

// One of the staff gets the role: at once, or as often from one of the days after `today`, for a
// while.
v1::RoleGrant GivenToAnybody(const RoleOnOrg& role, const core::Id16& id, int32_t today,
                             const SmallSchool& school, Chance& chance);
// What is live ends, and what has ended is live again; its days stay as they were.
void TurnRound(v1::RoleGrant& grant);

// One of the teachers, in another department or in two.
v1::Reference MovedTeacher(const sync::Directory& directory, const SmallSchool& school,
                           Chance& chance);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCHOOL_LIFE_H_
