#include "sync/core/path.h"

#include <algorithm>

namespace halfterm::core {

Path Path::Field(std::uint16_t field, Kind kind) {
  Path path;
  path.bytes_[0] = static_cast<std::uint8_t>(field >> 8);
  path.bytes_[1] = static_cast<std::uint8_t>(field);
  path.bytes_[2] = static_cast<std::uint8_t>(kind);
  return path;
}

Path Path::Entry(std::uint16_t field, const Id16& key, std::uint16_t sub, Kind kind) {
  Path path;
  path.size_ = kEntryBytes;
  path.bytes_[0] = static_cast<std::uint8_t>(field >> 8);
  path.bytes_[1] = static_cast<std::uint8_t>(field);
  std::copy(key.bytes.begin(), key.bytes.end(), path.bytes_.begin() + 2);
  path.bytes_[18] = static_cast<std::uint8_t>(sub >> 8);
  path.bytes_[19] = static_cast<std::uint8_t>(sub);
  path.bytes_[20] = static_cast<std::uint8_t>(kind);
  return path;
}

std::optional<Path> Path::FromBytes(std::string_view bytes) {
  if (bytes.size() != kFieldBytes && bytes.size() != kEntryBytes) return std::nullopt;
  Path path;
  path.size_ = static_cast<std::uint8_t>(bytes.size());
  std::memcpy(path.bytes_.data(), bytes.data(), bytes.size());
  return path;
}

Id16 Path::key() const {
  Id16 key;
  if (is_entry()) std::copy_n(bytes_.begin() + 2, Id16::kSize, key.bytes.begin());
  return key;
}

std::uint16_t Path::sub() const {
  return is_entry() ? static_cast<std::uint16_t>(bytes_[18] << 8 | bytes_[19]) : std::uint16_t{0};
}

Id16 NumberKey(std::uint16_t number) {
  Id16 key;
  key.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  key.bytes[15] = static_cast<std::uint8_t>(number);
  return key;
}

bool IsNumberKey(const Id16& key) {
  return std::all_of(key.bytes.begin(), key.bytes.begin() + 14,
                     [](std::uint8_t byte) { return byte == 0; });
}

std::uint16_t KeyNumber(const Id16& key) {
  return static_cast<std::uint16_t>(key.bytes[14] << 8 | key.bytes[15]);
}

}  // namespace halfterm::core
