// Numbers by chance that are the same on every machine: the standard's distributions are not.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_CHANCE_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_CHANCE_H_
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "sync/core/types.h"

namespace halfterm::tools {

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}

  // 0 to count - 1. The remainder's bias is far below what anybody could see in a school.
  size_t Below(size_t count) {
    assert(count > 0);
    return static_cast<size_t>(random_() % count);
  }
  int Between(int first, int last) {
    return first + static_cast<int>(Below(static_cast<size_t>(last - first + 1)));
  }
  bool Percent(int percent) { return Below(100) < static_cast<size_t>(percent); }

  template <typename List>
  auto& Pick(List& list) {
    return list[Below(std::size(list))];
  }
  template <typename Item>
  void Shuffle(std::vector<Item>& list) {
    for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[Below(i)]);
  }

  // A UUID of version 4; with a moment, of version 7, as tablets make them.
  core::Id16 Uuid() {
    core::Id16 id;
    for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random_() >> 32);
    id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
  }
  core::Id16 UuidAt(int64_t moment_ms) {
    core::Id16 id = Uuid();
    for (int i = 0; i < 6; ++i) {
      id.bytes[static_cast<size_t>(i)] = static_cast<uint8_t>(moment_ms >> (40 - 8 * i));
    }
    id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x70);
    return id;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_CHANCE_H_
