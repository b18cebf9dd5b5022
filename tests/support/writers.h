// Two observers and a server who write in a facet, for tests of what becomes of their words.

#ifndef HALFTERM_TESTS_SUPPORT_WRITERS_H_
#define HALFTERM_TESTS_SUPPORT_WRITERS_H_
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/delta.h"

namespace halfterm::testing {

inline constexpr std::uint64_t kZoesTablet = 0x20e;
inline constexpr std::uint64_t kAmysTablet = 0xa44;

inline core::Id16 Person(std::uint8_t number) {
  core::Id16 id;
  id.bytes.fill(number);
  return id;
}
inline core::Id16 Zoe() { return Person(0x20); }
inline core::Id16 Amy() { return Person(0xa4); }

inline core::Dot ZoesDot(std::uint64_t count) { return {kZoesTablet, count}; }
inline core::Dot AmysDot(std::uint64_t count) { return {kAmysTablet, count}; }

inline core::Id16 AuthorOf(const core::Dot& dot) {
  return dot.replica == kZoesTablet ? Zoe() : Amy();
}

// The delta that writes one value over what `held` shows.
inline core::Facet Writes(const core::Facet& held, const core::Path& path, const core::Dot& dot,
                          std::string value) {
  core::Facet delta;
  core::Put(delta, core::Written(held, path, dot, AuthorOf(dot), std::move(value)));
  return delta;
}

inline core::Facet Removes(const core::Facet& held, const core::Path& path, const core::Dot& dot) {
  core::Facet delta;
  core::Put(delta, core::Removed(held, path, dot));
  return delta;
}

inline core::Facet Joined(const core::Facet& a, const core::Facet& b) {
  return core::Join(a, b, nullptr);
}

// What a screen shows at `path`, first value first.
inline std::vector<std::string> ShownAt(const core::Facet& facet, const core::Path& path) {
  std::vector<std::string> values;
  if (const core::Cell* cell = facet.Find(path)) {
    for (const core::Sibling* sibling : core::Shown(*cell)) values.push_back(sibling->value);
  }
  return values;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_WRITERS_H_
