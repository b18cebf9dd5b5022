#include "sync/core/facet.h"

#include <algorithm>
#include <utility>

#include "sync/core/merge_sorted.h"

namespace halfterm::core {
namespace {

template <typename Cells>
auto* FindIn(Cells& cells, const Path& path) {
  const auto found =
      std::lower_bound(cells.begin(), cells.end(), path,
                       [](const Cell& cell, const Path& at) { return cell.path < at; });
  return found != cells.end() && found->path == path ? &*found : nullptr;
}

template <typename Change>
void ForSiblingsOf(Facet& facet, const Dot& dot, Change change) {
  for (Cell& cell : facet.cells) {
    for (Sibling& sibling : cell.siblings) {
      if (sibling.dot == dot) change(sibling);
    }
  }
}

}  // namespace

const Cell* Facet::Find(const Path& path) const { return FindIn(cells, path); }
Cell* Facet::Find(const Path& path) { return FindIn(cells, path); }

Facet Join(const Facet& a, const Facet& b, JoinReport* report) {
  Facet joined = a;
  JoinInto(joined, Facet(b), report);
  return joined;
}

void JoinInto(Facet& into, Facet&& delta, JoinReport* report) {
  const bool added = MergeSorted(
      into.cells, delta.cells, [](const Cell& a, const Cell& b) { return a.path < b.path; },
      [report](Cell& ours, Cell& theirs) { JoinInto(ours, std::move(theirs), report); });
  if (added && report != nullptr) report->changed = true;
  delta.cells.clear();
}

void Stamp(Facet& facet, const Dot& dot, std::uint64_t stamp) {
  ForSiblingsOf(facet, dot, [stamp](Sibling& sibling) { sibling.stamp = stamp; });
}

void Attribute(Facet& facet, const Dot& dot, const Id16& author) {
  ForSiblingsOf(facet, dot, [&author](Sibling& sibling) { sibling.author = author; });
}

std::optional<Refused> OverLimit(const Facet& facet, const Limits& limits) {
  const auto over = [](const char* what) { return Refused{what, "is over the limit", 0, true}; };
  if (facet.cells.size() > limits.cells) return over("cell count");
  for (const Cell& cell : facet.cells) {
    if (cell.seen.size() > limits.context_replicas) return over("context size");
    if (cell.siblings.size() > limits.siblings) return over("sibling count");
    for (const Sibling& sibling : cell.siblings) {
      if (sibling.value.size() > limits.value_bytes) return over("value length");
    }
  }
  return std::nullopt;
}

}  // namespace halfterm::core
