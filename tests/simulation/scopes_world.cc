#include "tests/simulation/scopes_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/proofs/copies.h"
#include "tests/simulation/school_life.h"
#include "tests/support/hex.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;
using Values = ScopesTablet::Values;

constexpr int64_t kHourMs = 3'600'000;
constexpr int kManyChunks = 100'000;
constexpr size_t kMostVisits = 14;

Values Entry(uint16_t field, const core::Id16& key, uint16_t part, std::string value) {
  return {{Path::Entry(field, key, 0, Kind::kElem), ""},
          {Path::Entry(field, key, part, Kind::kReg), std::move(value)}};
}

int32_t DayOf(int64_t now_ms) { return static_cast<int32_t>(now_ms / (24 * kHourMs)); }

}  // namespace

ScopesWorld::ScopesWorld(storage::Engine& engine, uint32_t tenant, uint64_t seed, Missing missing)
    : chance_(seed), school_(engine, tenant, seed ^ 0x5c0be5, missing), oracle_(school_) {
  const SmallSchool& people = school_.people();
  uint8_t device = 1;
  for (const core::Id16& person : {people.hana, people.hugo, people.sara, people.hedy, people.tia,
                                   people.tom, people.ann, people.hana, people.gus}) {
    tablets_.push_back(std::make_unique<ScopesTablet>(school_, oracle_, person, device++));
  }
}

ScopesTablet& ScopesWorld::TabletOf(const core::Id16& person) {
  std::vector<ScopesTablet*> of;
  for (const auto& tablet : tablets_) {
    if (tablet->person() == person) of.push_back(tablet.get());
  }
  return *chance_.AnyOf(of);
}

std::string ScopesWorld::Step() {
  const int what = chance_.Number(0, 99);
  if (what < 8 || visits_.empty()) {
    BeginVisit();
  } else if (what < 34) {
    GoOn(chance_.AnyOf(visits_));
  } else if (what < 42) {
    ChangeGrants();
  } else if (what < 45) {
    MoveTeacher();
  } else if (what < 52) {  // Hours pass, or days, or a half-term.
    const int64_t hours = chance_.Percent(70)
                              ? chance_.Number(1, 20)
                              : chance_.Number(24, chance_.Percent(20) ? 1200 : 200);
    school_.clock().Advance(hours * kHourMs);
    school_.TickGrantClock();
  } else if (what < 54) {
    ScopesTablet& tablet = *chance_.AnyOf(tablets_);
    std::vector<uint16_t> periods;
    for (const uint16_t period : {SmallSchool::kAutumn1, SmallSchool::kAutumn2}) {
      if (chance_.Percent(50)) periods.push_back(period);
    }
    tablet.SetInterest(std::move(periods));
  } else if (what < 57) {
    chance_.AnyOf(tablets_)->Backup();
  } else if (what < 59) {
    chance_.AnyOf(tablets_)->Restore(chance_);
  } else if (what < 60) {
    chance_.AnyOf(tablets_)->StartAfresh();
  } else if (what < 63) {
    return RotAndHeal();
  } else {
    return PullSome();
  }
  if (!school_.status().ok()) return absl::StrCat("a commit: ", school_.status().ToString());
  return "";
}

