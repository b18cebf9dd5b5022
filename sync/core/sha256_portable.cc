// SHA-256 (FIPS 180-4) in the standard library alone, for where there is no OpenSSL.

#include <algorithm>
#include <array>
#include <cstdint>

#include "sync/core/sha256.h"

namespace halfterm::core {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kLengthBytes = 8;

constexpr std::array<std::uint32_t, 64> kRounds = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::uint32_t Rotated(std::uint32_t word, unsigned by) {
  return (word >> by) | (word << (32 - by));
}

class Hash {
 public:
  void Add(std::string_view text) {
    length_ += text.size();
    while (!text.empty()) {
      const std::size_t taken = std::min(text.size(), kBlockBytes - held_);
      std::copy_n(text.begin(), taken, block_.begin() + static_cast<std::ptrdiff_t>(held_));
      held_ += taken;
      text.remove_prefix(taken);
      if (held_ == kBlockBytes) Compress();
    }
  }

  Digest32 Finish() {
    const std::uint64_t bits = length_ * 8;
    Add(std::string_view("\x80", 1));
    while (held_ != kBlockBytes - kLengthBytes) Add(std::string_view("\0", 1));
    std::array<char, kLengthBytes> length;
    for (std::size_t i = 0; i < kLengthBytes; ++i) {
      length[i] = static_cast<char>(bits >> (8 * (kLengthBytes - 1 - i)));
    }
    Add({length.data(), length.size()});

    Digest32 digest;
    for (std::size_t i = 0; i < Digest32::kSize; ++i) {
      digest.bytes[i] = static_cast<std::uint8_t>(state_[i / 4] >> (8 * (3 - i % 4)));
    }
    return digest;
  }

 private:
  void Compress() {
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i) {
      w[i] = 0;
      for (std::size_t b = 0; b < 4; ++b) {
        w[i] = (w[i] << 8) | static_cast<unsigned char>(block_[4 * i + b]);
      }
    }
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (Rotated(a, 7) ^ Rotated(a, 18) ^ (a >> 3)) +
             (Rotated(b, 17) ^ Rotated(b, 19) ^ (b >> 10));
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t first = h + (Rotated(e, 6) ^ Rotated(e, 11) ^ Rotated(e, 25)) +
                                  ((e & f) ^ (~e & g)) + kRounds[i] + w[i];
      const std::uint32_t second =
          (Rotated(a, 2) ^ Rotated(a, 13) ^ Rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + second;
    }
    const std::array<std::uint32_t, 8> mixed = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state_[i] += mixed[i];
    held_ = 0;
  }

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<char, kBlockBytes> block_{};
  std::size_t held_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace

Digest32 Sha256Parts(std::string_view first, const std::string_view* rest, std::size_t count) {
  Hash hash;
  hash.Add(first);
  for (std::size_t i = 0; i < count; ++i) hash.Add(rest[i]);
  return hash.Finish();
}

}  // namespace halfterm::core
