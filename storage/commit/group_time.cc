#include "storage/commit/group_time.h"

#include <algorithm>

namespace halfterm::storage {
namespace {

constexpr int64_t kLastMs = (int64_t{1} << 47) - 1;

// Sums that a hostile tablet could make overflow stop at the ends instead.
int64_t Plus(uint64_t wall_ms, int64_t offset_ms) {
  const int64_t wall = static_cast<int64_t>(std::min<uint64_t>(wall_ms, kLastMs));
  const int64_t offset = std::clamp<int64_t>(offset_ms, -kLastMs, kLastMs);
  return std::clamp<int64_t>(wall + offset, 0, kLastMs);
}

int64_t HelloMs(uint32_t hello_no, const disk::ReplicaRow& store) {
  const int64_t back = static_cast<int64_t>(store.hello_no()) - static_cast<int64_t>(hello_no);
  const int64_t kept = store.hello_ms_size();
  if (back < 0 || hello_no == 0 || kept == 0) return 0;
  // One older than those kept was before the oldest of them; nothing later is known.
  if (back >= kept) return 0;
  return store.hello_ms(static_cast<int>(kept - 1 - back));
}

}  // namespace

WrittenAt WrittenAtOf(const core::GroupTime& time, const disk::ReplicaRow& store, int64_t now_ms) {
  WrittenAt at;
  at.upper_ms = std::clamp<int64_t>(now_ms, 0, kLastMs);
  at.lower_ms = std::min(HelloMs(time.hello_no, store), at.upper_ms);
  at.estimate_ms = Plus(time.wall_ms, time.offset_ms);
  return at;
}

uint64_t StampOf(const WrittenAt& at, const disk::ReplicaRow& store, const core::Facet* held,
                 const core::Facet& delta, uint64_t floor) {
  const int64_t ms = std::clamp(at.estimate_ms, at.lower_ms, at.upper_ms);
  uint64_t stamp =
      std::max(static_cast<uint64_t>(ms) << 16, std::max(store.last_stamp(), floor) + 1);
  if (held == nullptr) return stamp;
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held->Find(cell.path);
    if (before == nullptr) continue;
    for (const core::Sibling& sibling : before->siblings) {
      if (core::Covers(cell, sibling.dot)) stamp = std::max(stamp, sibling.stamp + 1);
    }
  }
  return stamp;
}

std::vector<core::Dot> SeenAndGone(uint64_t own, const core::Facet& held,
                                   const core::Facet& delta) {
  std::vector<core::Dot> gone;
  for (const core::Cell& cell : delta.cells) {
    const core::Cell* before = held.Find(cell.path);
    if (before == nullptr) continue;
    const std::vector<core::Sibling>& shown = before->siblings;
    // What replaced the others is later than they, and is seen.
    const bool sees_all =
        !shown.empty() && std::all_of(shown.begin(), shown.end(), [&cell](const auto& sibling) {
          return core::Covers(cell, sibling.dot);
        });
    if (sees_all) continue;
    for (const core::Dot& seen : cell.seen) {
      if (seen.replica == own) continue;
      const bool is_shown = std::any_of(
          shown.begin(), shown.end(), [&seen](const auto& sibling) { return sibling.dot == seen; });
      if (!is_shown) gone.push_back(seen);
    }
  }
  return gone;
}

}  // namespace halfterm::storage
