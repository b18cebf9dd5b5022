#include "sync/directory.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace halfterm::sync {
namespace {

using core::Id16;

// A chain of parents that is longer is a circle; Import refuses both.
constexpr int kMaxOrgDepth = 16;

std::optional<Id16> IdOf(const std::string& bytes) { return Id16::FromBytes(bytes); }

Id16 IdOrZeros(const std::string& bytes) { return IdOf(bytes).value_or(Id16{}); }

template <typename Message, typename Index>
void IndexById(std::vector<Message>& messages, Index& index) {
  messages.erase(std::remove_if(messages.begin(), messages.end(),
                                [](const Message& message) { return !IdOf(message.id()); }),
                 messages.end());
  for (size_t i = 0; i < messages.size(); ++i) index.emplace(IdOrZeros(messages[i].id()), i);
}

template <typename Message, typename Index>
const Message* FindIn(const std::vector<Message>& messages, const Index& index, const Id16& id) {
  const auto found = index.find(id);
  return found == index.end() ? nullptr : &messages[found->second];
}

bool IsOver(const v1::Person& person) {
  return person.state() == v1::GRANT_STATE_ENDED || person.state() == v1::GRANT_STATE_COMING;
}

bool IsStaff(const v1::Person& person) {
  return person.type() != v1::PERSON_TYPE_GOVERNOR && person.type() != v1::PERSON_TYPE_EXTERNAL;
}

bool IsSchoolOrSite(const v1::Org& org) {
  return org.kind() == v1::ORG_KIND_SITE || org.kind() == v1::ORG_KIND_SCHOOL;
}

// How many visits a year the coverage rules ask for, of one teacher.
uint32_t VisitsAskedFor(const std::vector<v1::CoverageRule>& rules) {
  uint32_t visits = 0;
  for (const v1::CoverageRule& rule : rules) {
    uint32_t periods = 6;
    if (rule.per() == v1::COVERAGE_PERIOD_WEEK) periods = 39;
    if (rule.per() == v1::COVERAGE_PERIOD_CYCLE) periods = 6;
    if (rule.per() == v1::COVERAGE_PERIOD_YEAR) periods = 1;
    visits += periods * std::max(rule.min_count(), 1u);
  }
  return visits;
}

}  // namespace

size_t Id16Hash::operator()(const Id16& id) const {
  // Ids made from time share their first bytes; the last eight are the random ones.
  uint64_t low = 0, high = 0;
  std::memcpy(&high, id.bytes.data(), 8);
  std::memcpy(&low, id.bytes.data() + 8, 8);
  return absl::Hash<std::pair<uint64_t, uint64_t>>{}({high, low});
}

Directory::Directory(Content content) : content_(std::move(content)) {
  IndexById(content_.people, people_);
  IndexById(content_.orgs, orgs_);
  IndexById(content_.rubrics, rubrics_);
  IndexById(content_.templates, templates_);
  Index by_id;
  IndexById(content_.grants, by_id);
  for (size_t i = 0; i < content_.grants.size(); ++i) {
    const v1::RoleGrant& grant = content_.grants[i];
    if (!IdOf(grant.person())) continue;
    grants_of_[IdOrZeros(grant.person())].push_back(i);
    if (grant.role() == v1::ROLE_HEAD) head_grants_.push_back(i);
  }
  for (const v1::Calendar& calendar : content_.calendars) {
    if (!calendar_of_.emplace(IdOrZeros(calendar.org()), calendars_.size()).second) continue;
    calendars_.emplace_back(calendar);
  }
  for (const auto& [person, scope] : content_.held_back) held_back_from_[person].push_back(scope);
  default_policy_ = WithDefaults({});
  for (const v1::Policy& policy : content_.policies) {
    if (!policy_of_.emplace(IdOrZeros(policy.org()), policies_.size()).second) continue;
    policies_.push_back(WithDefaults(policy));
  }
}

const v1::Person* Directory::Person(const Id16& id) const {
  return FindIn(content_.people, people_, id);
}
const v1::Org* Directory::Org(const Id16& id) const { return FindIn(content_.orgs, orgs_, id); }
const v1::RubricVersion* Directory::Rubric(const Id16& id) const {
  return FindIn(content_.rubrics, rubrics_, id);
}
const v1::Template* Directory::Template(const Id16& id) const {
  return FindIn(content_.templates, templates_, id);
}

std::vector<Id16> Directory::UpFrom(const Id16& org) const {
  std::vector<Id16> up;
  const v1::Org* here = Org(org);
  while (here != nullptr && up.size() < kMaxOrgDepth) {
    up.push_back(IdOrZeros(here->id()));
    here = Org(IdOrZeros(here->parent()));
  }
  return up;
}

bool Directory::IsAtOrAbove(const Id16& above, const Id16& org) const {
  if (above == org) return true;
  const v1::Org* here = Org(org);
  for (int depth = 0; here != nullptr && depth < kMaxOrgDepth; ++depth) {
    const Id16 parent = IdOrZeros(here->parent());
    if (parent == above && !parent.IsZero()) return true;
    here = Org(parent);
  }
  return false;
}

