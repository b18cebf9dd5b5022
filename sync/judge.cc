#include "sync/judge.h"

#include <algorithm>

#include "halfterm/v1/observation.pb.h"
#include "sync/facts.h"
#include "sync/referral.h"

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
  const std::vector<Id16> observers = PresentEntries(delta, v1::Plan::kObserversFieldNumber);
  if (observers.size() > core::kMaxObservers) {
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
  if (department.IsZero()) department = DepartmentOfLesson(delta, teacher, directory);
  if (!MayObserveTogether(kind, teacher, observers)) {
    return Aside(v1::REASON_NEVER_ALLOWED, "nobody observes themself");
  }
  const Id16 review = id(v1::Plan::kReviewFieldNumber);
  const Right right = RightToCreate(submission.author, kind, teacher, department,
                                    submission.lower_ms, directory, review);
  const Judgement own = ByRight(right, /*own_facet=*/true);
  if (own.disposition != v1::DISPOSITION_COMMITTED) return own;
  const Id16 lead = id(v1::Plan::kLeadFieldNumber);
  if (!lead.IsZero() && lead != submission.author &&
      RightToCreate(lead, kind, teacher, department, submission.lower_ms, directory, review) !=
          Right::kNow) {
    return Aside(v1::REASON_NEVER_ALLOWED, "the lead has no role that allows this");
  }
  return Committed();
}

// What a kind of visit has beside its plan and sheets; see the matrix of readers: what nobody could
// read is not taken.
bool HasConsensus(VisitKind kind) { return IsForLeaders(kind) || kind == VisitKind::kCalib; }
bool HasAnswersAndSteps(VisitKind kind) {
  return IsForLeaders(kind) || kind == VisitKind::kCoach || kind == VisitKind::kPeer ||
         kind == VisitKind::kInformal || kind == VisitKind::kSelf;
}

// What the person is to the visit.
struct Standing {
  bool lead, observer, teacher;
};

Standing StandingOf(const Id16& person, const core::VisitFacts& facts) {
  Standing standing{};
  standing.lead = facts.has_plan && person == facts.lead;
  standing.observer = standing.lead || std::find(facts.observers.begin(), facts.observers.end(),
                                                 person) != facts.observers.end();
  standing.teacher = !facts.teacher.IsZero() && person == facts.teacher;
  // Nobody observes themself, whatever the plan says.
  if (standing.teacher && facts.kind != VisitKind::kSelf) standing.lead = standing.observer = false;
  return standing;
}

