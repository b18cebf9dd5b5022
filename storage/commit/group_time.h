// When a group was written, as far as can be known: an interval that the server observed, the
// tablet's own estimate, and the stamp that follows.
//
// A tablet's clock may be years wrong. The server believes only what it saw itself: that the group
// was written after a certain greeting and before it arrived. Stamps order siblings on a screen;
// merging never looks at them.

#ifndef HALFTERM_STORAGE_COMMIT_GROUP_TIME_H_
#define HALFTERM_STORAGE_COMMIT_GROUP_TIME_H_
#include <cstdint>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "sync/core/facet.h"
#include "sync/core/group.h"

namespace halfterm::storage {

// Milliseconds since 1970; lower <= upper.
struct WrittenAt {
  int64_t lower_ms = 0;  // Server time of the greeting that the group names; 0 for one unknown.
  int64_t estimate_ms =
      0;                 // The tablet's clock, put right by the offset measured at that greeting.
  int64_t upper_ms = 0;  // When it arrived.
};

WrittenAt WrittenAtOf(const core::GroupTime& time, const disk::ReplicaRow& store, int64_t now_ms);

// 48 bits of milliseconds and 16 of ticks: the estimate, held inside the interval, after every
// stamp that the store got before, after every stamp of `held` that the delta's writer had seen,
// and after `floor`, the latest of what SeenAndGone names.
uint64_t StampOf(const WrittenAt& at, const disk::ReplicaRow& store, const core::Facet* held,
                 const core::Facet& delta, uint64_t floor);

// Writes of stores other than `own` that the delta's writer had seen and `held` no longer shows,
// where it shows none that is sure to be later than they: somebody else replaced them, unseen by
// the writer.
std::vector<core::Dot> SeenAndGone(uint64_t own, const core::Facet& held, const core::Facet& delta);

inline int64_t MsOfStamp(uint64_t stamp) { return static_cast<int64_t>(stamp >> 16); }

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_GROUP_TIME_H_
