// The visits of one half-term at the demonstration school: who sees whom, when, and how far it
// gets.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_VISITS_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_VISITS_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/demo_school/chance.h"
#include "tools/demo_school/people.h"

namespace halfterm::tools {

enum class VisitStatus { kDraft, kSubmitted, kShared };

struct DemoVisit {
  core::Id16 id;
  v1::VisitKind kind = v1::VISIT_KIND_UNSPECIFIED;
  size_t teacher = 0;
  size_t department = 0;
  std::vector<size_t> observers;  // The first leads.
  int phase = 1;                  // 1 or 2: in which half of the half-term.
  int64_t lesson_ms = 0;
  int period = 1;
  VisitStatus status = VisitStatus::kShared;
  std::string topic;
  // One list for each observer: the level of each element, -1 for none given, 0 for not seen.
  std::vector<std::vector<int>> levels;

  bool is_rated() const { return !levels.empty(); }
  size_t lead() const { return observers.front(); }
};

// How many of a kind a half-term has, and how many of them are shared and submitted.
struct KindCount {
  v1::VisitKind kind;
  size_t visits, shared, submitted;
};
const std::vector<KindCount>& KindCounts();

// `half_term` is 1 to 6. Phase 2 begins on the returned half's first day: see MiddleDay.
std::vector<DemoVisit> PlanVisits(const DemoSchool& school, int half_term, Chance& chance);

// The day with which the second half begins.
int32_t MiddleDay(int half_term);
Stage StageIn(int half_term, int phase);

// A moment of a day in the school's zone.
int64_t MomentOn(int32_t day, int hour, int minute);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_VISITS_H_
