#include "storage/commit/record_state.h"

#include <algorithm>

#include "sync/core/limits.h"

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

bool WouldOutgrow(const FacetState& held, const core::Facet& delta, size_t delta_bytes) {
  if (held.bytes + delta_bytes > core::kMaxFacetBytes) return true;
  if (held.facet.cells.size() + delta.cells.size() > core::kMaxFacetCells) return true;
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held.facet.Find(cell.path);
    if (before == nullptr) continue;
    const auto kept = std::count_if(
        before->siblings.begin(), before->siblings.end(),
        [&cell](const core::Sibling& sibling) { return !core::Covers(cell, sibling.dot); });
    if (static_cast<size_t>(kept) + cell.siblings.size() > core::kMaxSiblings) return true;
  }
  return false;
}

sync::RecordView RecordState::View() const {
  sync::RecordView view;
  view.id = id;
  view.facets.reserve(facets.size());
  for (const FacetState& state : facets) view.facets.push_back({state.id, &state.facet});
  return view;
}

}  // namespace halfterm::storage
