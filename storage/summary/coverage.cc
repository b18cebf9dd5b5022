#include "storage/summary/coverage.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "storage/summary/access.h"
#include "storage/summary/cycles.h"
#include "storage/summary/question.h"
#include "sync/due.h"
#include "sync/rollup_rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;

// 1970-01-01 was a Thursday; Monday is 0.
int32_t WeekdayOf(int32_t day) { return (day % 7 + 10) % 7; }

bool IsWithin(int32_t day, int32_t from_day, int32_t to_day) {
  return (from_day == 0 || day >= from_day) && (to_day == 0 || day <= to_day);
}

void AddSchoolDays(const v1::HalfTerm& half_term, int32_t from_day, int32_t to_day,
                   std::vector<int32_t>& days) {
  const auto& closed = half_term.closed_days();
  for (int32_t day = std::max(half_term.start_day(), from_day);
       day <= std::min(half_term.end_day(), to_day); ++day) {
    if (WeekdayOf(day) >= 5 || std::find(closed.begin(), closed.end(), day) != closed.end()) {
      continue;
    }
    days.push_back(day);
  }
}

// Days of a period that is no whole half-term.
CoverPeriod Days(const sync::Directory& directory, const Id16& org, int32_t from_day,
                 int32_t to_day) {
  CoverPeriod period;
  period.from_day = from_day;
  period.to_day = to_day;
  period.whole_half_terms = false;
  for (int32_t day = from_day; day <= to_day; ++day) {
    const uint16_t half_term = directory.HalfTermAt(org, sync::NoonMs(directory, org, day));
    if (half_term == 0) continue;
    if (!period.half_terms.empty() && period.half_terms.back().number == half_term) continue;
    const v1::HalfTerm& days = *directory.HalfTerm(org, half_term);
    period.half_terms.push_back({half_term, days.start_day()});
    AddSchoolDays(days, from_day, to_day, period.school_days);
  }
  return period;
}

CoverPeriod Year(const sync::Directory& directory, const Id16& org, uint16_t half_term) {
  CoverPeriod period;
  const auto first = static_cast<uint16_t>(half_term / 8 * 8 + 1);
  for (auto number = first; number < first + 6; ++number) {
    const v1::HalfTerm* here = directory.HalfTerm(org, number);
    if (here == nullptr) continue;
    if (period.school_days.empty()) period.from_day = here->start_day();
    period.to_day = here->end_day();
    AddSchoolDays(*here, here->start_day(), here->end_day(), period.school_days);
    if (number <= half_term) period.half_terms.push_back({number, here->start_day()});
  }
  return period;
}

// COACH and PEER are told of as counts, and never before the teacher has heard of them; the private
// kinds not at all.
bool MayBeCounted(v1::VisitKind kind) {
  return kind != v1::VISIT_KIND_INFORMAL && kind != v1::VISIT_KIND_SELF &&
         kind != v1::VISIT_KIND_CALIB;
}

uint32_t At(const std::vector<int64_t>& row, size_t position) {
  return position < row.size() && row[position] > 0 ? static_cast<uint32_t>(row[position]) : 0u;
}

struct Counts {
  uint32_t booked = 0, done = 0, shared = 0, late = 0;
  int32_t last_day = 0;
};

void AddRow(const CoverRow& cover, const CoverPeriod& period,
            const CoverPeriod::HalfTerm& half_term, Counts& counts) {
  const std::vector<int64_t>& row = cover.row;
  const bool is_private = cover.kind == v1::VISIT_KIND_COACH || cover.kind == v1::VISIT_KIND_PEER;
  uint32_t done_within = 0, booked_within = 0;
  for (size_t at = sync::kCoverDays; at < row.size(); ++at) {
    const int32_t day = half_term.start_day + static_cast<int32_t>(at - sync::kCoverDays);
    if (row[at] <= 0) continue;
    if (!period.whole_half_terms && !IsWithin(day, period.from_day, period.to_day)) continue;
    const auto done = static_cast<uint32_t>(row[at] % sync::kCoverBookedOnDay);
    done_within += done;
    booked_within += static_cast<uint32_t>(row[at] / sync::kCoverBookedOnDay);
    if (done > 0) counts.last_day = std::max(counts.last_day, day);
  }
  const uint32_t shared = At(row, sync::kCoverShared);
  if (period.whole_half_terms) {
    if (!is_private) counts.booked += At(row, sync::kCoverBooked);
    counts.done += cover.kind == v1::VISIT_KIND_COACH ? shared : At(row, sync::kCoverDone);
    counts.shared += shared;
    counts.late += At(row, sync::kCoverLate);
  } else {
    if (!is_private) counts.booked += booked_within;
    // Which of them are shared is not kept by day: at most all. Nor is which of them were late.
    counts.done += done_within;
    counts.shared += std::min(done_within, shared);
  }
}

}  // namespace