Id16 Directory::SiteOf(const Id16& org) const {
  for (const Id16& id : UpFrom(org)) {
    if (IsSchoolOrSite(*Org(id))) return id;
  }
  return {};
}

Id16 Directory::FirstDepartmentOf(const Id16& person) const {
  const v1::Person* found = Person(person);
  if (found == nullptr || found->departments().empty()) return {};
  return IdOrZeros(found->departments(0).org());
}

Id16 Directory::DepartmentAt(const Id16& person, int64_t moment_ms) const {
  const v1::Person* found = Person(person);
  if (found == nullptr) return {};
  for (const v1::DepartmentMembership& membership : found->departments()) {
    const Id16 org = IdOrZeros(membership.org());
    const int32_t day = DayOf(moment_ms, ZoneOf(SiteOf(org)));
    if (membership.from_day() != 0 && day < membership.from_day()) continue;
    if (membership.to_day() != 0 && day > membership.to_day()) continue;
    return org;
  }
  return FirstDepartmentOf(person);
}

bool Directory::IsLive(const v1::RoleGrant& grant) const {
  if (grant.state() != v1::GRANT_STATE_LIVE) return false;
  const v1::Person* person = Person(IdOrZeros(grant.person()));
  return person == nullptr || !IsOver(*person);
}

std::vector<const v1::RoleGrant*> Directory::GrantsOf(const Id16& person) const {
  std::vector<const v1::RoleGrant*> live;
  const auto found = grants_of_.find(person);
  if (found == grants_of_.end()) return live;
  for (const size_t index : found->second) {
    if (IsLive(content_.grants[index])) live.push_back(&content_.grants[index]);
  }
  return live;
}

std::vector<const v1::RoleGrant*> Directory::AllGrantsOf(const Id16& person) const {
  std::vector<const v1::RoleGrant*> all;
  const auto found = grants_of_.find(person);
  if (found == grants_of_.end()) return all;
  for (const size_t index : found->second) all.push_back(&content_.grants[index]);
  return all;
}

bool Directory::Holds(const Id16& person, v1::Role role, const Id16& org) const {
  for (const v1::RoleGrant* grant : GrantsOf(person)) {
    if (grant->role() != role) continue;
    if (org.IsZero() || IsAtOrAbove(IdOrZeros(grant->org()), org)) return true;
  }
  return false;
}

bool Directory::IsPaired(const Id16& observer, v1::Role role, const Id16& teacher) const {
  const v1::Person* person = Person(teacher);
  for (const v1::RoleGrant* grant : GrantsOf(observer)) {
    if (grant->role() != role) continue;
    for (const std::string& named : grant->people()) {
      if (IdOf(named) == teacher) return true;
    }
    const Id16 org = IdOrZeros(grant->org());
    if (org.IsZero() || person == nullptr) continue;
    for (const v1::DepartmentMembership& membership : person->departments()) {
      if (IsAtOrAbove(org, IdOrZeros(membership.org()))) return true;
    }
  }
  return false;
}

std::vector<Id16> Directory::HeadsOf(const Id16& site) const {
  std::set<Id16> heads;
  for (const size_t index : head_grants_) {
    const v1::RoleGrant& grant = content_.grants[index];
    if (!IsLive(grant) || !IsAtOrAbove(IdOrZeros(grant.org()), site)) continue;
    heads.insert(IdOrZeros(grant.person()));
  }
  return {heads.begin(), heads.end()};
}

std::vector<core::Scope> Directory::ScopesOf(const Id16& person) const {
  std::vector<core::Scope> scopes = GrantedScopesOf(person);
  const auto held_back = held_back_from_.find(person);
  if (held_back == held_back_from_.end()) return scopes;
  for (const core::Scope& scope : held_back->second) {
    scopes.erase(std::remove(scopes.begin(), scopes.end(), scope), scopes.end());
  }
  return scopes;
}

std::vector<core::Scope> Directory::GrantedScopesOf(const Id16& person) const {
  std::set<core::Scope> scopes;
  const v1::Person* found = Person(person);
  if (found != nullptr && !IsOver(*found)) {
    if (IsStaff(*found)) scopes.insert(core::StaffScope());
    if (found->type() != v1::PERSON_TYPE_GOVERNOR) scopes.insert(core::PersonScope(person));
  }
  for (const v1::RoleGrant* grant : GrantsOf(person)) {
    for (const core::Scope& scope : ScopesOfGrant(*grant)) scopes.insert(scope);
  }
  return {scopes.begin(), scopes.end()};
}

