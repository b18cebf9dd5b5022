#include "sync/judge.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "halfterm/v1/observation.pb.h"
#include "sync/facts.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using core::Kind;
using core::Path;
using core::VisitKind;

Judgement Committed() { return {}; }

Judgement Aside(v1::Reason reason, const char* detail) {
  return {v1::DISPOSITION_QUARANTINED, reason, detail};
}

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

bool IsWithin(const Id16& org, const Id16& above, const Directory& directory) {
  Id16 at = org;
  for (int depth = 0; depth < 8 && !at.IsZero(); ++depth) {
    if (at == above) return true;
    const v1::Org* found = directory.Org(at);
    if (found == nullptr) return false;
    at = Id16::FromBytes(found->parent()).value_or(Id16{});
  }
  return false;
}

// Whether the grant reaches this teacher, or a visit to this department.
bool Reaches(const v1::RoleGrant& grant, const Id16& teacher, const Id16& department,
             const Directory& directory) {
  if (!grant.people().empty()) {
    return std::any_of(grant.people().begin(), grant.people().end(), [&](const std::string& p) {
      return !teacher.IsZero() && p == teacher.view();
    });
  }
  const Id16 org = Id16::FromBytes(grant.org()).value_or(Id16{});
  if (org.IsZero()) return false;
  if (!department.IsZero() && !IsWithin(department, org, directory)) return false;
  if (teacher.IsZero()) return !department.IsZero();
  // Naming one's own department does not make a colleague of another one a member of it.
  const v1::Person* person = directory.Person(teacher);
  if (person == nullptr) return false;
  return std::any_of(person->departments().begin(), person->departments().end(),
                     [&](const v1::DepartmentMembership& membership) {
                       const auto id = Id16::FromBytes(membership.org());
                       return id && IsWithin(*id, org, directory);
                     });
}

// The first moment after a grant's last day.
int64_t EndOf(const v1::RoleGrant& grant, const Id16& site, const Directory& directory) {
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + grant.to_day() + 1;
  return absl::ToUnixMillis(absl::FromCivil(day, directory.ZoneOf(site)));
}

bool IsOpenKind(VisitKind kind, const v1::Policy& policy) {
  if (policy.open_kinds().empty()) {
    return kind == VisitKind::kInformal || kind == VisitKind::kSelf || kind == VisitKind::kCalib;
  }
  return std::any_of(policy.open_kinds().begin(), policy.open_kinds().end(),
                     [kind](int open) { return open == static_cast<int>(kind); });
}

Judgement ByRight(Right right, bool own_facet) {
  switch (right) {
    case Right::kNow:
      return Committed();
    case Right::kEnded:
      if (own_facet) {
        return {v1::DISPOSITION_LATE, v1::REASON_ENDED, "the role ended after this was written"};
      }
      return Aside(v1::REASON_ENDED, "the role has ended");
    case Right::kNever:
      break;
  }
  return Aside(v1::REASON_NEVER_ALLOWED, "no role that allows this");
}

Judgement JudgeCreation(const Submission& submission, const Directory& directory) {
  const core::Facet& delta = submission.delta;
  const auto id = [&delta](uint16_t field) {
    return ShownId(delta, Path::Field(field, Kind::kReg));
  };
  const auto kind = static_cast<VisitKind>(
      ShownNumber(delta, Path::Field(v1::Plan::kKindFieldNumber, Kind::kReg)));
  if (kind == VisitKind::kUnknown) {
    return Aside(v1::REASON_NEVER_ALLOWED, "a new plan has no kind");
  }
  if (PresentEntries(delta, v1::Plan::kObserversFieldNumber).size() > core::kMaxObservers) {
    return Aside(v1::REASON_TOO_LARGE, "more than 8 observers");
  }
  const Id16 teacher = id(v1::Plan::kTeacherFieldNumber);
  Id16 department = id(v1::Plan::kDepartmentAtLessonFieldNumber);
  if (!teacher.IsZero() && directory.Person(teacher) == nullptr) {
    return Aside(v1::REASON_NEVER_ALLOWED, "no such teacher");
  }
  if (!department.IsZero() && directory.Org(department) == nullptr) {
    return Aside(v1::REASON_NEVER_ALLOWED, "no such department");
  }
  const Right right = RightToCreate(submission.author, kind, teacher, department,
                                    submission.lower_ms, directory);
  const Judgement own = ByRight(right, /*own_facet=*/true);
  if (own.disposition != v1::DISPOSITION_COMMITTED) return own;
  const Id16 lead = id(v1::Plan::kLeadFieldNumber);
  if (!lead.IsZero() && lead != submission.author &&
      RightToCreate(lead, kind, teacher, department, submission.lower_ms, directory) !=
          Right::kNow) {
    return Aside(v1::REASON_NEVER_ALLOWED, "the lead has no role that allows this");
  }
  return Committed();
}