std::optional<CoverPeriod> PeriodOf(const v1::CoverageRule& rule, const sync::Directory& directory,
                                    const Id16& org, uint16_t half_term, int32_t today) {
  const v1::HalfTerm* days = directory.HalfTerm(org, half_term);
  if (days == nullptr) return std::nullopt;
  const int32_t within = std::clamp(today, days->start_day(), days->end_day());
  CoverPeriod period;
  switch (rule.per()) {
    case v1::COVERAGE_PERIOD_WEEK: {
      const int32_t monday = within - WeekdayOf(within);
      period = Days(directory, org, monday, monday + 6);
      break;
    }
    case v1::COVERAGE_PERIOD_CYCLE: {
      const v1::Cycle* cycle = CycleAt(directory, org, within);
      if (cycle == nullptr) return std::nullopt;
      period = Days(directory, org, cycle->start_day(),
                    CycleStateOf(*cycle, directory, within).to_day());
      break;
    }
    case v1::COVERAGE_PERIOD_YEAR:
      period = Year(directory, org, half_term);
      break;
    default:
      period.from_day = days->start_day();
      period.to_day = days->end_day();
      period.half_terms = {{half_term, days->start_day()}};
      AddSchoolDays(*days, days->start_day(), days->end_day(), period.school_days);
      break;
  }
  const bool holds = std::any_of(
      period.school_days.begin(), period.school_days.end(),
      [&rule](int32_t day) { return IsWithin(day, rule.days().from_day(), rule.days().to_day()); });
  if (!holds) return std::nullopt;
  return period;
}

bool HoldsFor(const v1::CoverageRule& rule, const sync::Directory& directory,
              const Id16& department) {
  if (!IsAtOrBelow(directory, department, Id16::FromBytes(rule.org()).value_or(Id16{}))) {
    return false;
  }
  const auto& departments = rule.departments();
  return departments.empty() ||
         std::any_of(departments.begin(), departments.end(),
                     [&](const std::string& id) { return id == department.view(); });
}

Id16 MainDepartment(const v1::Person& person, const v1::HalfTerm& half_term) {
  if (person.from_day() > half_term.end_day()) return {};
  if (person.to_day() != 0 && person.to_day() < half_term.start_day()) return {};
  const int32_t last =
      person.to_day() == 0 ? half_term.end_day() : std::min(person.to_day(), half_term.end_day());
  for (const v1::DepartmentMembership& membership : person.departments()) {
    if (IsWithin(last, membership.from_day(), membership.to_day())) {
      return Id16::FromBytes(membership.org()).value_or(Id16{});
    }
  }
  return {};
}

PeopleByDepartment PeopleOf(const sync::Directory& directory,
                            const std::vector<const v1::Org*>& departments,
                            const v1::HalfTerm* half_term) {
  PeopleByDepartment people;
  if (half_term == nullptr) return people;
  for (const v1::Org* org : departments) people[*Id16::FromBytes(org->id())];
  for (const v1::Person& person : directory.content().people) {
    const auto department = people.find(MainDepartment(person, *half_term));
    if (department != people.end()) department->second.push_back(&person);
  }
  for (auto& [department, members] : people) {
    std::sort(members.begin(), members.end(), [](const v1::Person* a, const v1::Person* b) {
      return a->display_name() != b->display_name() ? a->display_name() < b->display_name()
                                                    : a->id() < b->id();
    });
  }
  return people;
}

bool IsOfItsPeople(const v1::CoverageRule& rule, const v1::Person& person) {
  const v1::PersonType type =
      person.type() == v1::PERSON_TYPE_UNSPECIFIED ? v1::PERSON_TYPE_STAFF : person.type();
  if (rule.person_types().empty()) {
    return type == v1::PERSON_TYPE_STAFF || type == v1::PERSON_TYPE_TRAINEE;
  }
  return std::find(rule.person_types().begin(), rule.person_types().end(), type) !=
         rule.person_types().end();
}