std::vector<core::Scope> Directory::ScopesOfGrant(const v1::RoleGrant& grant) const {
  const Id16 org = IdOrZeros(grant.org());
  if (org.IsZero()) return {};
  std::set<core::Scope> scopes;
  switch (grant.role()) {
    case v1::ROLE_HOD:
      return {core::DepartmentScope(org)};
    case v1::ROLE_SLT:
    case v1::ROLE_HEAD:
      scopes.insert(core::SchoolScope(org));
      for (const v1::Org& below : content_.orgs) {
        const Id16 id = IdOrZeros(below.id());
        if (IsSchoolOrSite(below) && IsAtOrAbove(org, id)) scopes.insert(core::SchoolScope(id));
      }
      return {scopes.begin(), scopes.end()};
    case v1::ROLE_REVIEWER:
    case v1::ROLE_CHAMPION:
    case v1::ROLE_EXTERNAL:
      return {core::ReviewScope(org)};
    default:
      return {};
  }
}

const size_t* Directory::Nearest(const Index& by_org, const Id16& org) const {
  if (Org(org) == nullptr) {
    const auto own = by_org.find(org);
    if (own != by_org.end()) return &own->second;
    // Work that names no organisation still belongs to the school: the first of a top one, else the
    // first of any.
    const size_t* first = nullptr;
    bool first_is_top = false;
    for (const auto& [id, index] : by_org) {
      const v1::Org* of = Org(id);
      const bool is_top = of != nullptr && of->parent().empty();
      if (first != nullptr && (first_is_top > is_top || (first_is_top == is_top && *first < index)))
        continue;
      first = &index;
      first_is_top = is_top;
    }
    return first;
  }
  for (const Id16& id : UpFrom(org)) {
    const auto found = by_org.find(id);
    if (found != by_org.end()) return &found->second;
  }
  return nullptr;
}

v1::Policy Directory::WithDefaults(v1::Policy policy) const {
  const auto fill = [&policy](bool is_set, auto setter, auto value) {
    if (!is_set) (policy.*setter)(value);
  };
  fill(policy.has_load_cap_visits(), &v1::Policy::set_load_cap_visits,
       VisitsAskedFor(content_.rules) + 2);
  fill(policy.has_load_cap_minutes(), &v1::Policy::set_load_cap_minutes,
       60 * policy.load_cap_visits());
  fill(policy.has_walk_rated(), &v1::Policy::set_walk_rated, false);
  fill(policy.has_mentor_counts(), &v1::Policy::set_mentor_counts, false);
  fill(policy.has_walk_counts_to_cap(), &v1::Policy::set_walk_counts_to_cap, true);
  fill(policy.has_share_within_school_days(), &v1::Policy::set_share_within_school_days, 5u);
  fill(policy.has_k_min(), &v1::Policy::set_k_min, 5u);
  fill(policy.has_trend_min_each_side(), &v1::Policy::set_trend_min_each_side, 2u);
  fill(policy.has_trend_min_observers(), &v1::Policy::set_trend_min_observers, 2u);
  fill(policy.has_at_risk_school_days(), &v1::Policy::set_at_risk_school_days, 10u);
  fill(policy.has_eligible_percent(), &v1::Policy::set_eligible_percent, 50u);
  fill(policy.has_grace_days(), &v1::Policy::set_grace_days, 0u);
  fill(policy.has_certified_only(), &v1::Policy::set_certified_only, false);
  if (policy.open_kinds().empty()) {
    for (const v1::VisitKind kind :
         {v1::VISIT_KIND_INFORMAL, v1::VISIT_KIND_SELF, v1::VISIT_KIND_CALIB}) {
      policy.add_open_kinds(kind);
    }
  }
  return policy;
}

const v1::Policy& Directory::PolicyOf(const Id16& site) const {
  const size_t* index = Nearest(policy_of_, site);
  return index == nullptr ? default_policy_ : policies_[*index];
}

const SchoolCalendar* Directory::CalendarOf(const Id16& site) const {
  const size_t* index = Nearest(calendar_of_, site);
  return index == nullptr ? nullptr : &calendars_[*index];
}

absl::TimeZone Directory::ZoneOf(const Id16& site) const {
  const SchoolCalendar* calendar = CalendarOf(site);
  return calendar == nullptr ? absl::UTCTimeZone() : calendar->zone();
}

uint16_t Directory::HalfTermAt(const Id16& site, int64_t moment_ms) const {
  const SchoolCalendar* calendar = CalendarOf(site);
  return calendar == nullptr ? uint16_t{0} : calendar->HalfTermAt(moment_ms);
}

const v1::HalfTerm* Directory::HalfTerm(const Id16& site, uint16_t half_term) const {
  const SchoolCalendar* calendar = CalendarOf(site);
  return calendar == nullptr ? nullptr : calendar->Find(half_term);
}

int Directory::SchoolDaysBetween(const Id16& site, int64_t from_ms, int64_t to_ms) const {
  const SchoolCalendar* calendar = CalendarOf(site);
  if (calendar == nullptr) return 0;
  return calendar->SchoolDaysAfter(DayOf(from_ms, calendar->zone()),
                                   DayOf(to_ms, calendar->zone()));
}

}  // namespace halfterm::sync
