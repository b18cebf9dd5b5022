#include "storage/rocks/log_check.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/rocks/rocks_errors.h"

namespace halfterm::storage {
namespace {

// A log is a sequence of blocks; a record lies within one, and a commit is one record or several
// fragments. A record is masked_crc4 | length2 | type1 | payload, little-endian; the checksum
// covers type and payload, and not the length. A block's last bytes are zeros if no header fits
// there.
constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;
constexpr uint8_t kLastType = 4;  // Full, first, middle, last are 1 to 4.

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

// CRC-32C, without the inversions at its two ends.
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

// A header's checksum, as it is before masking and the last inversion.
uint32_t StatedCrc(absl::string_view header) {
  const uint32_t rotated = Little4(header, 0) - 0xA282EAD8u;
  return ~((rotated >> 17) | (rotated << 15));
}

// The length of the whole and sound record at the start of `bytes`, with its header.
std::optional<size_t> RecordAt(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const size_t payload = size_t{ByteAt(bytes, 4)} | size_t{ByteAt(bytes, 5)} << 8;
  const uint8_t type = ByteAt(bytes, 6);
  if (type == 0 || type > kLastType || kHeaderBytes + payload > bytes.size()) return std::nullopt;
  if (Extended(~0u, bytes.substr(6, 1 + payload)) != StatedCrc(bytes)) return std::nullopt;
  return kHeaderBytes + payload;
}

// Whether the record at the start of `bytes` is sound but for its length.
bool IsWholeUnderAnotherLength(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes || ByteAt(bytes, 6) == 0) return false;
  const uint32_t stated = StatedCrc(bytes);
  uint32_t crc = ~0u;
  for (size_t at = 6; at < bytes.size(); ++at) {
    crc = ExtendedByOne(crc, ByteAt(bytes, at));
    if (crc == stated) return true;
  }
  return false;
}

bool HoldsARecord(absl::string_view bytes) {
  for (; bytes.size() >= kHeaderBytes; bytes.remove_prefix(1)) {
    if (RecordAt(bytes)) return true;
  }
  return false;
}

// The first byte of `block` that belongs to no sound record; its size if there is none.
size_t EndOfRecords(absl::string_view block) {
  size_t at = 0;
  while (const std::optional<size_t> record = RecordAt(block.substr(at))) at += *record;
  const bool is_padding = block.size() == kBlockBytes && block.size() - at < kHeaderBytes;
  return is_padding ? block.size() : at;
}

// Where reading stops although there is more to read; nothing if the log ends as logs do.
std::optional<size_t> DamageIn(std::istream& log) {
  std::optional<size_t> stopped_at;
  std::string block(kBlockBytes, '\0');
  for (size_t offset = 0;; offset += kBlockBytes) {
    log.read(block.data(), static_cast<std::streamsize>(kBlockBytes));
    const absl::string_view bytes(block.data(), static_cast<size_t>(log.gcount()));
    if (bytes.empty()) return std::nullopt;
    if (stopped_at) {
      if (HoldsARecord(bytes)) return stopped_at;
      continue;
    }
    const size_t end = EndOfRecords(bytes);
    if (end == bytes.size()) continue;
    stopped_at = offset + end;
    const absl::string_view rest = bytes.substr(end);
    if (IsWholeUnderAnotherLength(rest) || HoldsARecord(rest)) return stopped_at;
  }
}

}  // namespace

absl::Status CheckLogs(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (!absl::EndsWith(name, ".log") && !absl::StartsWith(name, "MANIFEST-")) continue;
    std::ifstream log(file->path(), std::ios::binary);
    if (!log) {
      return absl::UnavailableError(absl::StrCat("Cannot read ", file->path().string(), "."));
    }
    if (const std::optional<size_t> at = DamageIn(log)) {
      return DamagedError(directory, absl::StrCat(name, " is damaged at byte ", *at,
                                                  ": what follows there is no unfinished commit"));
    }
    if (log.bad()) {
      return absl::UnavailableError(absl::StrCat("Cannot read ", file->path().string(), "."));
    }
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("Cannot list the directory ", directory, ": ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
