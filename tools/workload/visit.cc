#include "tools/workload/visit.h"

#include <memory>
#include <utility>

namespace halfterm::tools {
namespace {

Gesture IntentOn(const core::FacetId& facet, const core::Id16& person, int64_t at_ms,
                 v1::Intent intent) {
  Gesture gesture;
  gesture.person = person;
  gesture.at_ms = at_ms;
  gesture.facet = facet;
  gesture.intent = std::make_shared<v1::Intent>(std::move(intent));
  return gesture;
}

template <typename View>
Gesture Writes(const core::FacetId& facet, const core::Id16& person, int64_t at_ms, View change) {
  Gesture gesture;
  gesture.person = person;
  gesture.at_ms = at_ms;
  gesture.facet = facet;
  gesture.change = std::make_shared<View>(std::move(change));
  return gesture;
}

}  // namespace

core::FacetId PlanOf(const core::Id16& visit) { return {visit, core::kPlan, {}}; }

core::FacetId SheetOf(const core::Id16& visit, const core::Id16& observer) {
  return {visit, core::kSheet, observer};
}

Gesture ShareGesture(const core::Id16& visit, const core::Id16& lead, int64_t at_ms) {
  v1::Intent intent;
  intent.mutable_share()->set_round(1);
  return IntentOn(PlanOf(visit), lead, at_ms, std::move(intent));
}

Gesture CloseGesture(const core::Id16& visit, const core::Id16& lead, int64_t at_ms) {
  v1::Intent intent;
  intent.mutable_close()->set_round(1);
  return IntentOn(PlanOf(visit), lead, at_ms, std::move(intent));
}

Gesture SubmitGesture(const core::Id16& visit, const core::Id16& observer, int64_t at_ms) {
  v1::Intent intent;
  intent.mutable_submit();
  return IntentOn(SheetOf(visit, observer), observer, at_ms, std::move(intent));
}

std::vector<Gesture> GesturesOf(Visit visit) {
  const core::Id16 who = visit.observer;
  const int64_t at = visit.at_ms;
  std::vector<Gesture> gestures;
  gestures.push_back(Writes(PlanOf(visit.id), who, at, std::move(visit.plan)));
  gestures.push_back(Writes(SheetOf(visit.id, who), who, at, std::move(visit.sheet)));
  gestures.push_back(Writes({visit.id, core::kFeedback, {}}, who, at, std::move(visit.feedback)));
  gestures.push_back(Writes({visit.id, core::kSteps, {}}, who, at, std::move(visit.steps)));
  if (visit.level == v1::LEVEL_SUBMITTED) gestures.push_back(SubmitGesture(visit.id, who, at));
  if (visit.level >= v1::LEVEL_SHARED) gestures.push_back(ShareGesture(visit.id, who, at));
  return gestures;
}

}  // namespace halfterm::tools
