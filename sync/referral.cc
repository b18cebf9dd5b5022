#include "sync/referral.h"

#include <algorithm>
#include <string>

#include "halfterm/v1/management.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "sync/facts.h"

namespace halfterm::sync {
namespace {

using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;
using core::RecordSort;
using Body = v1::ReferralBody;

Judgement Never(const char* why) {
  return {v1::DISPOSITION_QUARANTINED, v1::REASON_NEVER_ALLOWED, why};
}

// What somebody who cannot see the record is told, whatever there is.
constexpr char kNotThere[] = "there is no such referral";

Path Once(int field) { return Path::Field(static_cast<uint16_t>(field), Kind::kReg); }

// Whoever wrote what is set once and always there.
Id16 OpenerOf(const Facet& body) {
  for (const int field : {Body::kSubjectFieldNumber, Body::kDepartmentFieldNumber}) {
    const core::Cell* cell = body.Find(Once(field));
    const core::Sibling* shown = cell == nullptr ? nullptr : core::ShownFirst(*cell);
    if (shown != nullptr) return shown->author;
  }
  return {};
}

// A refusal on either of the teacher's tablets counts, until the teacher has settled which it is.
bool HasRefused(const Facet* consent) {
  const core::Cell* given =
      consent == nullptr ? nullptr : consent->Find(Once(v1::Consent::kGivenFieldNumber));
  if (given == nullptr) return false;
  const std::string yes(1, '\x01');
  return std::any_of(given->siblings.begin(), given->siblings.end(),
                     [&yes](const core::Sibling& sibling) { return sibling.value != yes; });
}

void SetReferral(const RecordView& record, const Facet& body, const Directory& directory,
                 core::VisitFacts& facts) {
  facts.sort = RecordSort::kReferral;
  facts.phase = PhaseOf(&body, Body::kPhaseFieldNumber);
  facts.lead = OpenerOf(body);
  facts.teacher = ShownId(body, Once(Body::kSubjectFieldNumber));
  facts.department = ShownId(body, Once(Body::kDepartmentFieldNumber));
  if (facts.department.IsZero()) facts.department = directory.FirstDepartmentOf(facts.teacher);
  facts.school = directory.SiteOf(facts.department);
  facts.helper = ShownId(body, Once(Body::kHelperFieldNumber));
  facts.agreed = facts.phase.level >= core::kReferralConsented && !facts.phase.withdrawn &&
                 !HasRefused(record.Find(core::kConsent, facts.teacher));
  SetLeadRule(facts, directory);
}

void SetOfScope(const Id16& scope, const Directory& directory, core::VisitFacts& facts) {
  facts.sort = RecordSort::kOfScope;
  const v1::Org* org = directory.Org(scope);
  if (org != nullptr && org->kind() == v1::ORG_KIND_DEPARTMENT) facts.department = scope;
  if (org != nullptr) facts.school = directory.SiteOf(scope);
}

// The facts of the record that a first page would make.
core::VisitFacts FactsOfFirst(const Submission& submission, const Directory& directory) {
  const core::FacetId& id = submission.group.facet;
  return FactsOf({id.record, {{id, &submission.delta}}}, directory);
}

bool IsStaff(const v1::Person& person) {
  return person.type() != v1::PERSON_TYPE_GOVERNOR && person.type() != v1::PERSON_TYPE_EXTERNAL;
}

bool TeachesIn(const Id16& teacher, const Id16& department, const Directory& directory) {
  const auto& memberships = directory.Person(teacher)->departments();
  return std::any_of(memberships.begin(), memberships.end(),
                     [&department](const v1::DepartmentMembership& membership) {
                       return membership.org() == department.view();
                     });
}

Judgement JudgeOpening(const Submission& submission, const Directory& directory) {
  const core::VisitFacts facts = FactsOfFirst(submission, directory);
  const bool names_department =
      !ShownId(submission.delta, Once(Body::kDepartmentFieldNumber)).IsZero();
  if (facts.teacher.IsZero() && !names_department) {
    return Never("a new referral is about nobody");
  }
  if (!facts.teacher.IsZero() && directory.Person(facts.teacher) == nullptr) {
    return Never("no such teacher");
  }
  if (names_department && directory.Org(facts.department) == nullptr) {
    return Never("no such department");
  }
  // Else whoever leads that department would read about a teacher whom they do not lead.
  if (!facts.teacher.IsZero() && names_department &&
      !TeachesIn(facts.teacher, facts.department, directory)) {
    return Never("the teacher teaches in another department");
  }
  if (!facts.helper.IsZero()) {
    const v1::Person* helper = directory.Person(facts.helper);
    if (helper == nullptr || !IsStaff(*helper)) return Never("no such helper");
    if (facts.helper == facts.teacher) return Never("nobody helps themself");
  }
  return ByRight(RightToOpen(submission.author, facts, submission.lower_ms, directory),
                 /*own_facet=*/true);
}

// Which is of a department or school.
Judgement JudgeFirstOfScope(const Submission& submission, const Directory& directory) {
  const core::VisitFacts facts = FactsOfFirst(submission, directory);
  if (facts.school.IsZero()) return Never("it is of no department or school");
  if (submission.group.facet.facet_class == core::kCycleReview) {
    const Id16 cycle = ShownId(submission.delta, Once(v1::CycleReview::kCycleFieldNumber));
    const std::vector<v1::Cycle>& cycles = directory.content().cycles;
    if (std::none_of(cycles.begin(), cycles.end(),
                     [&cycle](const v1::Cycle& known) { return known.id() == cycle.view(); })) {
      return Never("no such cycle");
    }
  }
  return ByRight(RightToLead(submission.author, facts, submission.lower_ms, directory),
                 /*own_facet=*/true);
}

// The opener goes on while they lead somebody; one whom the teacher has moved away from has lost
// no role.
Right RightOfOpener(const Id16& opener, int64_t lower_ms, const core::VisitFacts& facts,
                    const Directory& directory) {
  const Right here = RightToBeHere(opener, lower_ms, directory);
  const Right leads = RightToLead(opener, facts, lower_ms, directory);
  return leads == Right::kNever ? here : std::min(here, leads);
}

Judgement JudgeBody(const Submission& submission, const core::VisitFacts& facts,
                    const Directory& directory) {
  const Id16& author = submission.author;
  const bool opened = facts.phase.level >= core::kReferralOpen;
  Right right = Right::kNever;
  if (author == facts.lead) {
    right = RightOfOpener(author, submission.lower_ms, facts, directory);
  } else if (opened) {
    right = RightToLead(author, facts, submission.lower_ms, directory);
    if (facts.agreed && author == facts.helper) {
      right = std::max(right, RightToBeHere(author, submission.lower_ms, directory));
    }
  }
  if (right == Right::kNever) {
    const bool reads = opened && author == facts.teacher;
    return Never(reads ? "its teacher answers on a page of their own" : kNotThere);
  }
  if (submission.writes_once) return Never("a field that is set once");
  return ByRight(right, /*own_facet=*/!opened);
}

Judgement JudgeConsent(const Submission& submission, const core::VisitFacts& facts,
                       const Directory& directory) {
  const Id16& author = submission.author;
  if (facts.phase.level < core::kReferralOpen || author != facts.teacher ||
      submission.group.facet.sub != author) {
    return Never(kNotThere);
  }
  return ByRight(RightToBeHere(author, submission.lower_ms, directory), /*own_facet=*/true);
}

Judgement JudgeOfScope(const Submission& submission, const core::VisitFacts& facts,
                       const Directory& directory) {
  const Right right = RightToLead(submission.author, facts, submission.lower_ms, directory);
  if (right == Right::kNever) return Never(kNotThere);
  if (submission.writes_once) return Never("a field that is set once");
  return ByRight(right, /*own_facet=*/false);
}

}  // namespace

core::VisitFacts OtherFactsOf(const RecordView& record, const Directory& directory) {
  core::VisitFacts facts;
  if (const Facet* body = record.Find(core::kReferral)) {
    SetReferral(record, *body, directory, facts);
  } else if (const Facet* review = record.Find(core::kCycleReview)) {
    SetOfScope(ShownId(*review, Once(v1::CycleReview::kScopeFieldNumber)), directory, facts);
  } else if (const Facet* cell = record.Find(core::kManagementCell)) {
    SetOfScope(ShownId(*cell, Once(v1::ManagementCell::kScopeFieldNumber)), directory, facts);
  }
  return facts;
}

core::FacetId LeadingFacet(const RecordView& record, const core::VisitFacts& facts) {
  uint8_t leading = core::kPlan;
  if (facts.sort == RecordSort::kReferral) leading = core::kReferral;
  if (facts.sort == RecordSort::kOfScope) {
    leading =
        record.Find(core::kCycleReview) == nullptr ? core::kManagementCell : core::kCycleReview;
  }
  return {record.id, leading, {}};
}

bool IsWrittenOnReferrals(uint8_t facet_class) {
  return facet_class == core::kReferral || facet_class == core::kConsent ||
         facet_class == core::kCycleReview || facet_class == core::kManagementCell;
}

Judgement JudgeReferral(const Submission& submission, const RecordView& record,
                        const core::VisitFacts& facts, const Directory& directory) {
  const uint8_t facet_class = submission.group.facet.facet_class;
  const bool is_first = record.facets.empty();
  switch (facet_class) {
    case core::kReferral:
      if (is_first) return JudgeOpening(submission, directory);
      if (facts.sort == RecordSort::kReferral) return JudgeBody(submission, facts, directory);
      break;
    case core::kConsent:
      if (facts.sort == RecordSort::kReferral) return JudgeConsent(submission, facts, directory);
      break;
    case core::kCycleReview:
    case core::kManagementCell:
      if (is_first) return JudgeFirstOfScope(submission, directory);
      if (record.Find(static_cast<core::FacetClass>(facet_class)) != nullptr) {
        return JudgeOfScope(submission, facts, directory);
      }
      break;
    default:
      break;
  }
  return Never(kNotThere);
}

bool KeepsTheReferral(const Id16& person, const core::VisitFacts& facts, bool is_first,
                      const Directory& directory) {
  if (RightToBeHere(person, 0, directory) != Right::kNow) return false;
  if (facts.sort == RecordSort::kOfScope) return LeadsTeacher(person, facts, directory);
  if (facts.sort != RecordSort::kReferral) return false;
  if (!is_first && facts.phase.level < core::kReferralOpen) return false;
  if (RightOfOpener(facts.lead, 0, facts, directory) == Right::kNow) return person == facts.lead;
  return person != facts.lead && LeadsTeacher(person, facts, directory);
}

Right RightToOpen(const Id16& person, const core::VisitFacts& facts, int64_t lower_ms,
                  const Directory& directory) {
  return std::min(RightToCreate(person, core::VisitKind::kDept, facts.teacher, facts.department,
                                lower_ms, directory),
                  RightToLead(person, facts, lower_ms, directory));
}

}  // namespace halfterm::sync
