#include "sync/core/sha256.h"

#include <array>
#include <string>

namespace halfterm::core {
namespace {

constexpr std::size_t kBlockBytes = 64;

std::array<char, kBlockBytes> Padded(std::string_view key, char with) {
  std::array<char, kBlockBytes> block;
  block.fill(with);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<char>(key[i] ^ with);
  return block;
}

}  // namespace

Digest32 HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  Digest32 short_key;
  if (key.size() > kBlockBytes) {
    short_key = Sha256(key);
    key = short_key.view();
  }
  const std::array<char, kBlockBytes> inner_pad = Padded(key, 0x36);
  const std::array<char, kBlockBytes> outer_pad = Padded(key, 0x5c);
  const Digest32 inner =
      Sha256Parts({inner_pad.data(), inner_pad.size()}, parts.begin(), parts.size());
  return Sha256({{outer_pad.data(), outer_pad.size()}, inner.view()});
}

Digest16 FirstHalf(const Digest32& digest) {
  return *Digest16::FromBytes(digest.view().substr(0, Digest16::kSize));
}

bool EqualInConstantTime(const Digest16& a, const Digest16& b) {
  volatile std::uint8_t differs = 0;
  for (std::size_t i = 0; i < Digest16::kSize; ++i) {
    differs = static_cast<std::uint8_t>(differs | (a.bytes[i] ^ b.bytes[i]));
  }
  return differs == 0;
}

}  // namespace halfterm::core