bool IsAskedFor(const v1::CoverageRule& rule, const v1::Person& person, const CoverPeriod& period,
                uint32_t eligible_percent) {
  std::vector<const v1::Exemption*> exemptions;
  for (const v1::Exemption& exemption : rule.exemptions()) {
    if (exemption.person() == person.id()) exemptions.push_back(&exemption);
  }
  size_t days = 0;
  for (const int32_t day : period.school_days) {
    if (!IsWithin(day, person.from_day(), person.to_day())) continue;
    if (!IsWithin(day, rule.days().from_day(), rule.days().to_day())) continue;
    const bool is_exempt =
        std::any_of(exemptions.begin(), exemptions.end(), [day](const v1::Exemption* exemption) {
          return IsWithin(day, exemption->from_day(), exemption->to_day());
        });
    days += is_exempt ? 0 : 1;
  }
  return days > 0 && days * 100 >= size_t{eligible_percent} * period.school_days.size();
}

v1::TeacherCoverage CoverageOf(const v1::CoverageRule& rule, const CoverPeriod& period,
                               const std::vector<CoverRow>& rows, bool is_asked_for,
                               uint32_t at_risk_school_days, int32_t today,
                               const absl::TimeZone& zone) {
  uint32_t roles = 0;
  for (const int role : rule.by_roles()) roles |= 1u << role;
  Counts counts;
  for (const CoverRow& row : rows) {
    const bool is_its_kind =
        std::find(rule.kinds().begin(), rule.kinds().end(), row.kind) != rule.kinds().end();
    if (!is_its_kind || !MayBeCounted(row.kind)) continue;
    if (roles != 0 && (row.roles & roles) == 0) continue;
    for (const CoverPeriod::HalfTerm& half_term : period.half_terms) {
      if (half_term.number == row.half_term) AddRow(row, period, half_term, counts);
    }
  }
  const uint32_t wanted = std::max(rule.min_count(), 1u);
  const auto first_left =
      std::lower_bound(period.school_days.begin(), period.school_days.end(), today);
  const auto days_left = static_cast<size_t>(period.school_days.end() - first_left);

  v1::TeacherCoverage coverage;
  coverage.set_booked(counts.booked);
  coverage.set_done(counts.done);
  coverage.set_shared(counts.shared);
  coverage.set_recorded_late(counts.late);
  if (counts.last_day != 0) {
    const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + counts.last_day;
    coverage.set_last_done_ms(absl::ToUnixMillis(absl::FromCivil(day, zone)));
  }
  if (!is_asked_for) {
    coverage.set_state(v1::COVERAGE_STATE_EXEMPT);
  } else if (counts.done >= wanted) {
    coverage.set_state(v1::COVERAGE_STATE_DONE);
  } else if (today > period.to_day) {
    coverage.set_state(v1::COVERAGE_STATE_OVERDUE);
  } else if (counts.done + counts.booked >= wanted) {
    coverage.set_state(v1::COVERAGE_STATE_BOOKED);
  } else {
    coverage.set_state(v1::COVERAGE_STATE_DUE);
    coverage.set_at_risk(days_left <= at_risk_school_days);
  }
  return coverage;
}

void Count(const v1::TeacherCoverage& teacher, v1::RuleCoverage& rule) {
  switch (teacher.state()) {
    case v1::COVERAGE_STATE_EXEMPT:
      rule.set_exempt(rule.exempt() + 1);
      return;
    case v1::COVERAGE_STATE_DONE:
      rule.set_done(rule.done() + 1);
      if (teacher.shared() < teacher.done()) rule.set_done_not_shared(rule.done_not_shared() + 1);
      if (teacher.recorded_late() > 0) rule.set_recorded_late(rule.recorded_late() + 1);
      break;
    case v1::COVERAGE_STATE_BOOKED:
      rule.set_booked(rule.booked() + 1);
      break;
    case v1::COVERAGE_STATE_DUE:
      rule.set_due(rule.due() + 1);
      if (teacher.at_risk()) rule.set_at_risk(rule.at_risk() + 1);
      break;
    default:
      rule.set_overdue(rule.overdue() + 1);
      break;
  }
  rule.set_eligible(rule.eligible() + 1);
}

}  // namespace halfterm::storage
