// CRC-32C, the checksum of RocksDB's logs: RocksDB's own is in none of its headers.

#ifndef HALFTERM_STORAGE_ROCKS_CRC32C_H_
#define HALFTERM_STORAGE_ROCKS_CRC32C_H_
#include <cstdint>

#include "absl/strings/string_view.h"

namespace halfterm::storage {

// A checksum in the making, without the inversions at its two ends: starts at kCrcBegin, is
// extended by bytes, and is ~ of what it came to.
constexpr uint32_t kCrcBegin = ~uint32_t{0};
uint32_t ExtendedByOne(uint32_t crc, uint8_t byte);
uint32_t Extended(uint32_t crc, absl::string_view bytes);

inline uint32_t Crc32c(absl::string_view bytes) { return ~Extended(kCrcBegin, bytes); }

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_CRC32C_H_
