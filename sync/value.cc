#include "sync/value.h"

#include <cstring>

#include "sync/core/varint.h"

namespace halfterm::sync {
namespace {

// Where the first byte of `text` from `i` on lies that is not ASCII.
size_t SkipAscii(absl::string_view text, size_t i) {
  while (i + sizeof(uint64_t) <= text.size()) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + i, sizeof(eight));
    if ((eight & 0x8080808080808080u) != 0) break;
    i += sizeof(eight);
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

// The length of the character that begins with the non-ASCII byte at `i`, or 0 if there is none.
size_t CharacterLength(absl::string_view text, size_t i) {
  const auto byte = [&](size_t at) -> unsigned {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const auto continues = [&](size_t at) { return (byte(at) & 0xC0) == 0x80; };
  const unsigned first = byte(i);
  const unsigned second = byte(i + 1);
  if (!continues(i + 1)) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return !overlong && !surrogate && continues(i + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second >= 0x90;
    return !overlong && !beyond && continues(i + 2) && continues(i + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string EncodeUnsigned(uint64_t value) {
  std::string out;
  core::AppendVarint(out, value);
  return out;
}

std::string EncodeSigned(int64_t value) { return EncodeUnsigned(core::ZigZag(value)); }

absl::optional<uint64_t> DecodeUnsigned(absl::string_view value) {
  core::Reader reader({value.data(), value.size()});
  uint64_t number = 0;
  if (!reader.Varint("value", number) || reader.left() != 0) return absl::nullopt;
  return number;
}

absl::optional<int64_t> DecodeSigned(absl::string_view value) {
  const absl::optional<uint64_t> number = DecodeUnsigned(value);
  if (!number) return absl::nullopt;
  return core::UnZigZag(*number);
}

absl::optional<int32_t> DecodeDate(absl::string_view value) {
  const absl::optional<int64_t> day = DecodeSigned(value);
  if (!day || *day < kFirstDay || *day > kLastDay) return absl::nullopt;
  return static_cast<int32_t>(*day);
}

absl::optional<int64_t> DecodeMoment(absl::string_view value) {
  const absl::optional<int64_t> moment = DecodeSigned(value);
  if (!moment || *moment < kFirstMoment || *moment > kLastMoment) return absl::nullopt;
  return moment;
}

bool IsUtf8(absl::string_view text) {
  size_t i = SkipAscii(text, 0);
  while (i < text.size()) {
    const size_t length = CharacterLength(text, i);
    if (length == 0) return false;
    i = SkipAscii(text, i + length);
  }
  return true;
}

}  // namespace halfterm::sync
