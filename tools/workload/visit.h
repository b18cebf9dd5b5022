// One observed lesson as an observer records it, and the gestures that this takes.

#ifndef HALFTERM_TOOLS_WORKLOAD_VISIT_H_
#define HALFTERM_TOOLS_WORKLOAD_VISIT_H_
#include <cstddef>
#include <cstdint>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/types.h"
#include "tools/replay/gesture.h"

namespace halfterm::tools {

struct Visit {
  size_t tablet = 0;
  core::Id16 id;
  core::Id16 observer;  // Alone, and the lead.
  int64_t at_ms = 0;    // When it was written up.
  v1::Plan plan;
  v1::Sheet sheet;
  v1::Feedback feedback;
  v1::Steps steps;
  v1::Level level = v1::LEVEL_DRAFT;  // DRAFT, SUBMITTED or SHARED.
};

core::FacetId PlanOf(const core::Id16& visit);
core::FacetId SheetOf(const core::Id16& visit, const core::Id16& observer);

// Plan, sheet, feedback and steps; then SUBMIT or SHARE{1} by its level.
std::vector<Gesture> GesturesOf(Visit visit);

// The lead's intents, on the plan. The digests of what was seen stay empty: whatever the server
// holds.
Gesture ShareGesture(const core::Id16& visit, const core::Id16& lead, int64_t at_ms);
Gesture CloseGesture(const core::Id16& visit, const core::Id16& lead, int64_t at_ms);
// On the observer's own sheet.
Gesture SubmitGesture(const core::Id16& visit, const core::Id16& observer, int64_t at_ms);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_VISIT_H_
