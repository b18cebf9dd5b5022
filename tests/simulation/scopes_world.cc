#include "tests/simulation/scopes_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/proofs/copies.h"
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
    : random_(seed), school_(engine, tenant, seed ^ 0x5c0be5, missing), oracle_(school_) {
  const SmallSchool& people = school_.people();
  uint8_t device = 1;
  for (const core::Id16& person : {people.hana, people.hugo, people.sara, people.hedy, people.tia,
                                   people.tom, people.ann, people.hana, people.gus}) {
    tablets_.push_back(std::make_unique<ScopesTablet>(school_, oracle_, person, device++));
  }
}

int ScopesWorld::Number(int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random_);
}

ScopesTablet& ScopesWorld::TabletOf(const core::Id16& person) {
  std::vector<ScopesTablet*> of;
  for (const auto& tablet : tablets_) {
    if (tablet->person() == person) of.push_back(tablet.get());
  }
  return *AnyOf(of);
}

std::string ScopesWorld::Step() {
  const int what = Number(0, 99);
  if (what < 8 || visits_.empty()) {
    BeginVisit();
  } else if (what < 34) {
    GoOn(AnyOf(visits_));
  } else if (what < 42) {
    ChangeGrants();
  } else if (what < 45) {
    MoveTeacher();
  } else if (what < 52) {  // Hours pass, or days, or a half-term.
    const int64_t hours = Chance(70) ? Number(1, 20) : Number(24, Chance(20) ? 1200 : 200);
    school_.clock().Advance(hours * kHourMs);
    school_.TickGrantClock();
  } else if (what < 54) {
    ScopesTablet& tablet = *AnyOf(tablets_);
    std::vector<uint16_t> periods;
    for (const uint16_t period : {SmallSchool::kAutumn1, SmallSchool::kAutumn2}) {
      if (Chance(50)) periods.push_back(period);
    }
    tablet.SetInterest(std::move(periods));
  } else if (what < 57) {
    AnyOf(tablets_)->Backup();
  } else if (what < 59) {
    AnyOf(tablets_)->Restore(random_);
  } else if (what < 60) {
    AnyOf(tablets_)->StartAfresh();
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
  struct Way {
    uint32_t kind;
    core::Id16 lead, teacher;
  };
  std::vector<Way> ways = {{v1::VISIT_KIND_DEPT, people.hana, people.tia},
                           {v1::VISIT_KIND_DEPT, people.hana, people.tom},
                           {v1::VISIT_KIND_TEAM, people.hana, people.tia},
                           {v1::VISIT_KIND_DEPT, people.hugo, people.ann},
                           {v1::VISIT_KIND_WALK, people.sara, people.tia},
                           {v1::VISIT_KIND_WALK, people.sara, people.hana},
                           {v1::VISIT_KIND_DEPT, people.hedy, people.sara},
                           {v1::VISIT_KIND_COACH, people.tom, people.tia},
                           {v1::VISIT_KIND_PEER, people.ann, people.tom},
                           {v1::VISIT_KIND_INFORMAL, people.ann, people.tia},
                           {v1::VISIT_KIND_SELF, people.tia, people.tia}};
  const Way way = AnyOf(ways);
  Visit visit;
  visit.id = *core::Id16::FromBytes(absl::StrCat("visit-", school_.tenant().handle() % 10, "-",
                                                 1'000'000 + static_cast<int>(visits_.size()), "x")
                                        .substr(0, 16));
  for (size_t i = 8; i < 16; ++i) visit.id.bytes[i] = static_cast<uint8_t>(random_());
  visit.kind = way.kind;
  visit.lead = way.lead;
  visit.teacher = way.teacher;
  Values plan = {{Path::Field(2, Kind::kReg), testing::Number(way.kind)},
                 {Path::Field(3, Kind::kReg), BytesOf(way.teacher)},
                 {Path::Field(8, Kind::kReg), Signed(school_.clock().NowMs())}};
  if (Chance(60)) plan.emplace_back(Path::Field(4, Kind::kReg), BytesOf(people.maths));
  if (Chance(30)) plan.emplace_back(Path::Field(7, Kind::kReg), testing::Number(1));
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
  switch (Number(0, 13)) {
    case 0:
    case 1:
    case 2: {
      const core::Id16 observer =
          visit.kind == v1::VISIT_KIND_TEAM && Chance(50) ? people.sara : visit.lead;
      return TabletOf(observer).Write(
          {visit.id, core::kSheet, observer},
          Entry(3, core::NumberKey(static_cast<uint16_t>(Number(1, 9))), 1,
                testing::Number(static_cast<uint64_t>(Number(1, 4)))),
          Chance(80));
    }
    case 3: {
      core::Id16 key;
      key.bytes[0] = static_cast<uint8_t>(Number(1, 3));
      return lead.Write({visit.id, core::kFeedback, {}}, Entry(1, key, 1, "calm start"), true);
    }
    case 4:
    case 5: {
      const core::Id16 observer =
          visit.kind == v1::VISIT_KIND_TEAM && Chance(50) ? people.sara : visit.lead;
      intent.mutable_submit();
      return TabletOf(observer).Intend({visit.id, core::kSheet, observer}, intent);
    }
    case 6:
    case 7:
      intent.mutable_share()->set_round(static_cast<uint32_t>(Number(1, 2)));
      return lead.Intend(plan, intent);
    case 8: {
      core::Id16 step;
      step.bytes[0] = static_cast<uint8_t>(Number(1, 2));
      return (Chance(50) ? lead : TabletOf(visit.teacher))
          .Write({visit.id, core::kSteps, {}},
                 Entry(1, step, 5, testing::Number(static_cast<uint64_t>(Number(1, 2)))), true);
    }
    case 9: {
      core::Id16 query;
      query.bytes[0] = static_cast<uint8_t>(Number(1, 2));
      return TabletOf(visit.teacher)
          .Write({visit.id, core::kResponse, visit.teacher},
                 Entry(2, query, 4, testing::Number(Chance(60) ? 1 : 0)), true);
    }
    case 10:
      intent.mutable_grant_read()->set_person(BytesOf(people.tom));
      if (Chance(40)) {
        intent.Clear();
        intent.mutable_end_read()->set_person(BytesOf(people.tom));
      }
      return TabletOf(visit.teacher).Intend(plan, intent);
    case 11:
      intent.mutable_correct_plan()->set_field(4);
      intent.mutable_correct_plan()->set_value(BytesOf(Chance(50) ? people.maths : people.art));
      return lead.Intend(plan, intent);
    case 12:
      if (Chance(40)) {
        intent.mutable_withdraw()->set_reason("the wrong lesson");
      } else {
        intent.mutable_close()->set_round(1);
      }
      return lead.Intend(plan, intent);
    default:
      if (!Chance(25)) return;
      visit.erased = true;
      return school_.Erase(visit.id);
  }
}

void ScopesWorld::ChangeGrants() {
  const SmallSchool& people = school_.people();
  v1::RoleGrant grant;
  if (!given_.empty() && (Chance(45) || next_grant_ > 240)) {  // One ends, or comes back.
    v1::RoleGrant& known = AnyOf(given_);
    known.set_state(known.state() == v1::GRANT_STATE_LIVE ? v1::GRANT_STATE_ENDED
                                                          : v1::GRANT_STATE_LIVE);
    known.clear_from_day();
    known.clear_to_day();
    return school_.Change({}, {known});
  }
  if (Chance(20)) {  // One of those that were there from the start.
    std::vector<v1::RoleGrant> first;
    for (const v1::RoleGrant& held : school_.filed_by().back()->content().grants) {
      if (held.role() == v1::ROLE_HOD || held.role() == v1::ROLE_SLT) first.push_back(held);
    }
    grant = AnyOf(first);
    grant.set_state(grant.state() == v1::GRANT_STATE_LIVE ? v1::GRANT_STATE_ENDED
                                                          : v1::GRANT_STATE_LIVE);
    return school_.Change({}, {grant});
  }
  std::vector<core::Id16> staff = {people.tia,  people.tom,  people.ann, people.hana,
                                   people.hugo, people.sara, people.hedy};
  std::vector<std::pair<v1::Role, core::Id16>> roles = {{v1::ROLE_HOD, people.maths},
                                                        {v1::ROLE_HOD, people.maths},
                                                        {v1::ROLE_HOD, people.art},
                                                        {v1::ROLE_SLT, people.site},
                                                        {v1::ROLE_HEAD, people.site}};
  const auto& [role, org] = AnyOf(roles);
  grant.set_id(BytesOf(IdNumber(next_grant_++)));
  grant.set_person(BytesOf(AnyOf(staff)));
  grant.set_role(role);
  grant.set_org(BytesOf(org));
  grant.set_state(v1::GRANT_STATE_LIVE);
  if (Chance(50)) {  // Dated: the clock begins and ends it.
    const int32_t today = DayOf(school_.clock().NowMs());
    grant.set_state(v1::GRANT_STATE_COMING);
    grant.set_from_day(today + Number(1, 6));
    grant.set_to_day(grant.from_day() + Number(0, 30));
  } else {
    given_.push_back(grant);
  }
  school_.Change({}, {grant});
}

void ScopesWorld::MoveTeacher() {
  const SmallSchool& people = school_.people();
  std::vector<core::Id16> teachers = {people.tia, people.tom, people.ann, people.hana};
  const v1::Person* person = school_.filed_by().back()->Person(AnyOf(teachers));
  v1::Reference moved;
  *moved.mutable_person() = *person;
  v1::Person& now = *moved.mutable_person();
  now.clear_departments();
  now.add_departments()->set_org(BytesOf(Chance(50) ? people.maths : people.art));
  if (Chance(30)) now.add_departments()->set_org(BytesOf(people.art));
  school_.Change({moved}, {});
}

std::string ScopesWorld::PullSome() {
  ScopesTablet& tablet = *AnyOf(tablets_);
  const std::string wrong = tablet.Pull(random_, Chance(50) ? kManyChunks : Number(1, 5), true);
  return wrong.empty() ? "" : absl::StrCat("tablet ", ToHex(tablet.device().view()), " ", wrong);
}

std::string ScopesWorld::RotAndHeal() {
  ScopesTablet& tablet = *AnyOf(tablets_);
  school_.FinishFiling();
  std::string wrong = tablet.Pull(random_, kManyChunks, false);
  if (!wrong.empty()) return wrong;
  tablet.Rot(random_);
  wrong = tablet.Pull(random_, kManyChunks, false);
  return wrong.empty() ? "" : absl::StrCat("after rot: ", wrong);
}

std::string ScopesWorld::Finish() {
  school_.FinishFiling();
  for (const auto& tablet : tablets_) {
    std::string wrong = tablet->Pull(random_, kManyChunks, false);
    if (wrong.empty() && !tablet->is_complete()) wrong = "did not come to an end";
    if (wrong.empty()) {
      tablet->StartAfresh();
      wrong = tablet->Pull(random_, kManyChunks, false);
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
