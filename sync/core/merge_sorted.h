// The merge of two sorted lists that contexts, siblings and facets share.
//
// Internal to sync/core. It moves what it takes and writes from the back, so a short list joins a
// long one without a second list and without touching what lies before its first new entry.

#ifndef HALFTERM_SYNC_CORE_MERGE_SORTED_H_
#define HALFTERM_SYNC_CORE_MERGE_SORTED_H_

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace halfterm::core {

// Both are strictly ascending by `less`, and so is `into` afterwards. Where both have an entry,
// `on_both(ours, theirs)` merges theirs into ours. True if an entry was new to `into`.
template <typename T, typename Less, typename OnBoth>
bool MergeSorted(std::vector<T>& into, std::vector<T>& from, Less less, OnBoth on_both) {
  if (into.empty()) {
    into.swap(from);
    return !into.empty();
  }
  std::size_t added = 0;
  auto ours = into.begin();
  for (T& theirs : from) {
    // Where the lists are alike the next entry is the one; else it may be far away.
    if (ours != into.end() && less(*ours, theirs)) {
      ++ours;
      if (ours != into.end() && less(*ours, theirs)) {
        ours = std::lower_bound(ours, into.end(), theirs, less);
      }
    }
    if (ours != into.end() && !less(theirs, *ours)) {
      on_both(*ours, theirs);
    } else {
      ++added;
    }
  }
  if (added == 0) return false;

  std::size_t i = into.size(), j = from.size(), end = i + added;
  into.resize(end);
  while (end != i) {
    if (i > 0 && !less(into[i - 1], from[j - 1])) {
      if (!less(from[j - 1], into[i - 1])) --j;  // In both, and merged above.
      into[--end] = std::move(into[--i]);
    } else {
      into[--end] = std::move(from[--j]);
    }
  }
  return true;
}

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_MERGE_SORTED_H_