Judgement JudgeAuthor(const Submission& submission, const RecordView& record,
                      const core::VisitFacts& facts, const Directory& directory) {
  const core::FacetId& facet = submission.group.facet;
  const Id16& author = submission.author;
  const Standing is = StandingOf(author, facts);
  const bool is_shared = facts.phase.round >= 1 && facts.phase.level >= core::kShared;
  const bool teacher_owned = facts.kind == VisitKind::kPeer || facts.kind == VisitKind::kSelf;
  const auto never = [](const char* why) { return Aside(v1::REASON_NEVER_ALLOWED, why); };
  const auto as_observer = [&](bool own_facet) {
    return ByRight(
        RightToObserve(author, facts, LessonStartMs(record), submission.lower_ms, directory),
        own_facet);
  };
  const auto as_teacher = [&](bool own_facet) {
    return ByRight(RightToBeHere(author, submission.lower_ms, directory), own_facet);
  };

  if (facet.facet_class == core::kSheet) {
    if (author != facet.sub) return never("another observer's sheet");
    if (is.teacher && facts.kind != VisitKind::kSelf) return never("nobody observes themself");
    return is.observer ? as_observer(/*own_facet=*/true) : as_teacher(/*own_facet=*/true);
  }
  // A visit that the author cannot see is answered as one that is not there.
  const char* const not_there = "there is no plan of this visit";
  if (facet.facet_class == core::kPlan) {
    if (!facts.has_plan) return JudgeCreation(submission, directory);
    if (!is.lead) return never("only the visit's lead changes its plan");
    if (submission.writes_once) return never("a field that is set once; correct it instead");
    return as_observer(/*own_facet=*/true);
  }
  if (!facts.has_plan) return never(not_there);
  const auto refuse = [&](const char* why) {
    return never(MayReadPlan(author, facet.record, facts, directory) ? why : not_there);
  };
  switch (facet.facet_class) {
    case core::kConsensus:
      if (!HasConsensus(facts.kind)) return refuse("this kind of visit has no consensus");
      if (!is.observer || !facts.revealed) {
        return refuse("not before every observer has submitted");
      }
      return as_observer(/*own_facet=*/false);
    case core::kFeedback:
      if (!is.lead) return refuse("only the visit's lead writes feedback");
      return as_observer(/*own_facet=*/true);
    case core::kSteps:
      if (!HasAnswersAndSteps(facts.kind)) return refuse("this kind of visit has no steps");
      if (is.lead) return as_observer(/*own_facet=*/false);
      if (!is.teacher || !is_shared) return refuse("only the lead, and then the teacher");
      return as_teacher(/*own_facet=*/false);
    case core::kResponse:
      if (!HasAnswersAndSteps(facts.kind) || !is.teacher || facet.sub != author ||
          !(is_shared || teacher_owned)) {
        return refuse("only the observed teacher answers, from the first shared version on");
      }
      return as_teacher(/*own_facet=*/true);
    case core::kAnswers: {
      if (!HasAnswersAndSteps(facts.kind) || !(is_shared || teacher_owned)) {
        return refuse("nothing is shared that could be answered");
      }
      if (is.observer) return as_observer(/*own_facet=*/false);
      const Right leads = IsForLeaders(facts.kind)
                              ? RightToLead(author, facts, submission.lower_ms, directory)
                              : Right::kNever;
      if (leads == Right::kNever) {
        return refuse("only observers and whoever leads the teacher answer queries");
      }
      return ByRight(leads, /*own_facet=*/false);
    }
    default:
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

bool KnewOfTheEnd(const Submission& submission, const core::VisitFacts& facts) {
  const core::Known& known = submission.group.known;
  if (known.withdrawn() || known.level >= core::kClosed) return true;
  const bool over = facts.phase.withdrawn || facts.phase.level >= core::kClosed;
  return over && submission.base_covers_plan;
}

bool IsTheServers(uint8_t facet_class) {
  return facet_class == 0 || facet_class == core::kVersion ||
         (facet_class >= core::kBody && !IsWrittenOnReferrals(facet_class));
}

}  // namespace

std::vector<core::Dot> ClaimsBeyond(const core::Facet& delta, uint64_t replica,
                                    const core::Facet* held) {
  std::vector<core::Dot> beyond;
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held == nullptr ? nullptr : held->Find(cell.path);
    for (const core::Dot& seen : cell.seen) {
      if (seen.replica == replica) continue;
      if (before == nullptr || core::SeenCount(*before, seen.replica) < seen.count) {
        beyond.push_back(seen);
      }
    }
  }
  return beyond;
}

Judgement ByRight(Right right, bool own_facet) {
  switch (right) {
    case Right::kNow:
      return Committed();
    case Right::kEndedUnheard:
      if (own_facet) {
        return {v1::DISPOSITION_LATE, v1::REASON_ENDED,
                "the right to write this ended before it arrived"};
      }
      return Aside(v1::REASON_ENDED, "the right to write this has ended");
    case Right::kEnded:
      return Aside(v1::REASON_ENDED, "the right to write this has ended");
    case Right::kNever:
      break;
  }
  return Aside(v1::REASON_NEVER_ALLOWED, "no role that allows this");
}

bool MayReadPlan(const Id16& person, const Id16& record, const core::VisitFacts& facts,
                 const Directory& directory) {
  const std::vector<core::Scope> own = directory.ScopesOf(person);
  for (const core::Scope& scope : core::Audience(facts, {record, core::kPlan, {}}, Id16{})) {
    if (std::binary_search(own.begin(), own.end(), scope)) return true;
  }
  return false;
}

bool KeepsTheVisit(const Id16& person, const core::VisitFacts& facts, int64_t lesson_start_ms,
                   const Directory& directory) {
  if (!facts.has_plan || RightToBeHere(person, 0, directory) != Right::kNow) return false;
  if (RightToObserve(facts.lead, facts, lesson_start_ms, 0, directory) == Right::kNow) {
    return StandingOf(person, facts).lead;
  }
  if (person == facts.lead) return false;
  if (IsForLeaders(facts.kind)) return LeadsTeacher(person, facts, directory);
  const bool is_a_pair = facts.kind == VisitKind::kCoach || facts.kind == VisitKind::kPeer;
  return is_a_pair && StandingOf(person, facts).teacher;
}

