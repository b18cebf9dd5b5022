// Who may read: for each facet of a visit, the scopes that hold it.
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

// All that decides who may read a visit.
struct VisitFacts {
  bool has_plan = false;  // Without a plan each facet is its author's alone.
  VisitKind kind = VisitKind::kUnknown;
  Phase phase;            // The plan's.
  bool revealed = false;  // Every observer has submitted or is excused.
  bool announced = false;
  Id16 lead{};
  std::vector<Id16> observers;
  Id16 teacher{};     // Zeros: no teacher (a visit to a department).
  Id16 department{};  // At the lesson; zeros: none.
  Id16 school{};      // The department's site.
  Id16 review{};      // Kind REVIEW.
  LeadRule lead_rule = LeadRule::kDepartmentAndSchool;
  std::vector<Id16> heads;    // With LeadRule::kHeads.
  std::vector<Id16> readers;  // People whom the teacher has let read, and not stopped.
};

// The scopes that may hold `facet` now, ascending, each once; none where nobody may.
//
// `author` is who wrote the facet when it has an author of its own (a sheet's observer, a
// response's teacher: its sub), and otherwise who created it. It matters only where the record has
// no plan.
std::vector<Scope> Audience(const VisitFacts& facts, const FacetId& facet, const Id16& author);

// The scopes of whoever leads the teacher, as in VisitFacts.
std::vector<Scope> LeadScopes(const VisitFacts& facts);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_AUDIENCE_H_
