// One person's copy on a tablet of what the server let them read.
//
// Each chunk of a pull is applied whole, together with its cursor, in one atomic commit: a tablet
// that is switched off in between goes on where it stood. A facet's digest is computed from what
// came, not copied, so that the comparison at the end of a pull says something about this disk.
//
// For one thread at a time.

#ifndef HALFTERM_TOOLS_REPLAY_BASE_H_
#define HALFTERM_TOOLS_REPLAY_BASE_H_
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/tablet.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/engine.h"
#include "sync/core/digest.h"
#include "sync/core/facet.h"
#include "sync/core/scope.h"
#include "tools/replay/tablet_rows.h"

namespace halfterm::tools {

// What a copy adds up to in one scope and period.
struct Holding {
  uint64_t count = 0;
  core::SumDigest digest;

  friend bool operator==(const Holding& a, const Holding& b) {
    return a.count == b.count && a.digest == b.digest;
  }
};
using Holdings = std::map<std::pair<core::Scope, uint32_t>, Holding>;

class Base {
 public:
  // An empty copy where the engine has none. The engine must outlive it.
  static absl::StatusOr<Base> Open(storage::Engine& engine, StoreNumber store);

  const disk::TabletBaseRow& row() const { return row_; }

  // A facet, and the number of its last change; empty and 0 where the copy has none.
  struct HeldFacet {
    core::Facet facet;
    uint64_t seq = 0;
  };
  absl::StatusOr<HeldFacet> Facet(const core::FacetId& id) const;
  // The facets of a record that the copy has, ascending.
  absl::StatusOr<std::vector<core::FacetId>> FacetsOf(const core::Id16& record) const;

  // What the next pull starts from; empty: from nothing, and what it does not name goes at its end.
  const std::string& cursor() const { return row_.cursor(); }
  absl::Status ForgetCursor();

  // Applies a chunk and its cursor. `epoch` is the one that the tablet has adopted.
  absl::Status TakeChunk(const v1::PullReply& chunk, uint32_t epoch);
  // Replaces records by what was fetched; those that came back empty go.
  absl::Status TakeFetched(const v1::FetchReply& reply);

  // Computed from the rows.
  absl::StatusOr<Holdings> Sums() const;
  // What each record adds to one sum, ascending by record.
  absl::StatusOr<std::map<core::Id16, core::SumDigest>> RecordSums(const core::Scope& scope,
                                                                   uint32_t period) const;

  // In ascending order.
  absl::Status ForEach(
      const std::function<void(const core::FacetId&, const disk::TabletFacetRow&)>& see) const;

 private:
  Base(storage::Engine& engine, StoreNumber store) : engine_(&engine), store_(store) {}

  absl::Status StageItem(const v1::Item& item, uint64_t beginning);
  absl::Status StageDrops(const v1::PullReply& chunk);
  absl::Status DropAfter(const v1::PullEnd& end);
  absl::Status Commit(disk::TabletBaseRow next);

  storage::Engine* engine_;
  StoreNumber store_;
  disk::TabletBaseRow row_;
  storage::WriteSet staged_;
};

// 17 bytes each, and back. Ids that are not 16 bytes become zeros.
core::Scope ScopeOf(const v1::ScopeId& scope);
std::vector<core::Scope> ScopesOf(const std::string& bytes);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_BASE_H_