void ScopesWorld::BeginVisit() {
  if (visits_.size() >= kMostVisits) return;
  const SmallSchool& people = school_.people();
  std::vector<WayToVisit> ways = WaysToVisit(people);
  ways.insert(ways.begin() + 5, {v1::VISIT_KIND_WALK, people.sara, people.hana});
  ways.push_back({v1::VISIT_KIND_SELF, people.tia, people.tia});
  const WayToVisit way = chance_.AnyOf(ways);
  Visit visit;
  visit.id = *core::Id16::FromBytes(absl::StrCat("visit-", school_.tenant().handle() % 10, "-",
                                                 1'000'000 + static_cast<int>(visits_.size()), "x")
                                        .substr(0, 16));
  for (size_t i = 8; i < 16; ++i) visit.id.bytes[i] = static_cast<uint8_t>(chance_.Seed());
  visit.kind = way.kind;
  visit.lead = way.lead;
  visit.teacher = way.teacher;
  Values plan = {{Path::Field(2, Kind::kReg), Number(way.kind)},
                 {Path::Field(3, Kind::kReg), BytesOf(way.teacher)},
                 {Path::Field(8, Kind::kReg), Signed(school_.clock().NowMs())}};
  if (chance_.Percent(60)) plan.emplace_back(Path::Field(4, Kind::kReg), BytesOf(people.maths));
  if (chance_.Percent(30)) plan.emplace_back(Path::Field(7, Kind::kReg), Number(1));
  if (way.kind == v1::VISIT_KIND_TEAM) {
    for (const core::Id16& observer : {people.hana, people.sara}) {
      plan.emplace_back(Path::Entry(6, observer, 0, Kind::kElem), "");
    }
  }
  TabletOf(way.lead).Write({visit.id, core::kPlan, {}}, plan, false);
  visits_.push_back(visit);
}

void ScopesWorld::GoOn(Visit& visit) {
  if (visit.erased) return;
  const SmallSchool& people = school_.people();
  ScopesTablet& lead = TabletOf(visit.lead);
  const core::FacetId plan{visit.id, core::kPlan, {}};
  v1::Intent intent;
  switch (chance_.Number(0, 13)) {
    case 0:
    case 1:
    case 2: {
      const core::Id16 observer =
          visit.kind == v1::VISIT_KIND_TEAM && chance_.Percent(50) ? people.sara : visit.lead;
      return TabletOf(observer).Write(
          {visit.id, core::kSheet, observer},
          Entry(3, core::NumberKey(static_cast<uint16_t>(chance_.Number(1, 9))), 1,
                Number(static_cast<uint64_t>(chance_.Number(1, 4)))),
          chance_.Percent(80));
    }
    case 3: {
      core::Id16 key;
      key.bytes[0] = static_cast<uint8_t>(chance_.Number(1, 3));
      return lead.Write({visit.id, core::kFeedback, {}}, Entry(1, key, 1, "calm start"), true);
    }
    case 4:
    case 5: {
      const core::Id16 observer =
          visit.kind == v1::VISIT_KIND_TEAM && chance_.Percent(50) ? people.sara : visit.lead;
      intent.mutable_submit();
      return TabletOf(observer).Intend({visit.id, core::kSheet, observer}, intent);
    }
    case 6:
    case 7:
      intent.mutable_share()->set_round(static_cast<uint32_t>(chance_.Number(1, 2)));
      return lead.Intend(plan, intent);
    case 8: {
      core::Id16 step;
      step.bytes[0] = static_cast<uint8_t>(chance_.Number(1, 2));
      return (chance_.Percent(50) ? lead : TabletOf(visit.teacher))
          .Write({visit.id, core::kSteps, {}},
                 Entry(1, step, 5, Number(static_cast<uint64_t>(chance_.Number(1, 2)))), true);
    }
    case 9: {
      core::Id16 query;
      query.bytes[0] = static_cast<uint8_t>(chance_.Number(1, 2));
      return TabletOf(visit.teacher)
          .Write({visit.id, core::kResponse, visit.teacher},
                 Entry(2, query, 4, Number(chance_.Percent(60) ? 1 : 0)), true);
    }
    case 10:
      intent.mutable_grant_read()->set_person(BytesOf(people.tom));
      if (chance_.Percent(40)) {
        intent.Clear();
        intent.mutable_end_read()->set_person(BytesOf(people.tom));
      }
      return TabletOf(visit.teacher).Intend(plan, intent);
    case 11:
      intent.mutable_correct_plan()->set_field(4);
      intent.mutable_correct_plan()->set_value(
          BytesOf(chance_.Percent(50) ? people.maths : people.art));
      return lead.Intend(plan, intent);
    case 12:
      if (chance_.Percent(40)) {
        intent.mutable_withdraw()->set_reason("the wrong lesson");
      } else {
        intent.mutable_close()->set_round(1);
      }
      return lead.Intend(plan, intent);
    default:
      if (!chance_.Percent(25)) return;
      visit.erased = true;
      return school_.Erase(visit.id);
  }
}

