#include "sync/core/delta.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace halfterm::core {
namespace {

bool HasContext(const Cell& cell) {
  return cell.path.kind() != Kind::kPhase && cell.path.kind() != Kind::kMaxi;
}

void SetSeen(std::vector<Dot>& seen, const Dot& dot) {
  const auto at = std::lower_bound(seen.begin(), seen.end(), dot, [](const Dot& a, const Dot& b) {
    return a.replica < b.replica;
  });
  if (at != seen.end() && at->replica == dot.replica) {
    at->count = dot.count;
  } else {
    seen.insert(at, dot);
  }
}

void SetDot(Cell& cell, const Dot& dot) {
  if (!HasContext(cell)) return;
  SetSeen(cell.seen, dot);
  for (Sibling& sibling : cell.siblings) sibling.dot = dot;
}

}  // namespace

Cell Written(const Facet& held, const Path& path, const Dot& dot, const Id16& author,
             std::string value) {
  Cell cell = Removed(held, path, dot);
  cell.siblings.push_back({dot, 0, author, std::move(value)});
  return cell;
}

Cell Removed(const Facet& held, const Path& path, const Dot& dot) {
  Cell cell;
  cell.path = path;
  assert(HasContext(cell));
  if (const Cell* before = held.Find(path)) cell.seen = before->seen;
  assert(SeenCount(cell, dot.replica) <= dot.count);
  SetSeen(cell.seen, dot);
  return cell;
}

void Put(Facet& delta, Cell cell) {
  const auto at =
      std::lower_bound(delta.cells.begin(), delta.cells.end(), cell.path,
                       [](const Cell& present, const Path& path) { return present.path < path; });
  if (at != delta.cells.end() && at->path == cell.path) {
    *at = std::move(cell);
  } else {
    delta.cells.insert(at, std::move(cell));
  }
}

void Squash(Facet& open, Facet&& gesture, const Dot& dot) {
  for (Cell& later : gesture.cells) {
    Cell* first = open.Find(later.path);
    if (first == nullptr) {
      Put(open, std::move(later));
    } else if (HasContext(later)) {
      first->siblings = std::move(later.siblings);
    } else {
      JoinInto(*first, std::move(later), nullptr);
    }
  }
  gesture.cells.clear();
  for (Cell& cell : open.cells) SetDot(cell, dot);
}

void Renumber(Facet& open, const Dot& from, const Dot& to) {
  assert(IsDeltaOf(open, from) && from.replica == to.replica);
  static_cast<void>(from);
  for (Cell& cell : open.cells) SetDot(cell, to);
}

bool IsDeltaOf(const Facet& facet, const Dot& dot) {
  return std::all_of(facet.cells.begin(), facet.cells.end(), [&dot](const Cell& cell) {
    if (!HasContext(cell)) return true;
    return SeenCount(cell, dot.replica) == dot.count &&
           std::all_of(cell.siblings.begin(), cell.siblings.end(),
                       [&dot](const Sibling& sibling) { return sibling.dot == dot; });
  });
}

}  // namespace halfterm::core
