// What was done, whatever its levels: coverage, load, the feedback loop, the confidential counts.

#include <algorithm>
#include <optional>
#include <utility>

#include "halfterm/v1/observation.pb.h"
#include "sync/contribution/visit.h"
#include "sync/core/path.h"
#include "sync/due.h"
#include "sync/facts.h"
#include "sync/late.h"
#include "sync/number_in.h"

namespace halfterm::sync {
namespace {

using core::Cell;
using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;
using core::VisitKind;
using Vector = RollupVector;

// The roles that the lead held for this teacher on that day, whatever the grants' state is today: a
// head of department who stepped down made those visits as head of department.
uint16_t RolesOfLead(const Visit& visit, int32_t day) {
  const core::VisitFacts& facts = visit.facts;
  uint16_t roles = 0;
  for (const v1::RoleGrant* grant : visit.directory.AllGrantsOf(facts.lead)) {
    if (grant->role() < 1 || grant->role() > 15) continue;
    if (grant->from_day() != 0 && day < grant->from_day()) continue;
    if (grant->to_day() != 0 && day > grant->to_day()) continue;
    bool covers = false;
    for (const std::string& person : grant->people()) covers |= person == facts.teacher.view();
    Id16 org = facts.department;
    for (int up = 0; !covers && !org.IsZero() && up < 8 && !grant->org().empty(); ++up) {
      covers = grant->org() == org.view();
      const v1::Org* here = visit.directory.Org(org);
      org = here == nullptr ? Id16{} : Id16::FromBytes(here->parent()).value_or(Id16{});
    }
    if (covers) roles = static_cast<uint16_t>(roles | 1u << grant->role());
  }
  return roles;
}

// The largest of the values that the plan holds: which of two is shown depends on when they came.
int64_t MinutesOf(const Facet& plan) {
  const Cell* cell = plan.Find(Path::Field(v1::Plan::kMinutesFieldNumber, Kind::kReg));
  uint64_t most = 0;
  if (cell == nullptr) return 0;
  for (const core::Sibling& sibling : cell->siblings) {
    most = std::max(most, NumberIn(sibling.value));
  }
  return static_cast<int64_t>(std::min<uint64_t>(most, 600));
}

// Whether the plan says why the visit goes beyond the teacher's load.
bool HasLoadReason(const Facet& plan) {
  const Cell* cell = plan.Find(Path::Field(v1::Plan::kLoadReasonFieldNumber, Kind::kPara));
  return cell != nullptr &&
         std::any_of(cell->siblings.begin(), cell->siblings.end(),
                     [](const core::Sibling& sibling) { return !sibling.value.empty(); });
}

// School days after which feedback that nobody has acknowledged is told of.
constexpr int kAcknowledgedWithin = 10;

// Whether those who lead hear of a visit between two colleagues, as a count.
bool IsToldOf(const Visit& visit) {
  if (visit.facts.kind == VisitKind::kCoach) return visit.is_shared;
  return visit.facts.kind == VisitKind::kPeer && IsDone(visit.facts.phase);
}

}  // namespace

void AddCover(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  const bool is_done = IsDone(facts.phase);
  const int32_t day = DayOf(visit.start_ms, visit.directory.ZoneOf(facts.school));
  Vector vector;
  PutAt(vector, is_done ? kCoverDone : kCoverBooked, 1);
  if (visit.is_shared) PutAt(vector, kCoverShared, 1);
  const v1::HalfTerm* half_term = visit.directory.HalfTerm(facts.school, visit.half_term);
  const bool is_private = facts.kind == VisitKind::kCoach || facts.kind == VisitKind::kPeer;
  const bool may_be_told = facts.kind == VisitKind::kCoach ? visit.is_shared : is_done;
  if (half_term != nullptr) {
    const auto since =
        static_cast<size_t>(std::clamp(day - half_term->start_day(), 0, kCoverLastDay));
    if (may_be_told) {
      PutAt(vector, kCoverDays + since, 1);
      if (IsRecordedLate(visit.plan(), *half_term)) PutAt(vector, kCoverLate, 1);
    } else if (!is_done && !is_private) {
      PutAt(vector, kCoverDays + since, kCoverBookedOnDay);
    }
  }
  rows.Add(RowKey(RollupKind::kCover)
               .U16(visit.half_term)
               .Id(facts.teacher)
               .Id(facts.department)
               .U8(visit.kind())
               .U16(RolesOfLead(visit, day)),
           std::move(vector));
}

void AddLoad(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  if (facts.kind == VisitKind::kSelf) return;
  const int64_t minutes = MinutesOf(visit.plan());
  Vector vector = {1, minutes};
  if (minutes <= kShortMinutes) {
    PutAt(vector, kLoadShortVisits, 1);
    PutAt(vector, kLoadShortMinutes, minutes);
  }
  if (HasLoadReason(visit.plan())) PutAt(vector, kLoadReasons, 1);
  if (IsToldOf(visit)) {
    PutAt(vector, kLoadToldVisits, 1);
    PutAt(vector, kLoadToldMinutes, minutes);
  }
  if (!facts.teacher.IsZero()) {
    rows.Add(RowKey(RollupKind::kLoad).Id(facts.teacher).U16(visit.year()).U8(visit.kind()),
             vector);
  }
  for (const Id16& observer : visit.observers) {
    rows.Add(RowKey(RollupKind::kObserverLoad).Id(observer).U16(visit.year()).U8(visit.kind()),
             vector);
  }
}

void AddLoop(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  Vector loop;
  PutAt(loop, kLoopShared, 1);
  PutAt(loop, kLoopAcknowledged, visit.is_acknowledged ? 1 : 0);
  if (visit.version.first_shared_day != 0) {
    const int lag = visit.directory.SchoolDaysBetween(
        facts.school, visit.start_ms,
        NoonMs(visit.directory, facts.school, visit.version.first_shared_day));
    PutAt(loop, kLoopLags + static_cast<size_t>(std::clamp(lag, 0, kLoopLastLag)), 1);
  }
  const auto key = [&facts](uint16_t half_term) {
    return RowKey(RollupKind::kLoop).Id(facts.department).U16(half_term).Id(facts.teacher);
  };
  if (!facts.department.IsZero()) rows.Add(key(visit.half_term), std::move(loop));
  if (visit.version.has_praise && !facts.school.IsZero()) {
    const int32_t day = DayOf(visit.start_ms, visit.directory.ZoneOf(facts.school));
    rows.Add(RowKey(RollupKind::kPraise)
                 .Id(facts.school)
                 .U32(static_cast<uint32_t>(std::max(day, 0)))
                 .Id(visit.record.id),
             {1});
  }
  for (const DueItem& step : StepsDue(visit.record)) {
    const uint16_t half_term =
        visit.directory.HalfTermAt(facts.school, NoonMs(visit.directory, facts.school, step.day));
    Vector due;
    PutAt(due, kLoopStepsDue, 1);
    PutAt(due, kLoopStepsChecked, step.is_checked ? 1 : 0);
    if (!facts.department.IsZero()) rows.Add(key(half_term), std::move(due));
    if (step.is_done || facts.school.IsZero()) continue;
    Vector open;
    PutAt(open, kDueSteps, 1);
    rows.Add(DecisionsKey(facts.school, step.day, visit.record.id), std::move(open));
  }
}

void AddWaiting(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  if (facts.school.IsZero() || visit.start_ms == 0) return;
  const auto add = [&](int32_t from_day, int school_days, size_t position) {
    Vector waiting;
    PutAt(waiting, position, 1);
    rows.Add(DecisionsKey(facts.school,
                          SchoolDayAfter(visit.directory, facts.school, from_day, school_days),
                          visit.record.id),
             std::move(waiting));
  };
  if (!visit.is_shared) {
    if (facts.phase.level < core::kDraft || facts.phase.level >= core::kClosed) return;
    const v1::Policy& policy = visit.directory.PolicyOf(facts.school);
    add(DayOf(visit.start_ms, visit.directory.ZoneOf(facts.school)),
        static_cast<int>(policy.share_within_school_days()), kDueToShare);
  } else if (facts.phase.level < core::kClosed && visit.version.shared_day != 0 &&
             !visit.is_acknowledged) {
    add(visit.version.shared_day, kAcknowledgedWithin, kDueToAcknowledge);
  }
}

void AddConfidential(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  if (!IsToldOf(visit)) return;
  for (const Id16& whose : {facts.department, facts.teacher}) {
    if (whose.IsZero()) continue;
    rows.Add(RowKey(RollupKind::kConfidential).Id(whose).U16(visit.half_term).U8(visit.kind()),
             {1});
  }
}

}  // namespace halfterm::sync