void ScopesWorld::ChangeGrants() {
  const SmallSchool& people = school_.people();
  v1::RoleGrant grant;
  if (!given_.empty() && (chance_.Percent(45) || next_grant_ > 240)) {  // One ends, or comes back.
    v1::RoleGrant& known = chance_.AnyOf(given_);
    TurnRound(known);
    known.clear_from_day();
    known.clear_to_day();
    return school_.Change({}, {known});
  }
  if (chance_.Percent(20)) {  // One of those that were there from the start.
    std::vector<v1::RoleGrant> first;
    for (const v1::RoleGrant& held : school_.filed_by().back()->content().grants) {
      if (held.role() == v1::ROLE_HOD || held.role() == v1::ROLE_SLT) first.push_back(held);
    }
    grant = chance_.AnyOf(first);
    TurnRound(grant);
    return school_.Change({}, {grant});
  }
  std::vector<RoleOnOrg> roles = LeadingRoles(people);
  roles.insert(roles.begin(), {v1::ROLE_HOD, people.maths});  // Twice as often as the others.
  const RoleOnOrg role = chance_.AnyOf(roles);
  const int32_t today = DayOf(school_.clock().NowMs());
  grant = GivenToAnybody(role, IdNumber(next_grant_++), today, people, chance_);
  if (grant.state() == v1::GRANT_STATE_LIVE) given_.push_back(grant);
  school_.Change({}, {grant});
}

void ScopesWorld::MoveTeacher() {
  school_.Change({MovedTeacher(*school_.filed_by().back(), school_.people(), chance_)}, {});
}

std::string ScopesWorld::PullSome() {
  ScopesTablet& tablet = *chance_.AnyOf(tablets_);
  const std::string wrong =
      tablet.Pull(chance_, chance_.Percent(50) ? kManyChunks : chance_.Number(1, 5), true);
  return wrong.empty() ? "" : absl::StrCat("tablet ", ToHex(tablet.device().view()), " ", wrong);
}

std::string ScopesWorld::RotAndHeal() {
  ScopesTablet& tablet = *chance_.AnyOf(tablets_);
  school_.FinishFiling();
  std::string wrong = tablet.Pull(chance_, kManyChunks, false);
  if (!wrong.empty()) return wrong;
  tablet.Rot(chance_);
  wrong = tablet.Pull(chance_, kManyChunks, false);
  return wrong.empty() ? "" : absl::StrCat("after rot: ", wrong);
}

std::string ScopesWorld::Finish() {
  school_.FinishFiling();
  for (const auto& tablet : tablets_) {
    std::string wrong = tablet->Pull(chance_, kManyChunks, false);
    if (wrong.empty() && !tablet->is_complete()) wrong = "did not come to an end";
    if (wrong.empty()) {
      tablet->StartAfresh();
      wrong = tablet->Pull(chance_, kManyChunks, false);
    }
    if (!wrong.empty())
      return absl::StrCat("at the end, tablet ", ToHex(tablet->device().view()), " ", wrong);
  }
  v1::ListCopiesRequest request;
  request.set_tenant(school_.name());
  const auto copies = storage::ListCopies(school_.engine(), request);
  if (!copies.ok()) return copies.status().ToString();
  if (copies->copies_size() != static_cast<int>(tablets_.size())) return "a copy is not listed";
  for (const v1::TabletCopy& copy : copies->copies()) {
    if (!copy.unproven().empty()) return "somebody still owes a proof";
  }
  return school_.status().ok() ? "" : school_.status().ToString();
}

uint64_t ScopesWorld::healed() const {
  uint64_t healed = 0;
  for (const auto& tablet : tablets_) healed += tablet->healed();
  return healed;
}

uint64_t ScopesWorld::chunks() const {
  uint64_t chunks = 0;
  for (const auto& tablet : tablets_) chunks += tablet->chunks();
  return chunks;
}

}  // namespace halfterm::testing
