#include "storage/commit/record_state.h"

#include <algorithm>

namespace halfterm::storage {
namespace {

bool IsBefore(const FacetState& state, const core::FacetId& id) { return state.id < id; }

}  // namespace

FacetState* RecordState::Find(const core::FacetId& facet) {
  const auto at = std::lower_bound(facets.begin(), facets.end(), facet, IsBefore);
  return at != facets.end() && at->id == facet ? &*at : nullptr;
}

FacetState& RecordState::Add(const core::FacetId& facet) {
  const auto at = std::lower_bound(facets.begin(), facets.end(), facet, IsBefore);
  FacetState added;
  added.id = facet;
  return *facets.insert(at, std::move(added));
}

sync::RecordView RecordState::View() const {
  sync::RecordView view;
  view.id = id;
  view.facets.reserve(facets.size());
  for (const FacetState& state : facets) view.facets.push_back({state.id, &state.facet});
  return view;
}

}  // namespace halfterm::storage
