// One cell of a facet, and the rule that merges two copies of it.
//
// Two observers may write in the same cell while neither tablet has signal. Both values stay, as
// siblings, until somebody who has seen both writes a third: the sentence that would have lost may
// be the one the teacher needed to read. Clocks take no part in it: a stamp only orders siblings on
// a screen.
//
// Join() gives the same cell whatever the order of arrival and however often a copy arrives.

#ifndef HALFTERM_SYNC_CORE_CELL_H_
#define HALFTERM_SYNC_CORE_CELL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sync/core/path.h"
#include "sync/core/types.h"

namespace halfterm::core {

// A value that nobody who saw it has replaced.
struct Sibling {
  Dot dot;
  std::uint64_t stamp = 0;  // When the server first committed it; 0 = not yet.
  Id16 author;              // Zeros inside the body of a DELTA: the group's session says who it is.
  std::string value;        // Empty = cleared.

  friend bool operator==(const Sibling& a, const Sibling& b) {
    return a.dot == b.dot && a.stamp == b.stamp && a.author == b.author && a.value == b.value;
  }
  friend bool operator!=(const Sibling& a, const Sibling& b) { return !(a == b); }
};

// How far a record has got. Ordered by its four bytes: withdrawn, then round, then level.
struct Phase {
  bool withdrawn = false;
  std::uint16_t round = 0;
  std::uint8_t level = 0;

  friend bool operator==(const Phase& a, const Phase& b) {
    return a.withdrawn == b.withdrawn && a.round == b.round && a.level == b.level;
  }
  friend bool operator!=(const Phase& a, const Phase& b) { return !(a == b); }
  friend bool operator<(const Phase& a, const Phase& b) {
    if (a.withdrawn != b.withdrawn) return b.withdrawn;
    if (a.round != b.round) return a.round < b.round;
    return a.level < b.level;
  }
};

// The path's kind says which members count: `phase` for PHASE, `maxi` for MAXI, and for every other
// kind `seen` and `siblings`. The others are left as they are made.
struct Cell {
  Path path;
  // The context: for each replica the highest count that this copy has heard of. Ascending by
  // replica, each once, no count of 0. A removal is a context without siblings.
  std::vector<Dot> seen;
  std::vector<Sibling> siblings;  // Ascending by dot; every dot is covered by `seen`.
  Phase phase;
  std::uint64_t maxi = 0;

  friend bool operator==(const Cell& a, const Cell& b) {
    return a.path == b.path && a.seen == b.seen && a.siblings == b.siblings && a.phase == b.phase &&
           a.maxi == b.maxi;
  }
  friend bool operator!=(const Cell& a, const Cell& b) { return !(a == b); }
};

// What a join found out on its way.
struct JoinReport {
  // Dots that stood for two different values or authors: a replica id was used twice. The bytewise
  // larger (author, value) was kept, so copies still converge, but one value is gone: a server
  // refuses the group before it joins it. A dot may be listed more than once.
  std::vector<Dot> equivocal;
  // Dots that came with two different stamps, neither of them 0. The larger was kept; the server
  // commits a group once, so this is damage and worth an alarm. May repeat too.
  std::vector<Dot> restamped;
  // The first copy learned something: a value, a removal, a context, a stamp or a phase.
  bool changed = false;
};

// The least cell that knows everything that `a` and `b` know. Both have the same path. `report` is
// added to; it may be null.
Cell Join(const Cell& a, const Cell& b, JoinReport* report);
// The same into `into`, without copying a value that it holds already.
void JoinInto(Cell& into, Cell&& from, JoinReport* report);

// The highest count of `replica` that the cell has heard of; 0 for none.
std::uint64_t SeenCount(const Cell& cell, std::uint64_t replica);
bool Covers(const Cell& cell, const Dot& dot);

// The sibling that a screen shows first: of the highest (stamp, dot). Null without siblings.
const Sibling* ShownFirst(const Cell& cell);
// What a screen shows, highest (stamp, dot) first. Siblings of one value are shown once, as the
// highest of them; they stay two in the cell, since each may be replaced on its own.
std::vector<const Sibling*> Shown(const Cell& cell);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_CELL_H_