Judgement JudgeAuthor(const Submission& submission, const RecordView& record,
                      const core::VisitFacts& facts, const Directory& directory) {
  const core::FacetId& facet = submission.group.facet;
  const Id16& author = submission.author;
  const bool is_lead = facts.has_plan && author == facts.lead;
  const bool is_observer =
      is_lead || std::find(facts.observers.begin(), facts.observers.end(), author) !=
                     facts.observers.end();
  const bool is_teacher = !facts.teacher.IsZero() && author == facts.teacher;
  const bool is_shared = facts.phase.round >= 1 && facts.phase.level >= core::kShared;
  const bool teacher_owned = facts.kind == VisitKind::kPeer || facts.kind == VisitKind::kSelf;
  const auto allow = [](bool allowed, const char* otherwise) {
    return allowed ? Committed() : Aside(v1::REASON_NEVER_ALLOWED, otherwise);
  };

  if (facet.facet_class == core::kSheet) {
    if (author != facet.sub) return allow(false, "another observer's sheet");
    return allow(!is_teacher || facts.kind == VisitKind::kSelf, "nobody observes themself");
  }
  if (facet.facet_class == core::kPlan) {
    if (!facts.has_plan) return JudgeCreation(submission, directory);
    if (submission.writes_once) {
      return Aside(v1::REASON_NEVER_ALLOWED, "a field that is set once; correct it instead");
    }
    return allow(is_lead, "only the visit's lead changes its plan");
  }
  if (!facts.has_plan) return allow(false, "there is no plan of this visit");
  switch (facet.facet_class) {
    case core::kConsensus:
      return allow(is_observer && facts.revealed, "not before every observer has submitted");
    case core::kFeedback:
      return allow(is_lead, "only the visit's lead writes feedback");
    case core::kSteps:
      return allow(is_lead || (is_teacher && is_shared), "only the lead, and then the teacher");
    case core::kResponse:
      return allow(is_teacher && facet.sub == author && (is_shared || teacher_owned),
                   "only the observed teacher answers, from the first shared version on");
    case core::kAnswers:
      return allow(is_observer || LeadsTeacher(author, facts, directory),
                   "only observers and whoever leads the teacher answer queries");
    default:
      (void)record;
      return Aside(v1::REASON_SERVER_ONLY, "only the server writes this part");
  }
}

// A write whose writer held the newest copy and yet replaces nothing of what that copy showed.
bool IsBlind(const core::Facet& delta, const core::Facet& held) {
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held.Find(cell.path);
    if (before == nullptr) continue;
    for (const core::Sibling& sibling : before->siblings) {
      if (!core::Covers(cell, sibling.dot)) return true;
    }
  }
  return false;
}

// A context that names more of another store than the server ever held would silently swallow what
// that store writes next. A tablet learns of others through the server alone, so it cannot be true.
bool ClaimsTooMuch(const core::Facet& delta, const core::Facet* held, uint64_t own_replica) {
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held == nullptr ? nullptr : held->Find(cell.path);
    for (const core::Dot& seen : cell.seen) {
      if (seen.replica == own_replica) continue;
      if (before == nullptr || core::SeenCount(*before, seen.replica) < seen.count) return true;
    }
  }
  return false;
}

bool KnewOfTheEnd(const Submission& submission, const core::VisitFacts& facts) {
  const core::Known& known = submission.group.known;
  if (known.withdrawn() || known.level >= core::kClosed) return true;
  const bool over = facts.phase.withdrawn || facts.phase.level >= core::kClosed;
  return over && submission.base_covers_plan;
}

}  // namespace

Right RightToCreate(const Id16& author, VisitKind kind, const Id16& teacher,
                    const Id16& department, int64_t lower_ms, const Directory& directory) {
  if (directory.Person(author) == nullptr) return Right::kNever;
  if ((kind == VisitKind::kSelf) != (!teacher.IsZero() && teacher == author)) return Right::kNever;
  const Id16 at = department.IsZero() ? directory.FirstDepartmentOf(teacher) : department;
  const Id16 site = directory.SiteOf(at);
  if (IsOpenKind(kind, directory.PolicyOf(site))) return Right::kNow;

  Right best = Right::kNever;
  for (const v1::RoleGrant* grant : directory.AllGrantsOf(author)) {
    if (!RoleCreates(grant->role(), kind)) continue;
    if (!Reaches(*grant, teacher, department, directory)) continue;
    if (grant->state() == v1::GRANT_STATE_LIVE) return Right::kNow;
    if (grant->state() == v1::GRANT_STATE_ENDED &&
        lower_ms < EndOf(*grant, site, directory)) {
      best = Right::kEnded;
    }
  }
  return best;
}

bool LeadsTeacher(const Id16& person, const core::VisitFacts& facts, const Directory& directory) {
  const std::vector<core::Scope> own = directory.ScopesOf(person);
  for (const core::Scope& scope : core::LeadScopes(facts)) {
    if (std::binary_search(own.begin(), own.end(), scope)) return true;
  }
  return false;
}

Judgement Judge(const Submission& submission, const RecordView& record,
                const core::VisitFacts& facts, const Directory& directory) {
  const uint8_t facet_class = submission.group.facet.facet_class;
  if (facet_class == core::kVersion || facet_class >= core::kBody || facet_class == 0) {
    return Aside(v1::REASON_SERVER_ONLY, "only the server writes this part");
  }
  const core::FacetId& id = submission.group.facet;
  const core::Facet* held = record.Find(static_cast<core::FacetClass>(facet_class), id.sub);
  if (ClaimsTooMuch(submission.delta, held, submission.replica)) {
    return Aside(v1::REASON_MALFORMED, "it claims to have seen what the server never held");
  }
  if (held != nullptr && submission.base_covers_facet && IsBlind(submission.delta, *held)) {
    return Aside(v1::REASON_BLIND, "it leaves out a value that its tablet held");
  }
  const Judgement author = JudgeAuthor(submission, record, facts, directory);
  if (author.disposition != v1::DISPOSITION_COMMITTED) return author;
  if (KnewOfTheEnd(submission, facts)) {
    return Aside(v1::REASON_CLOSED, "its tablet knew that the visit was closed or withdrawn");
  }
  return Committed();
}

}  // namespace halfterm::sync
