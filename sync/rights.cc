#include "sync/rights.h"

#include <algorithm>
#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "halfterm/v1/observation.pb.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using core::VisitKind;

Id16 IdOrZeros(const std::string& bytes) { return Id16::FromBytes(bytes).value_or(Id16{}); }

// Which role lets its holder create which kinds.
bool RoleCreates(v1::Role role, VisitKind kind) {
  switch (role) {
    case v1::ROLE_HOD:
      return kind == VisitKind::kDept || kind == VisitKind::kTeam || kind == VisitKind::kWalk;
    case v1::ROLE_SLT:
    case v1::ROLE_HEAD:
      return kind == VisitKind::kDept || kind == VisitKind::kTeam || kind == VisitKind::kWalk ||
             kind == VisitKind::kAst;
    case v1::ROLE_MENTOR:
      return kind == VisitKind::kMentor;
    case v1::ROLE_COACH:
      return kind == VisitKind::kCoach;
    case v1::ROLE_PEER:
      return kind == VisitKind::kPeer;
    case v1::ROLE_AST:
      return kind == VisitKind::kAst;
    case v1::ROLE_REVIEWER:
      return kind == VisitKind::kReview;
    case v1::ROLE_GOVERNOR:
      return kind == VisitKind::kGovernor;
    default:
      return false;
  }
}

// Roles that are held for teachers, never for a department.
bool IsPairing(v1::Role role) {
  return role == v1::ROLE_MENTOR || role == v1::ROLE_COACH || role == v1::ROLE_PEER ||
         role == v1::ROLE_AST;
}

bool IsWithin(const Id16& org, const Id16& above, const Directory& directory) {
  Id16 at = org;
  for (int depth = 0; depth < 8 && !at.IsZero(); ++depth) {
    if (at == above) return true;
    const v1::Org* found = directory.Org(at);
    if (found == nullptr) return false;
    at = IdOrZeros(found->parent());
  }
  return false;
}

struct Asked {
  VisitKind kind;
  Id16 teacher, department, review;
  std::optional<int64_t> lesson_start_ms;  // Only grants that held on its day count as ended.
};

// Whether the grant reaches this teacher, or a visit to this department, or of this review.
bool Reaches(const v1::RoleGrant& grant, const Asked& asked, const Directory& directory) {
  const Id16 org = IdOrZeros(grant.org());
  if (asked.kind == VisitKind::kReview) return !org.IsZero() && org == asked.review;
  if (IsPairing(grant.role()) && !grant.people().empty()) {
    return std::any_of(grant.people().begin(), grant.people().end(), [&](const std::string& p) {
      return !asked.teacher.IsZero() && p == asked.teacher.view();
    });
  }
  if (org.IsZero()) return false;
  if (!asked.department.IsZero() && !IsWithin(asked.department, org, directory)) return false;
  if (asked.teacher.IsZero()) return !asked.department.IsZero() && !IsPairing(grant.role());
  // Naming one's own department does not make a colleague of another one a member of it.
  const v1::Person* person = directory.Person(asked.teacher);
  if (person == nullptr) return false;
  return std::any_of(person->departments().begin(), person->departments().end(),
                     [&](const v1::DepartmentMembership& membership) {
                       return IsWithin(IdOrZeros(membership.org()), org, directory);
                     });
}

// Ended on that day, in the zone of the organisation.
Right Ended(int32_t last_day, const Id16& org, int64_t lower_ms, const Directory& directory) {
  const absl::CivilDay after = absl::CivilDay(1970, 1, 1) + last_day + 1;
  const int64_t end_ms =
      absl::ToUnixMillis(absl::FromCivil(after, directory.ZoneOf(directory.SiteOf(org))));
  return lower_ms < end_ms ? Right::kEndedUnheard : Right::kEnded;
}

Right RightOf(const v1::RoleGrant& grant, const Id16& org, const Asked& asked, int64_t lower_ms,
              const Directory& directory) {
  if (grant.state() == v1::GRANT_STATE_LIVE) return Right::kNow;
  if (grant.state() != v1::GRANT_STATE_ENDED) return Right::kNever;
  if (asked.lesson_start_ms) {
    const int32_t day = DayOf(*asked.lesson_start_ms, directory.ZoneOf(directory.SiteOf(org)));
    const bool held_then = (grant.from_day() == 0 || grant.from_day() <= day) &&
                           (grant.to_day() == 0 || day <= grant.to_day());
    if (!held_then) return Right::kNever;
  }
  return Ended(grant.to_day(), org, lower_ms, directory);
}

bool IsOpenKind(VisitKind kind, const v1::Policy& policy) {
  return std::any_of(policy.open_kinds().begin(), policy.open_kinds().end(),
                     [kind](int open) { return open == static_cast<int>(kind); });
}

bool IsStaff(const v1::Person& person) {
  return person.type() != v1::PERSON_TYPE_GOVERNOR && person.type() != v1::PERSON_TYPE_EXTERNAL;
}

