// Who may read: for each facet of a record, the scopes that hold it.
//
// This is the only place that knows. The server files facets by it, and the tablet answers "Who can
// see this?" with it before the observer saves, offline; so it takes plain values and nothing else.
// It reads no clock and no stamp: what depends on time (grants that end) reaches it as a fact that
// an event of the server has set.

#ifndef HALFTERM_SYNC_CORE_AUDIENCE_H_
#define HALFTERM_SYNC_CORE_AUDIENCE_H_
#include <cstdint>
#include <vector>

#include "sync/core/cell.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::core {

// The numbers of halfterm.v1.VisitKind.
enum class VisitKind : uint8_t {
  kUnknown = 0,
  kDept = 1,
  kWalk = 2,
  kTeam = 3,
  kMentor = 4,
  kCoach = 5,
  kPeer = 6,
  kAst = 7,
  kInformal = 8,
  kReview = 9,
  kCalib = 10,
  kSelf = 11,
  kGovernor = 12,
};

// The levels of a plan's phase; the numbers of halfterm.v1.Level.
enum PhaseLevel : uint8_t { kPlanned = 1, kDraft = 2, kSubmitted = 3, kShared = 4, kClosed = 5 };

// Who leads the observed teacher, and so may read the formal kinds. Nobody reads leaders' pages
// about themself: the teacher's own scopes are never among these.
enum class LeadRule : uint8_t {
  kDepartmentAndSchool,  // The head of the department and senior leaders.
  kSchool,               // The teacher leads the department: senior leaders.
  kHeads,                // The teacher is a senior leader: the heads other than the teacher.
};

// What a record is. It is what its first page made it, for ever.
enum class RecordSort : uint8_t {
  kVisit,     // Also a record of which no leading page has come yet.
  kReferral,  // A referral or a support plan.
  kOfScope,   // Of a department or school: the review of a cycle, a cell of the management matrix.
};

// The levels of a referral's phase; the numbers of halfterm.v1.ReferralLevel. 0 is a draft, which
// goes nowhere before its opener has spoken with the teacher.
enum ReferralPhaseLevel : uint8_t {
  kReferralOpen = 1,
  kReferralConsented = 2,
  kReferralActive = 3,
  kReferralOutcome = 4,
  kReferralClosed = 5,
};

// All that decides who may read a record. Of a record of another sort `teacher` to `heads` are
// those of its subject, and of what is said of visits alone nothing is set.
struct VisitFacts {
  RecordSort sort = RecordSort::kVisit;
  bool has_plan = false;  // Without a plan each facet of a visit is its author's alone.
  VisitKind kind = VisitKind::kUnknown;
  Phase phase;            // The plan's; a referral's body's.
  bool revealed = false;  // Every observer has submitted or is excused.
  bool announced = false;
  bool feedback_asked = false;  // Kind CALIB: the teacher of a live class asked to read it.
  Id16 lead{};                  // Of a referral: who opened it.
  std::vector<Id16> observers;
  Id16 teacher{};     // Zeros: no teacher (a visit to a department).
  Id16 department{};  // At the lesson; zeros: none.
  Id16 school{};      // The department's site.
  Id16 review{};      // Kind REVIEW.
  LeadRule lead_rule = LeadRule::kDepartmentAndSchool;
  std::vector<Id16> heads;    // With LeadRule::kHeads.
  std::vector<Id16> readers;  // People whom the teacher has let read, and not stopped.
  Id16 helper{};              // Of a referral; zeros: nobody yet.
  // Of a referral: its phase is CONSENTED or later, and the teacher has not taken it back since.
  bool agreed = false;
};

// The scopes that may hold `facet` now, ascending, each once; none where nobody may.
//
// `author` is who wrote the facet when it has an author of its own (a sheet's observer, a
// response's teacher: its sub), and otherwise who created it. It matters only where the record has
// no plan, or is of another sort than the facet.
std::vector<Scope> Audience(const VisitFacts& facts, const FacetId& facet, const Id16& author);

// The scopes of whoever leads the teacher, as in VisitFacts.
std::vector<Scope> LeadScopes(const VisitFacts& facts);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_AUDIENCE_H_
