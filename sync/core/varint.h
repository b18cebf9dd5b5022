// Numbers as bytes: minimal LEB128 varints, zigzag, big-endian, and a reader that keeps why and
// where it stopped.
//
// A number has exactly one encoding here. A varint with a needless last byte is refused, because
// two encodings of one state would have two digests.

#ifndef HALFTERM_SYNC_CORE_VARINT_H_
#define HALFTERM_SYNC_CORE_VARINT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/core/types.h"

namespace halfterm::core {

inline constexpr std::size_t kMaxVarintBytes = 10;

// Writes at most kMaxVarintBytes at `out` and returns the byte after them.
inline char* WriteVarint(char* out, std::uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

inline char* WriteBig64(char* out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) *out++ = static_cast<char>(value >> shift);
  return out;
}

// Eight bytes at `bytes`.
inline std::uint64_t LoadBig64(const char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void AppendVarint(std::string& out, std::uint64_t value);
void AppendBig16(std::string& out, std::uint16_t value);
void AppendBig32(std::string& out, std::uint32_t value);
void AppendBig64(std::string& out, std::uint64_t value);

std::size_t VarintSize(std::uint64_t value);

// Signed numbers, so that small ones of either sign are short.
inline std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0);
}
inline std::int64_t UnZigZag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Reads from the front of bytes that it does not own. Every call says what it reads; the first one
// that fails returns false, keeps `refused`, and nothing should be read after it.
class Reader {
 public:
  explicit Reader(std::string_view bytes)
      : begin_(bytes.data()), next_(begin_), end_(begin_ + bytes.size()) {}

  bool Varint(const char* what, std::uint64_t& value) {
    // Most numbers of a facet are below 128.
    if (next_ != end_ && static_cast<unsigned char>(*next_) < 0x80) {
      value = static_cast<unsigned char>(*next_++);
      return true;
    }
    return LongVarint(what, value);
  }
  bool Byte(const char* what, std::uint8_t& value);
  bool Big16(const char* what, std::uint16_t& value);
  bool Big32(const char* what, std::uint32_t& value);
  bool Big64(const char* what, std::uint64_t& value);
  // A view into the input.
  bool Bytes(const char* what, std::size_t size, std::string_view& value);
  template <std::size_t N, typename Tag>
  bool Fixed(const char* what, FixedBytes<N, Tag>& value) {
    std::string_view read;
    if (!Bytes(what, N, read)) return false;
    std::memcpy(value.bytes.data(), read.data(), N);
    return true;
  }
  // Refuses bytes that nothing has read.
  bool End(const char* what);

  // Always false. `offset` is that of the part's first byte, taken before it was read.
  bool Refuse(const char* what, const char* problem, std::size_t offset, bool over_limit = false) {
    refused_ = {what, problem, offset, over_limit};
    return false;
  }

  std::size_t offset() const { return static_cast<std::size_t>(next_ - begin_); }
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }
  const Refused& refused() const { return refused_; }

 private:
  bool LongVarint(const char* what, std::uint64_t& value);

  const char* begin_;
  const char* next_;
  const char* end_;
  Refused refused_;
};

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_VARINT_H_
