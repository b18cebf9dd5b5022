// What a tablet writes: the cells of one gesture, and gestures that collect before they are sent.
//
// A write's context is what its writer had on the screen. It must be taken from the join of
// everything the tablet holds, the outbox included: a tablet that forgets its own earlier write
// would make a sibling of it, and one that claims too much would remove what nobody has read.

#ifndef HALFTERM_SYNC_CORE_DELTA_H_
#define HALFTERM_SYNC_CORE_DELTA_H_

#include <string>

#include "sync/core/facet.h"

namespace halfterm::core {

// The cell that writes `value` at `path`, over what `held` shows there. Not for PHASE and MAXI.
Cell Written(const Facet& held, const Path& path, const Dot& dot, const Id16& author,
             std::string value);
// The cell that removes what `held` shows at `path`, and nothing that comes to light later.
Cell Removed(const Facet& held, const Path& path, const Dot& dot);

// Puts `cell` in its place in `delta`, over any cell of the same path.
void Put(Facet& delta, Cell cell);

// Adds a gesture to the open delta of a facet, whose gestures were never offered to the network:
// the last value of each path with the context of the first. All cells of both carry one dot of
// `dot.replica`; those of the outcome carry `dot`.
void Squash(Facet& open, Facet&& gesture, const Dot& dot);

// Gives an open delta its number: `from`, which all its cells carry, becomes `to` of the same
// replica.
void Renumber(Facet& open, const Dot& from, const Dot& to);

// Every cell that has a context names `dot` as the highest of its replica, and every sibling is of
// `dot`: what a group (dot.replica, dot.count) of kind DELTA may hold. PHASE and MAXI carry no dot.
bool IsDeltaOf(const Facet& facet, const Dot& dot);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_DELTA_H_
