// A record in the committer's hands: its facets decoded, and what is derived from them.

#ifndef HALFTERM_STORAGE_COMMIT_RECORD_STATE_H_
#define HALFTERM_STORAGE_COMMIT_RECORD_STATE_H_
#include <cstdint>
#include <string>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "storage/keys.h"
#include "sync/core/audience.h"
#include "sync/core/facet.h"
#include "sync/core/scope.h"
#include "sync/record.h"

namespace halfterm::storage {

// One facet, with the header of its row.
struct FacetState {
  core::FacetId id;
  core::Facet facet;
  uint64_t seq = 0;
  uint64_t audience_seq = 0;
  uint32_t epoch = 0;
  std::vector<core::Scope> scopes;
  core::Digest32 digest{};
  std::string receipt;
  size_t bytes = 0;      // Encoded, at most.
  bool stored = false;   // There is a row of it already.
  bool changed = false;  // The cells, since the row was read.
};

struct RecordState {
  Tenant tenant;
  core::Id16 id;
  std::vector<FacetState> facets;  // Ascending by id.
  disk::RecordRow derived;         // As stored; replaced by settling.
  bool stored = false;             // There is a row of it already.
  bool touched = false;            // It must be settled before the commit.
  bool erased = false;             // In this batch: it leaves every feed for good.
  uint64_t seq = 0;                // The last group that changed it in this batch.
  // FactsOf it; made again when cells change.
  core::VisitFacts facts;
  bool facts_are_current = false;

  // Null where there is no such facet.
  FacetState* Find(const core::FacetId& facet);
  FacetState& Add(const core::FacetId& facet);  // Where Find gives null.
  sync::RecordView View() const;
};

// Whether the facet could outgrow its limits with the delta in it. May say so a little early.
bool WouldOutgrow(const FacetState& held, const core::Facet& delta, size_t delta_bytes);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_RECORD_STATE_H_
