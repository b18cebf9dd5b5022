#include "tools/replay/ids.h"

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "sync/core/sha256.h"

namespace halfterm::tools {

std::optional<core::Id16> ParseUuid(absl::string_view text) {
  constexpr size_t kDashes[] = {8, 13, 18, 23};
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (size_t i = 0, dash = 0; i < text.size(); ++i) {
    if (dash < 4 && i == kDashes[dash]) {
      if (text[i] != '-') return std::nullopt;
      ++dash;
    } else if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return std::nullopt;
    } else {
      digits.push_back(text[i]);
    }
  }
  return core::Id16::FromBytes(absl::HexStringToBytes(digits));
}

std::string FormatUuid(const core::Id16& id) {
  const std::string hex =
      absl::BytesToHexString({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

core::Id16 NamedId(absl::string_view words) {
  const core::Digest16 half = core::FirstHalf(core::Sha256({words.data(), words.size()}));
  core::Id16 id;
  std::memcpy(id.bytes.data(), half.bytes.data(), half.bytes.size());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x80);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace halfterm::tools
