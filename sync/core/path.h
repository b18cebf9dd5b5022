// Where in a facet a value lies, and how it merges.
//
// The merge kind is inside the path, so a server or a tablet that has never heard of field 47 still
// merges it right. Paths have two shapes only (a singular field; an entry of a list or map, or one
// part of it) and are ordered by their bytes, which are also their encoding.

#ifndef HALFTERM_SYNC_CORE_PATH_H_
#define HALFTERM_SYNC_CORE_PATH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "sync/core/types.h"

namespace halfterm::core {

// PHASE and MAXI have bodies of their own. Every other kind, also one that this build does not
// know, is a register that keeps concurrent values as siblings.
enum class Kind : std::uint8_t {
  kReg = 1,
  kElem = 2,   // Presence of an entry: an edit of a part writes it too, so an edit beats a removal.
  kPos = 3,    // Where an entry stands among the others.
  kMaxi = 4,   // The larger number wins.
  kPhase = 5,  // Written by the server alone; only moves forward.
  kBlob = 6,
  kTick = 7,  // A mark that is set and never changed.
  kPara = 8,  // A paragraph of text.
  kText2 = 9,
};

// Ordered by bytes(). Never allocates.
class Path {
 public:
  static constexpr std::size_t kFieldBytes = 3;   // field2 | kind1
  static constexpr std::size_t kEntryBytes = 21;  // field2 | key16 | sub2 | kind1

  // The field 0 of kind 0: comes before every path that names something.
  Path() = default;

  static Path Field(std::uint16_t field, Kind kind);
  // `sub` is the field inside the entry; 0 for the entry itself.
  static Path Entry(std::uint16_t field, const Id16& key, std::uint16_t sub, Kind kind);
  // Nothing unless `bytes` has one of the two lengths.
  static std::optional<Path> FromBytes(std::string_view bytes);

  std::uint16_t field() const { return static_cast<std::uint16_t>(bytes_[0] << 8 | bytes_[1]); }
  bool is_entry() const { return size_ == kEntryBytes; }
  Id16 key() const;           // Zeros unless is_entry().
  std::uint16_t sub() const;  // 0 unless is_entry().
  Kind kind() const { return static_cast<Kind>(bytes_[size_ - 1u]); }
  // Lives as long as this path.
  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), size_}; }

  friend bool operator==(const Path& a, const Path& b) {
    return a.size_ == b.size_ && std::memcmp(a.bytes_.data(), b.bytes_.data(), a.size_) == 0;
  }
  friend bool operator!=(const Path& a, const Path& b) { return !(a == b); }
  friend bool operator<(const Path& a, const Path& b) { return a.bytes() < b.bytes(); }
  template <typename H>
  friend H AbslHashValue(H state, const Path& path) {
    return H::combine(std::move(state), path.bytes());
  }

 private:
  std::array<std::uint8_t, kEntryBytes> bytes_{};
  std::uint8_t size_ = kFieldBytes;
};

// The key of a map entry that a number names (a rubric element, a version): 14 zero bytes and it.
Id16 NumberKey(std::uint16_t number);
bool IsNumberKey(const Id16& key);
std::uint16_t KeyNumber(const Id16& key);  // The last two bytes.

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_PATH_H_
