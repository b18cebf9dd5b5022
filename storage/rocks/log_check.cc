#include "storage/rocks/log_check.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/rocks/crc32c.h"
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

uint8_t ByteAt(absl::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

uint32_t Little4(absl::string_view bytes, size_t at) {
  return uint32_t{ByteAt(bytes, at)} | uint32_t{ByteAt(bytes, at + 1)} << 8 |
         uint32_t{ByteAt(bytes, at + 2)} << 16 | uint32_t{ByteAt(bytes, at + 3)} << 24;
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
  if (Extended(kCrcBegin, bytes.substr(6, 1 + payload)) != StatedCrc(bytes)) return std::nullopt;
  return kHeaderBytes + payload;
}

// Whether the record at the start of `bytes` is sound but for its length.
bool IsWholeUnderAnotherLength(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes || ByteAt(bytes, 6) == 0) return false;
  const uint32_t stated = StatedCrc(bytes);
  uint32_t crc = kCrcBegin;
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

struct Scan {
  uint64_t whole_bytes = 0;
  bool goes_on = false;  // Behind a place where reading stops.
};

Scan ScanOf(std::istream& log) {
  std::string block(kBlockBytes, '\0');
  bool has_stopped = false;
  Scan scan;
  for (uint64_t offset = 0;; offset += kBlockBytes) {
    log.read(block.data(), static_cast<std::streamsize>(kBlockBytes));
    const absl::string_view bytes(block.data(), static_cast<size_t>(log.gcount()));
    if (bytes.empty()) return scan;
    absl::string_view rest = bytes;
    if (!has_stopped) {
      const size_t end = EndOfRecords(bytes);
      scan.whole_bytes = offset + end;
      if (end == bytes.size()) continue;
      has_stopped = true;
      rest.remove_prefix(end);
      scan.goes_on = IsWholeUnderAnotherLength(rest);
    }
    scan.goes_on = scan.goes_on || HoldsARecord(rest);
    if (scan.goes_on) return scan;
  }
}

}  // namespace

absl::StatusOr<uint64_t> CheckLog(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  std::ifstream log(path, std::ios::binary);
  const Scan scan = ScanOf(log);
  if (!log.is_open() || log.bad()) {
    return absl::UnavailableError(absl::StrCat("Cannot read ", path, "."));
  }
  if (scan.goes_on) {
    return DamagedError(directory, absl::StrCat(name, " is damaged at byte ", scan.whole_bytes,
                                                ": what follows there is no unfinished commit"));
  }
  return scan.whole_bytes;
}

}  // namespace halfterm::storage