bool IsReleasable(v1::Disposition disposition, v1::Reason reason) {
  if (disposition == v1::DISPOSITION_LATE) return true;
  if (disposition != v1::DISPOSITION_QUARANTINED) return false;
  return reason == v1::REASON_ENDED || reason == v1::REASON_CLOSED || reason == v1::REASON_BLIND;
}

bool MayAsk(v1::Intent::WhatCase what, const Id16& author, const core::FacetId& facet,
            const core::VisitFacts& facts, int64_t lesson_start_ms, const Directory& directory) {
  if (RightToBeHere(author, 0, directory) != Right::kNow) return false;
  const Standing is = StandingOf(author, facts);
  switch (what) {
    case v1::Intent::kSubmit:
      return facet.sub == author && (!is.teacher || facts.kind == VisitKind::kSelf);
    case v1::Intent::kExcuse:
    case v1::Intent::kShare:
      return is.lead;
    case v1::Intent::kClose:
      return is.lead || (IsForLeaders(facts.kind) && LeadsTeacher(author, facts, directory));
    case v1::Intent::kWithdraw:
      return is.lead || (is.teacher && facts.kind == VisitKind::kPeer);
    case v1::Intent::kCorrectPlan:
      return is.lead || KeepsTheVisit(author, facts, lesson_start_ms, directory);
    case v1::Intent::kJoin:
      return RightToCreate(author, facts.kind, facts.teacher, facts.department, 0, directory,
                           facts.review) == Right::kNow &&
             facts.kind != VisitKind::kSelf;
    case v1::Intent::kGrantRead:
    case v1::Intent::kEndRead:
      return is.teacher;
    case v1::Intent::kRelease:
      return KeepsTheVisit(author, facts, lesson_start_ms, directory);
    case v1::Intent::kErasePeer:
      return is.teacher && facts.kind == VisitKind::kPeer;
    case v1::Intent::kMoveSheet:
      return is.lead && IsForLeaders(facts.kind);
    case v1::Intent::WHAT_NOT_SET:
      break;
  }
  return false;
}

bool MayObserveTogether(VisitKind kind, const Id16& teacher, const std::vector<Id16>& observers) {
  return std::all_of(observers.begin(), observers.end(), [&](const Id16& observer) {
    return kind == VisitKind::kSelf ? observer == teacher : teacher.IsZero() || observer != teacher;
  });
}

Judgement Judge(const Submission& submission, const RecordView& record,
                const core::VisitFacts& facts, const Directory& directory) {
  const uint8_t facet_class = submission.group.facet.facet_class;
  if (IsTheServers(facet_class)) {
    return Aside(v1::REASON_SERVER_ONLY, "only the server writes this part");
  }
  const core::FacetId& id = submission.group.facet;
  const core::Facet* held = record.Find(static_cast<core::FacetClass>(facet_class), id.sub);
  if (submission.claims_too_much) {
    return Aside(v1::REASON_MALFORMED, "it claims to have seen what the server never held");
  }
  if (held != nullptr && submission.base_covers_facet && IsBlind(submission.delta, *held)) {
    return Aside(v1::REASON_BLIND, "it leaves out a value that its tablet held");
  }
  // What belongs to a visit is answered in a record of another sort as where there is none.
  static const core::VisitFacts kNoVisit;
  const bool is_visit = facts.sort == core::RecordSort::kVisit;
  const core::VisitFacts& visit = is_visit ? facts : kNoVisit;
  if (facet_class == core::kPlan && !is_visit) {
    return Aside(v1::REASON_NEVER_ALLOWED, "only the visit's lead changes its plan");
  }
  const Judgement author = IsWrittenOnReferrals(facet_class)
                               ? JudgeReferral(submission, record, facts, directory)
                               : JudgeAuthor(submission, record, visit, directory);
  if (author.disposition != v1::DISPOSITION_COMMITTED) return author;
  if (KnewOfTheEnd(submission, IsWrittenOnReferrals(facet_class) ? facts : visit)) {
    return Aside(v1::REASON_CLOSED, "its tablet knew that it was closed or withdrawn");
  }
  return Committed();
}

}  // namespace halfterm::sync
