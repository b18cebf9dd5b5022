// A facet: the cells of one part of a record that one audience reads, and their merge.
//
// A delta and a state are the same thing: a group's body is a facet that holds only the cells that
// the group wrote, and applying it is the same join that merges two states.

#ifndef HALFTERM_SYNC_CORE_FACET_H_
#define HALFTERM_SYNC_CORE_FACET_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "sync/core/cell.h"
#include "sync/core/limits.h"

namespace halfterm::core {

struct Facet {
  std::vector<Cell> cells;  // Strictly ascending by path.

  // Null if there is no such cell. Lives until `cells` changes.
  const Cell* Find(const Path& path) const;
  Cell* Find(const Path& path);

  friend bool operator==(const Facet& a, const Facet& b) { return a.cells == b.cells; }
  friend bool operator!=(const Facet& a, const Facet& b) { return !(a == b); }
};

// The least facet that knows everything that `a` and `b` know. `report` is added to; may be null.
Facet Join(const Facet& a, const Facet& b, JoinReport* report);

// The same into `into`, which costs what `delta` weighs: cells that it does not name are only
// moved, and no value that stays is copied. `delta` is left empty.
void JoinInto(Facet& into, Facet&& delta, JoinReport* report);

// Says when the server committed a group: sets the stamp of every sibling of `dot`, whatever stamp
// the bytes brought along.
void Stamp(Facet& facet, const Dot& dot, std::uint64_t stamp);

// Says who wrote a group: sets the author of every sibling of `dot`. A payload never names its
// author, so server and tablet both do this with a decoded DELTA before they join it.
void Attribute(Facet& facet, const Dot& dot, const Id16& author);

// Why the cells are more than `limits` allow, or nothing. A join of two facets that fit may not
// fit. Encoded bytes are not counted here: compare Encode(facet).size() with `limits.bytes`.
std::optional<Refused> OverLimit(const Facet& facet, const Limits& limits);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_FACET_H_