Right ByGrants(const Id16& author, const Asked& asked, int64_t lower_ms,
               const Directory& directory) {
  const v1::Person* person = directory.Person(author);
  if (person == nullptr) return Right::kNever;
  const bool about_oneself = !asked.teacher.IsZero() && asked.teacher == author;
  if ((asked.kind == VisitKind::kSelf) != about_oneself) return Right::kNever;
  if (!asked.teacher.IsZero() && !MayNameATeacher(asked.kind)) return Right::kNever;
  const Id16 at =
      asked.department.IsZero() ? directory.FirstDepartmentOf(asked.teacher) : asked.department;
  if (IsStaff(*person) && IsOpenKind(asked.kind, directory.PolicyOf(directory.SiteOf(at)))) {
    return Right::kNow;
  }
  Right best = Right::kNever;
  for (const v1::RoleGrant* grant : directory.AllGrantsOf(author)) {
    if (!RoleCreates(grant->role(), asked.kind) || !Reaches(*grant, asked, directory)) continue;
    const Id16 org = grant->org().empty() ? at : IdOrZeros(grant->org());
    best = std::max(best, RightOf(*grant, org, asked, lower_ms, directory));
  }
  return best;
}

}  // namespace

Right RightToBeHere(const Id16& person, int64_t lower_ms, const Directory& directory) {
  const v1::Person* found = directory.Person(person);
  if (found == nullptr || found->state() == v1::GRANT_STATE_COMING) return Right::kNever;
  if (found->state() != v1::GRANT_STATE_ENDED) return Right::kNow;
  return Ended(found->to_day(), directory.FirstDepartmentOf(person), lower_ms, directory);
}

Right RightToCreate(const Id16& author, VisitKind kind, const Id16& teacher, const Id16& department,
                    int64_t lower_ms, const Directory& directory, const Id16& review) {
  return std::min(RightToBeHere(author, lower_ms, directory),
                  ByGrants(author, {kind, teacher, department, review, {}}, lower_ms, directory));
}

Right RightToObserve(const Id16& observer, const core::VisitFacts& facts, int64_t lesson_start_ms,
                     int64_t lower_ms, const Directory& directory) {
  const Right here = RightToBeHere(observer, lower_ms, directory);
  Asked asked{facts.kind, facts.teacher, facts.department, facts.review, {}};
  if (observer != facts.lead && lesson_start_ms != 0) asked.lesson_start_ms = lesson_start_ms;
  const Right role = ByGrants(observer, asked, lower_ms, directory);
  return role == Right::kNever ? here : std::min(here, role);
}

Right RightToLead(const Id16& person, const core::VisitFacts& facts, int64_t lower_ms,
                  const Directory& directory) {
  // Whoever leads is another's leader, also somebody who did: a head of department who stepped down
  // is led again, and never led themself.
  if (!facts.teacher.IsZero() && person == facts.teacher) return Right::kNever;
  const std::vector<core::Scope> leads = core::LeadScopes(facts);
  const auto opens = [&leads](const std::vector<core::Scope>& scopes) {
    return std::any_of(leads.begin(), leads.end(), [&scopes](const core::Scope& scope) {
      return std::binary_search(scopes.begin(), scopes.end(), scope);
    });
  };
  if (opens(directory.ScopesOf(person))) return Right::kNow;
  // The heads of a senior leader are named one by one, and so only those who are heads now.
  const auto was_head = [&](const v1::RoleGrant& grant, const std::vector<core::Scope>& scopes) {
    return facts.lead_rule == core::LeadRule::kHeads && grant.role() == v1::ROLE_HEAD &&
           std::binary_search(scopes.begin(), scopes.end(), core::SchoolScope(facts.school));
  };
  Right best = Right::kNever;
  for (const v1::RoleGrant* grant : directory.AllGrantsOf(person)) {
    const Id16 org = IdOrZeros(grant->org());
    const std::vector<core::Scope> scopes = directory.ScopesOfGrant(*grant);
    if (!opens(scopes) && !was_head(*grant, scopes)) continue;
    if (grant->state() == v1::GRANT_STATE_ENDED) {
      best = std::max(best, Ended(grant->to_day(), org, lower_ms, directory));
    } else if (grant->state() == v1::GRANT_STATE_LIVE) {  // Of somebody who has left.
      best = std::max(best, RightToBeHere(person, lower_ms, directory));
    }
  }
  return best;
}

bool LeadsTeacher(const Id16& person, const core::VisitFacts& facts, const Directory& directory) {
  return RightToLead(person, facts, 0, directory) == Right::kNow;
}

bool IsForLeaders(VisitKind kind) {
  switch (kind) {
    case VisitKind::kDept:
    case VisitKind::kTeam:
    case VisitKind::kWalk:
    case VisitKind::kMentor:
    case VisitKind::kAst:
      return true;
    default:
      return false;
  }
}

bool MayNameATeacher(VisitKind kind) {
  return kind != VisitKind::kReview && kind != VisitKind::kGovernor;
}

}  // namespace halfterm::sync
