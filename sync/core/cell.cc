#include "sync/core/cell.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sync/core/merge_sorted.h"

namespace halfterm::core {
namespace {

bool HasSibling(const Cell& cell, const Dot& dot) {
  const auto found =
      std::lower_bound(cell.siblings.begin(), cell.siblings.end(), dot,
                       [](const Sibling& sibling, const Dot& at) { return sibling.dot < at; });
  return found != cell.siblings.end() && found->dot == dot;
}

// A sibling that the other copy has heard of, and no longer holds, was replaced there.
bool DropReplaced(std::vector<Sibling>& mine, const Cell& theirs) {
  const auto kept = std::remove_if(mine.begin(), mine.end(), [&](const Sibling& sibling) {
    return Covers(theirs, sibling.dot) && !HasSibling(theirs, sibling.dot);
  });
  if (kept == mine.end()) return false;
  mine.erase(kept, mine.end());
  return true;
}

// Two copies of one write differ only in whether they have heard of its commit, unless a replica id
// was used twice.
bool MergeCopies(Sibling& ours, Sibling& theirs, JoinReport& report) {
  bool changed = false;
  if (ours.stamp != theirs.stamp) {
    if (ours.stamp != 0 && theirs.stamp != 0) report.restamped.push_back(ours.dot);
    changed = ours.stamp < theirs.stamp;
    ours.stamp = std::max(ours.stamp, theirs.stamp);
  }
  if (ours.author == theirs.author && ours.value == theirs.value) return changed;

  report.equivocal.push_back(ours.dot);
  const bool theirs_is_larger =
      ours.author != theirs.author ? ours.author < theirs.author : ours.value < theirs.value;
  if (!theirs_is_larger) return changed;
  ours.author = theirs.author;
  ours.value = std::move(theirs.value);
  return true;
}

bool MergeSiblings(std::vector<Sibling>& ours, std::vector<Sibling>& theirs, JoinReport& report) {
  bool changed = false;
  const bool added = MergeSorted(
      ours, theirs, [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; },
      [&](Sibling& a, Sibling& b) { changed |= MergeCopies(a, b, report); });
  return changed || added;
}

bool MergeSeen(std::vector<Dot>& ours, std::vector<Dot>& theirs) {
  bool changed = false;
  const bool added = MergeSorted(
      ours, theirs, [](const Dot& a, const Dot& b) { return a.replica < b.replica; },
      [&](Dot& a, const Dot& b) {
        changed |= a.count < b.count;
        a.count = std::max(a.count, b.count);
      });
  return changed || added;
}

template <typename T>
bool Raise(T& ours, const T& theirs) {
  if (!(ours < theirs)) return false;
  ours = theirs;
  return true;
}

bool ShownBefore(const Sibling& a, const Sibling& b) {
  return a.stamp != b.stamp ? a.stamp > b.stamp : b.dot < a.dot;
}

}  // namespace

Cell Join(const Cell& a, const Cell& b, JoinReport* report) {
  Cell joined = a;
  JoinInto(joined, Cell(b), report);
  return joined;
}

void JoinInto(Cell& into, Cell&& from, JoinReport* report) {
  assert(into.path == from.path);
  JoinReport unread;
  JoinReport& told = report != nullptr ? *report : unread;
  switch (into.path.kind()) {
    case Kind::kPhase:
      told.changed |= Raise(into.phase, from.phase);
      return;
    case Kind::kMaxi:
      told.changed |= Raise(into.maxi, from.maxi);
      return;
    default:
      break;
  }
  // Both contexts must still be those of before while siblings are compared with them.
  bool changed = DropReplaced(into.siblings, from);
  DropReplaced(from.siblings, into);
  changed |= MergeSiblings(into.siblings, from.siblings, told);
  changed |= MergeSeen(into.seen, from.seen);
  told.changed |= changed;
}

std::uint64_t SeenCount(const Cell& cell, std::uint64_t replica) {
  const auto found =
      std::lower_bound(cell.seen.begin(), cell.seen.end(), replica,
                       [](const Dot& dot, std::uint64_t at) { return dot.replica < at; });
  return found != cell.seen.end() && found->replica == replica ? found->count : 0;
}

bool Covers(const Cell& cell, const Dot& dot) { return SeenCount(cell, dot.replica) >= dot.count; }

const Sibling* ShownFirst(const Cell& cell) {
  const auto first = std::min_element(cell.siblings.begin(), cell.siblings.end(), ShownBefore);
  return first != cell.siblings.end() ? &*first : nullptr;
}

std::vector<const Sibling*> Shown(const Cell& cell) {
  std::vector<const Sibling*> ordered;
  ordered.reserve(cell.siblings.size());
  for (const Sibling& sibling : cell.siblings) ordered.push_back(&sibling);
  std::sort(ordered.begin(), ordered.end(),
            [](const Sibling* a, const Sibling* b) { return ShownBefore(*a, *b); });

  std::vector<const Sibling*> shown;
  for (const Sibling* sibling : ordered) {
    const bool repeats = std::any_of(shown.begin(), shown.end(), [&](const Sibling* earlier) {
      return earlier->value == sibling->value;
    });
    if (!repeats) shown.push_back(sibling);
  }
  return shown;
}

}  // namespace halfterm::core
