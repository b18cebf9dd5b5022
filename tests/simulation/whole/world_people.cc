// What the people of the world do of their own accord: observers and teachers with visits, and the
// office with roles and departments.

#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/school_life.h"
#include "tests/simulation/whole/world.h"

namespace halfterm::testing {
namespace {

constexpr int64_t kDayMs = 24 * 3'600'000;
constexpr size_t kMostVisits = 16;

}  // namespace

std::string World::DoBegin(Chance& chance) {
  if (visits_.size() >= kMostVisits) return "";
  const SmallSchool& school = people();
  const WayToVisit way = chance.AnyOf(WaysToVisit(school));
  std::string wrong;
  Begin(way.lead, way.teacher, way.kind, wrong,
        way.kind == v1::VISIT_KIND_TEAM ? std::vector<core::Id16>{school.hana, school.sara}
                                        : std::vector<core::Id16>{});
  return wrong;
}

std::string World::DoWrite(Chance& chance, bool strays) {
  if (visits_.empty()) return "";
  const Visit visit = chance.AnyOf(visits_);
  const core::Id16 observer = chance.AnyOf(visit.observers);
  core::Id16 person = observer;
  core::FacetId facet{visit.id, core::kSheet, observer};
  switch (chance.Number(0, 9)) {
    case 0:
      facet = {visit.id, core::kPlan, {}};
      person = visit.lead;
      break;
    case 1:
    case 2:
      facet = {visit.id, core::kFeedback, {}};
      person = visit.lead;
      break;
    case 3:
      facet = {visit.id, core::kSteps, {}};
      person = chance.Percent(50) ? visit.lead : visit.teacher;
      break;
    case 4:
      facet = {visit.id, core::kResponse, visit.teacher};
      person = visit.teacher;
      break;
    default:
      break;
  }
  if (strays) {
    const SmallSchool& school = people();
    const std::vector<core::Id16> staff = {school.tia, school.tom, school.ann, school.hugo};
    person = chance.AnyOf(staff);
  }
  const size_t index = SomeTabletOf(person, chance);
  if (index == tablets_.size()) return "";
  const bool is_sheet = facet.facet_class == core::kSheet;
  if (is_sheet && chance.Percent(30)) {
    return Rate(index, person, facet, static_cast<uint32_t>(chance.Number(1, 5)),
                static_cast<uint32_t>(chance.Number(1, 4)));
  }
  const auto place = static_cast<uint64_t>(chance.Number(0, 2));
  if (is_sheet && chance.Percent(8)) return RemoveNote(index, person, facet, place);
  return Write(index, person, facet, place,
               chance.Percent(50) ? tools::Sealing::kWhenSent : tools::Sealing::kEachGesture);
}

std::string World::DoIntend(Chance& chance) {
  if (visits_.empty()) return "";
  const Visit visit = chance.AnyOf(visits_);
  const SmallSchool& school = people();
  core::FacetId facet{visit.id, core::kPlan, {}};
  core::Id16 person = visit.lead;
  v1::Intent intent;
  switch (chance.Number(0, 11)) {
    case 0:
    case 1:
    case 2:
      person = chance.AnyOf(visit.observers);
      facet = {visit.id, core::kSheet, person};
      intent.mutable_submit();
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      intent.mutable_share()->set_round(static_cast<uint32_t>(chance.Number(1, 2)));
      break;
    case 7:
      intent.mutable_close()->set_round(1);
      break;
    case 8: {
      if (chance.Percent(30)) {
        intent.mutable_withdraw()->set_reason("the wrong lesson");
        break;
      }
      // "One lesson": the lead's page goes into another visit of the teacher.
      std::vector<core::Id16> others;
      for (const Visit& other : visits_) {
        if (other.teacher == visit.teacher && other.id != visit.id) others.push_back(other.id);
      }
      if (others.empty()) return "";
      facet = {visit.id, core::kSheet, visit.lead};
      intent.mutable_move_sheet()->set_target(BytesOf(chance.AnyOf(others)));
      break;
    }
    case 9:
      person = visit.teacher;
      intent.mutable_grant_read()->set_person(BytesOf(school.tom));
      break;
    case 10:
      person = visit.teacher;
      intent.mutable_end_read()->set_person(BytesOf(school.tom));
      break;
    default:
      intent.mutable_correct_plan()->set_field(4);
      intent.mutable_correct_plan()->set_value(
          BytesOf(chance.Percent(50) ? school.maths : school.art));
      break;
  }
  const size_t index = SomeTabletOf(person, chance);
  return index == tablets_.size() ? "" : Intend(index, person, facet, intent);
}

std::string World::DoErase(Chance& chance) {
  std::vector<Visit*> peers;
  for (Visit& visit : visits_) {
    if (visit.kind == v1::VISIT_KIND_PEER && !visit.erased) peers.push_back(&visit);
  }
  if (peers.empty()) return "";
  Visit& visit = *chance.AnyOf(peers);
  visit.erased = true;
  ++counts_.erased;
  v1::Intent intent;
  intent.mutable_erase_peer();
  const size_t index = SomeTabletOf(visit.teacher, chance);
  if (index == tablets_.size()) return "";
  return Intend(index, visit.teacher, {visit.id, core::kPlan, {}}, intent);
}

std::string World::Grant(const core::Id16& person, v1::Role role, const core::Id16& org,
                         v1::GrantState state, const core::Id16& id) {
  v1::RoleGrant grant;
  grant.set_id(BytesOf(id));
  grant.set_person(BytesOf(person));
  grant.set_role(role);
  grant.set_org(BytesOf(org));
  grant.set_state(state);
  server_.Change({}, {grant}).IgnoreError();
  return After("");
}

std::string World::DoGrant(Chance& chance) {
  if (!server_.is_up()) return "";
  const SmallSchool& school = people();
  std::vector<v1::RoleGrant> known;
  for (const v1::RoleGrant& held : server_.filed_by().back()->content().grants) {
    const bool is_role =
        held.role() == v1::ROLE_HOD || held.role() == v1::ROLE_SLT || held.role() == v1::ROLE_HEAD;
    if (is_role &&
        (held.state() == v1::GRANT_STATE_LIVE || held.state() == v1::GRANT_STATE_ENDED)) {
      known.push_back(held);
    }
  }
  if (!known.empty() && chance.Percent(60)) {
    v1::RoleGrant grant = chance.AnyOf(known);
    TurnRound(grant);
    grant.clear_from_day();
    grant.clear_to_day();
    server_.Change({}, {grant}).IgnoreError();
    return "";
  }
  const RoleOnOrg role = chance.AnyOf(LeadingRoles(school));
  core::Id16 id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(chance.Seed());
  const auto today = static_cast<int32_t>(server_.clock().NowMs() / kDayMs);
  server_.Change({}, {GivenToAnybody(role, id, today, school, chance)}).IgnoreError();
  return "";
}

std::string World::DoMove(Chance& chance) {
  if (!server_.is_up()) return "";
  const v1::Reference moved = MovedTeacher(*server_.filed_by().back(), people(), chance);
  server_.Change({moved}, {}).IgnoreError();
  return "";
}

}  // namespace halfterm::testing
