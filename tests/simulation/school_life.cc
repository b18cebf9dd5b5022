#include "tests/simulation/school_life.h"

#include "tests/support/visit_writer.h"

namespace halfterm::testing {

std::vector<WayToVisit> WaysToVisit(const SmallSchool& school) {
  return {{v1::VISIT_KIND_DEPT, school.hana, school.tia},
          {v1::VISIT_KIND_DEPT, school.hana, school.tom},
          {v1::VISIT_KIND_TEAM, school.hana, school.tia},
          {v1::VISIT_KIND_DEPT, school.hugo, school.ann},
          {v1::VISIT_KIND_WALK, school.sara, school.tia},
          {v1::VISIT_KIND_DEPT, school.hedy, school.sara},
          {v1::VISIT_KIND_COACH, school.tom, school.tia},
          {v1::VISIT_KIND_PEER, school.ann, school.tom},
          {v1::VISIT_KIND_INFORMAL, school.ann, school.tia}};
}

std::vector<RoleOnOrg> LeadingRoles(const SmallSchool& school) {
  return {{v1::ROLE_HOD, school.maths},
          {v1::ROLE_HOD, school.art},
          {v1::ROLE_SLT, school.site},
          {v1::ROLE_HEAD, school.site}};
}

v1::RoleGrant GivenToAnybody(const RoleOnOrg& role, const core::Id16& id, int32_t today,
                             const SmallSchool& school, Chance& chance) {
  const std::vector<core::Id16> staff = {school.tia,  school.tom,  school.ann, school.hana,
                                         school.hugo, school.sara, school.hedy};
  v1::RoleGrant grant;
  grant.set_id(BytesOf(id));
  grant.set_person(BytesOf(chance.AnyOf(staff)));
  grant.set_role(role.first);
  grant.set_org(BytesOf(role.second));
  grant.set_state(v1::GRANT_STATE_LIVE);
  if (chance.Percent(50)) {  // Dated: the clock begins and ends it.
    grant.set_state(v1::GRANT_STATE_COMING);
    grant.set_from_day(today + chance.Number(1, 6));
    grant.set_to_day(grant.from_day() + chance.Number(0, 30));
  }
  return grant;
}

void TurnRound(v1::RoleGrant& grant) {
  const bool is_live = grant.state() == v1::GRANT_STATE_LIVE;
  grant.set_state(is_live ? v1::GRANT_STATE_ENDED : v1::GRANT_STATE_LIVE);
}

v1::Reference MovedTeacher(const sync::Directory& directory, const SmallSchool& school,
                           Chance& chance) {
  const std::vector<core::Id16> teachers = {school.tia, school.tom, school.ann, school.hana};
  v1::Reference moved;
  *moved.mutable_person() = *directory.Person(chance.AnyOf(teachers));
  v1::Person& now = *moved.mutable_person();
  now.clear_departments();
  now.add_departments()->set_org(BytesOf(chance.Percent(50) ? school.maths : school.art));
  if (chance.Percent(30)) now.add_departments()->set_org(BytesOf(school.art));
  return moved;
}

}  // namespace halfterm::testing
