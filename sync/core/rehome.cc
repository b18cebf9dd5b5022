#include "sync/core/rehome.h"

#include <algorithm>

namespace halfterm::core {
namespace {

bool Moves(const Dot& dot, const Rehome& move) {
  return dot.replica == move.old_replica && dot.count > move.acked;
}

// What was acknowledged of the old replica stays seen under its old name.
void MoveSeen(Cell& cell, const Rehome& move) {
  const std::uint64_t count = SeenCount(cell, move.old_replica);
  if (count <= move.acked) return;
  Cell moved;
  moved.path = cell.path;
  for (const Dot& dot : cell.seen) {
    if (dot.replica != move.old_replica) moved.seen.push_back(dot);
  }
  for (const Dot& dot :
       {Dot{move.old_replica, move.acked}, Dot{move.new_replica, count - move.acked}}) {
    if (dot.count == 0) continue;
    Cell also;
    also.path = cell.path;
    also.seen.push_back(dot);
    JoinInto(moved, std::move(also), nullptr);
  }
  cell.seen = std::move(moved.seen);
}

bool MoveSiblings(Cell& cell, const Rehome& move) {
  bool moved = false;
  for (Sibling& sibling : cell.siblings) {
    if (!Moves(sibling.dot, move)) continue;
    sibling.dot = {move.new_replica, sibling.dot.count - move.acked};
    moved = true;
  }
  if (!moved) return true;
  std::sort(cell.siblings.begin(), cell.siblings.end(),
            [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; });
  return std::adjacent_find(cell.siblings.begin(), cell.siblings.end(),
                            [](const Sibling& a, const Sibling& b) { return a.dot == b.dot; }) ==
         cell.siblings.end();
}

}  // namespace

Dot Rehomed(Dot dot, const std::vector<Rehome>& moves) {
  for (const Rehome& move : moves) {
    if (Moves(dot, move)) dot = {move.new_replica, dot.count - move.acked};
  }
  return dot;
}

std::vector<Rehome> MovesOf(Dot dot, const std::vector<Rehome>& moves) {
  const auto first = std::find_if(moves.begin(), moves.end(),
                                  [&dot](const Rehome& move) { return Moves(dot, move); });
  return {first, moves.end()};
}

bool ApplyRehomes(Facet& facet, const std::vector<Rehome>& moves) {
  for (const Rehome& move : moves) {
    for (Cell& cell : facet.cells) {
      MoveSeen(cell, move);
      if (!MoveSiblings(cell, move)) return false;
    }
  }
  return true;
}

}  // namespace halfterm::core
