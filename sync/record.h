// One record as the rules see it: its facets, side by side.
//
// Audience, Judge and contributions belong to the record, not to one facet, so all of them take this.

#ifndef HALFTERM_SYNC_RECORD_H_
#define HALFTERM_SYNC_RECORD_H_
#include <vector>

#include "sync/core/facet.h"
#include "sync/core/types.h"

namespace halfterm::sync {

struct FacetView {
  core::FacetId id;
  const core::Facet* facet;  // Never null.
};

// Views into facets that somebody else keeps; ascending by facet id, all of one record.
struct RecordView {
  core::Id16 id;
  std::vector<FacetView> facets;

  // Null where the record has no such facet.
  const core::Facet* Find(core::FacetClass facet_class, const core::Id16& sub = {}) const {
    for (const FacetView& view : facets) {
      if (view.id.facet_class == facet_class && view.id.sub == sub) return view.facet;
    }
    return nullptr;
  }
};

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_RECORD_H_
