#include "sync/core/audience.h"

#include <algorithm>

namespace halfterm::core {
namespace {

using Scopes = std::vector<Scope>;

void AddPerson(Scopes& scopes, const Id16& person) {
  if (!person.IsZero()) scopes.push_back(PersonScope(person));
}

void AddObservers(Scopes& scopes, const VisitFacts& facts) {
  for (const Id16& observer : facts.observers) AddPerson(scopes, observer);
  AddPerson(scopes, facts.lead);
}

bool IsObserver(const VisitFacts& facts, const Id16& person) {
  return person == facts.lead ||
         std::find(facts.observers.begin(), facts.observers.end(), person) != facts.observers.end();
}

// The sheet of somebody who is not one of the visit's observers is filed for its author alone,
// uncounted, until the lead adds them; so is the response of somebody whom the plan, corrected,
// names no longer as its teacher.
bool IsOfSomebodyElse(const VisitFacts& facts, const FacetId& facet) {
  if (facet.facet_class == kSheet) return !IsObserver(facts, facet.sub);
  return facet.facet_class == kResponse && !facet.sub.IsZero() && facet.sub != facts.teacher;
}

void AddReaders(Scopes& scopes, const VisitFacts& facts) {
  for (const Id16& reader : facts.readers) AddPerson(scopes, reader);
}

void AddLead(Scopes& scopes, const VisitFacts& facts) {
  for (const Scope& scope : LeadScopes(facts)) scopes.push_back(scope);
}

bool IsShared(const VisitFacts& facts) {
  return facts.phase.round >= 1 && facts.phase.level >= kShared;
}

bool IsClosed(const VisitFacts& facts) { return facts.phase.level >= kClosed; }

// What a teacher wrote to something that is not shared is the teacher's alone; the other parts that
// belong to a shared version are nobody's.
void AddOwnResponse(Scopes& scopes, const FacetId& facet) {
  if (facet.facet_class == kResponse) AddPerson(scopes, facet.sub);
}

// What a teacher may let others read, once it is shared.
bool IsGiven(const VisitFacts& facts, uint8_t facet_class) {
  return IsShared(facts) && (facet_class == kVersion || facet_class == kResponse ||
                             facet_class == kAnswers || facet_class == kSteps);
}

// What a visit between two colleagues, or of one's own, consists of.
bool IsPageOfAPair(uint8_t facet_class) {
  switch (facet_class) {
    case kPlan:
    case kSheet:
    case kFeedback:
    case kVersion:
    case kResponse:
    case kSteps:
    case kAnswers:
      return true;
    default:
      return false;
  }
}

// Observers and the teacher's leaders, and the teacher from the moment that feedback is shared.
void AddFormal(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  const bool opened = IsShared(facts);
  switch (facet.facet_class) {
    case kPlan:
      AddObservers(scopes, facts);
      AddLead(scopes, facts);
      if (facts.announced || facts.phase.level >= kDraft) AddPerson(scopes, facts.teacher);
      return;
    case kSheet:
      AddPerson(scopes, facet.sub);
      if (facts.revealed) AddObservers(scopes, facts), AddLead(scopes, facts);
      return;
    case kConsensus:
      if (facts.revealed) AddObservers(scopes, facts), AddLead(scopes, facts);
      return;
    case kFeedback:
      AddPerson(scopes, facts.lead);
      if (facts.revealed) AddObservers(scopes, facts), AddLead(scopes, facts);
      return;
    case kSteps:
      AddPerson(scopes, facts.lead);
      if (facts.revealed || opened) AddObservers(scopes, facts), AddLead(scopes, facts);
      if (!opened) return;
      break;
    case kVersion:
    case kAnswers:
    case kResponse:
      if (!opened) return AddOwnResponse(scopes, facet);
      AddObservers(scopes, facts);
      AddLead(scopes, facts);
      break;
    default:
      return;
  }
  AddPerson(scopes, facts.teacher);
  if (!IsClosed(facts)) AddReaders(scopes, facts);
}

// The pair's own: leaders see counts, never records.
void AddCoach(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  const bool opened = IsShared(facts);
  switch (facet.facet_class) {
    case kPlan:
      AddObservers(scopes, facts);
      if (facts.phase.level >= kSubmitted || (facts.phase.level <= kPlanned && facts.announced)) {
        AddPerson(scopes, facts.teacher);
      }
      return;
    case kSheet:
      AddPerson(scopes, facet.sub);
      return;
    case kFeedback:
      AddPerson(scopes, facts.lead);
      return;
    case kSteps:
      if (!opened) return AddPerson(scopes, facts.lead);
      break;
    case kVersion:
    case kAnswers:
    case kResponse:
      if (!opened) return AddOwnResponse(scopes, facet);
      break;
    default:
      return;
  }
  AddObservers(scopes, facts);
  AddPerson(scopes, facts.teacher);
  AddReaders(scopes, facts);
}

void AddPeer(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  if (!IsPageOfAPair(facet.facet_class)) return;
  AddObservers(scopes, facts);
  AddPerson(scopes, facts.teacher);
  if (IsGiven(facts, facet.facet_class)) AddReaders(scopes, facts);
}

// A note from a visitor to the teacher, and nobody else.
void AddInformal(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  switch (facet.facet_class) {
    case kPlan:
      AddObservers(scopes, facts);
      if (facts.phase.level >= kSubmitted) AddPerson(scopes, facts.teacher);
      return;
    case kSheet:
    case kFeedback:
    case kSteps:
      AddPerson(scopes, facet.facet_class == kSheet ? facet.sub : facts.lead);
      if (!facts.revealed && !(facet.facet_class == kSteps && IsShared(facts))) return;
      break;
    case kVersion:
    case kAnswers:
    case kResponse:
      if (!IsShared(facts)) return AddOwnResponse(scopes, facet);
      break;
    default:
      return;
  }
  AddObservers(scopes, facts);
  AddPerson(scopes, facts.teacher);
}

void AddSelf(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  const uint8_t c = facet.facet_class;
  if (!IsPageOfAPair(c)) return;
  AddPerson(scopes, facts.teacher);
  const bool readable = (c == kPlan && facts.phase.level >= kSubmitted) ||
                        ((c == kSheet || c == kFeedback) && facts.revealed) || IsGiven(facts, c);
  if (readable) AddReaders(scopes, facts);
}

void AddCalibration(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  switch (facet.facet_class) {
    case kSheet:
      AddPerson(scopes, facet.sub);
      if (facts.revealed) AddObservers(scopes, facts);
      return;
    case kConsensus:
      if (facts.revealed) AddObservers(scopes, facts);
      return;
    case kFeedback:
      AddPerson(scopes, facts.lead);
      if (facts.revealed) AddObservers(scopes, facts);
      return;
    case kPlan:
      AddObservers(scopes, facts);
      return;
    case kVersion:
      AddObservers(scopes, facts);
      // A recorded lesson has no teacher who could have asked.
      if (facts.feedback_asked && IsShared(facts)) AddPerson(scopes, facts.teacher);
      return;
    default:
      return;
  }
}

// Of a review between schools: each page is its writer's until the visit is submitted, then the
// review's, and the host's once its lead has shared what the team found. No teacher is named.
void AddReview(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  switch (facet.facet_class) {
    case kPlan:
    case kVersion:
      AddObservers(scopes, facts);
      break;
    case kSheet:
      AddPerson(scopes, facet.sub);
      break;
    case kFeedback:
      AddPerson(scopes, facts.lead);
      break;
    default:
      return;
  }
  if (facts.phase.level >= kSubmitted && !facts.review.IsZero()) {
    scopes.push_back(ReviewScope(facts.review));
  }
  if (IsShared(facts)) AddLead(scopes, facts);
}

// Of a governor: a note to a department. No teacher is named.
void AddGovernor(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  switch (facet.facet_class) {
    case kPlan:
      AddObservers(scopes, facts);
      break;
    case kSheet:
      AddPerson(scopes, facet.sub);
      break;
    case kFeedback:
    case kVersion:
      AddPerson(scopes, facts.lead);
      break;
    default:
      return;
  }
  if (facts.phase.level < kSubmitted) return;
  AddLead(scopes, facts);
}

// A page of a visit in a record of another sort; nobody can tell from it that the record is there.
void AddStray(Scopes& scopes, const FacetId& facet) {
  if (facet.facet_class == kSheet || facet.facet_class == kResponse) AddPerson(scopes, facet.sub);
}

// Nobody hears of a referral before its teacher does, and its helper not before the teacher agrees.
void AddReferral(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  const bool opened = facts.phase.level >= kReferralOpen;
  switch (facet.facet_class) {
    case kReferral:
      AddPerson(scopes, facts.lead);
      if (!opened) return;
      if (facts.phase.withdrawn) return AddPerson(scopes, facts.teacher);
      break;
    case kConsent:
      if (facts.phase.withdrawn) return;
      if (!opened || facts.teacher.IsZero() || facet.sub != facts.teacher) {
        return AddPerson(scopes, facet.sub);
      }
      AddPerson(scopes, facts.lead);
      break;
    case kEvidence:
      if (facts.phase.withdrawn || facts.phase.level < kReferralConsented) return;
      AddPerson(scopes, facts.lead);
      break;
    default:
      return AddStray(scopes, facet);
  }
  AddPerson(scopes, facts.teacher);
  AddLead(scopes, facts);
  if (facts.agreed) AddPerson(scopes, facts.helper);
}

void AddOfScope(Scopes& scopes, const VisitFacts& facts, const FacetId& facet) {
  const bool is_its_page =
      facet.facet_class == kCycleReview || facet.facet_class == kManagementCell;
  if (!is_its_page) return AddStray(scopes, facet);
  AddLead(scopes, facts);
}

}  // namespace

std::vector<Scope> LeadScopes(const VisitFacts& facts) {
  Scopes scopes;
  if (facts.lead_rule == LeadRule::kHeads) {
    for (const Id16& head : facts.heads) {
      if (head != facts.teacher) AddPerson(scopes, head);
    }
    return scopes;
  }
  if (facts.lead_rule == LeadRule::kDepartmentAndSchool && !facts.department.IsZero()) {
    scopes.push_back(DepartmentScope(facts.department));
  }
  if (!facts.school.IsZero()) scopes.push_back(SchoolScope(facts.school));
  return scopes;
}

std::vector<Scope> Audience(const VisitFacts& facts, const FacetId& facet, const Id16& author) {
  Scopes scopes;
  if (facts.sort == RecordSort::kReferral) {
    AddReferral(scopes, facts, facet);
  } else if (facts.sort == RecordSort::kOfScope) {
    AddOfScope(scopes, facts, facet);
  } else if (!facts.has_plan) {
    AddPerson(scopes, author);
  } else if (facts.phase.withdrawn && facet.facet_class != kPlan) {
    return scopes;
  } else if (IsOfSomebodyElse(facts, facet)) {
    AddPerson(scopes, facet.sub);
  } else {
    VisitFacts seen = facts;
    // A withdrawn plan is a stub with a reason, for everybody who could have read it.
    if (facts.phase.withdrawn) seen.phase.level = std::max<uint8_t>(facts.phase.level, kSubmitted);
    switch (facts.kind) {
      case VisitKind::kDept:
      case VisitKind::kTeam:
      case VisitKind::kWalk:
      case VisitKind::kMentor:
      case VisitKind::kAst:
        AddFormal(scopes, seen, facet);
        break;
      case VisitKind::kCoach:
        AddCoach(scopes, seen, facet);
        break;
      case VisitKind::kPeer:
        AddPeer(scopes, seen, facet);
        break;
      case VisitKind::kInformal:
        AddInformal(scopes, seen, facet);
        break;
      case VisitKind::kSelf:
        AddSelf(scopes, seen, facet);
        break;
      case VisitKind::kCalib:
        AddCalibration(scopes, seen, facet);
        break;
      case VisitKind::kReview:
        AddReview(scopes, seen, facet);
        break;
      case VisitKind::kGovernor:
        AddGovernor(scopes, seen, facet);
        break;
      default:  // A kind of a later version: nobody else, until it is known.
        AddPerson(scopes, facts.lead);
        break;
    }
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

}  // namespace halfterm::core
