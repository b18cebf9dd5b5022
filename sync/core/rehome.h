// A replica that goes on under another name.
//
// After a restored server or a cloned tablet, two groups could claim one dot. The server then gives
// the store a new replica, and what was not acknowledged is read under the new name: dot (old, k)
// with k > acked becomes (new, k - acked). No byte is rewritten, so a colleague's tablet can carry
// groups to the server that it cannot read.

#ifndef HALFTERM_SYNC_CORE_REHOME_H_
#define HALFTERM_SYNC_CORE_REHOME_H_

#include <cstdint>
#include <vector>

#include "sync/core/facet.h"

namespace halfterm::core {

struct Rehome {
  std::uint64_t old_replica = 0;
  std::uint64_t acked = 0;  // The last count of the old replica that the server acknowledged.
  std::uint64_t new_replica = 0;
};

// Applied in the order of the list: a store may have moved more than once.
Dot Rehomed(Dot dot, const std::vector<Rehome>& moves);

// The moves by which a group that was sealed as `dot` is read: from the one that renames it on, and
// none where none does. A group that was sealed under a later name is as its store wrote it: an old
// name in its contexts, with a count that was not acknowledged, is that of a twin of the store,
// whose writes stay under that name.
std::vector<Rehome> MovesOf(Dot dot, const std::vector<Rehome>& moves);

// Maps every dot of contexts and siblings. False if a cell would hold two siblings of one dot;
// `facet` is then half mapped and of no use.
bool ApplyRehomes(Facet& facet, const std::vector<Rehome>& moves);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_REHOME_H_
