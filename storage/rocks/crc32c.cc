#include "storage/rocks/crc32c.h"

#include <array>
#include <cstddef>

namespace halfterm::storage {
namespace {

using CrcTables = std::array<std::array<uint32_t, 256>, 8>;

constexpr CrcTables MakeCrcTables() {
  CrcTables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
    tables[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; ++byte) {
    for (size_t table = 1; table < tables.size(); ++table) {
      const uint32_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr CrcTables kCrcTables = MakeCrcTables();

uint8_t ByteAt(absl::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

uint32_t Little4(absl::string_view bytes, size_t at) {
  return uint32_t{ByteAt(bytes, at)} | uint32_t{ByteAt(bytes, at + 1)} << 8 |
         uint32_t{ByteAt(bytes, at + 2)} << 16 | uint32_t{ByteAt(bytes, at + 3)} << 24;
}

}  // namespace

uint32_t ExtendedByOne(uint32_t crc, uint8_t byte) {
  return (crc >> 8) ^ kCrcTables[0][(crc ^ byte) & 0xFF];
}

uint32_t Extended(uint32_t crc, absl::string_view bytes) {
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    const uint32_t low = crc ^ Little4(bytes, at);
    const uint32_t high = Little4(bytes, at + 4);
    crc = kCrcTables[7][low & 0xFF] ^ kCrcTables[6][(low >> 8) & 0xFF] ^
          kCrcTables[5][(low >> 16) & 0xFF] ^ kCrcTables[4][low >> 24] ^
          kCrcTables[3][high & 0xFF] ^ kCrcTables[2][(high >> 8) & 0xFF] ^
          kCrcTables[1][(high >> 16) & 0xFF] ^ kCrcTables[0][high >> 24];
  }
  for (; at < bytes.size(); ++at) crc = ExtendedByOne(crc, ByteAt(bytes, at));
  return crc;
}

}  // namespace halfterm::storage
