#include "storage/rocks/log_check.h"

#include <array>
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
enum Type : uint8_t { kNone = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

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

size_t PayloadBytes(absl::string_view header) {
  return size_t{ByteAt(header, 4)} | size_t{ByteAt(header, 5)} << 8;
}

struct Record {
  size_t bytes = 0;  // With its header.
  uint8_t type = kNone;
};

// The whole and sound record at the start of `bytes`.
std::optional<Record> RecordAt(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const Record record{kHeaderBytes + PayloadBytes(bytes), ByteAt(bytes, 6)};
  if (record.type == kNone || record.type > kLast || record.bytes > bytes.size()) {
    return std::nullopt;
  }
  const absl::string_view covered = bytes.substr(6, record.bytes - 6);
  if (Extended(kCrcBegin, covered) != StatedCrc(bytes)) return std::nullopt;
  return record;
}

// Whether the record at the start of `bytes` is sound but for its length.
bool IsWholeUnderAnotherLength(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes || ByteAt(bytes, 6) == kNone) return false;
  const uint32_t stated = StatedCrc(bytes);
  uint32_t crc = kCrcBegin;
  for (size_t at = 6; at < bytes.size(); ++at) {
    crc = ExtendedByOne(crc, ByteAt(bytes, at));
    if (crc == stated) return true;
  }
  return false;
}

// Whether the record at the start of `bytes` is sound but for one bit, which is what rots and not
// what a power cut leaves.
bool IsWholeButForOneBit(absl::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return false;
  const size_t payload = PayloadBytes(bytes);
  if (kHeaderBytes + payload > bytes.size()) return false;
  const uint32_t crc = Extended(kCrcBegin, bytes.substr(6, 1 + payload));
  std::string header(bytes.substr(0, kHeaderBytes));
  for (size_t bit = 0; bit < 32; ++bit) {
    const auto flip = static_cast<char>(1 << bit % 8);
    header[bit / 8] = static_cast<char>(header[bit / 8] ^ flip);
    if (StatedCrc(header) == crc) return true;
    header[bit / 8] = static_cast<char>(header[bit / 8] ^ flip);
  }
  // What one bit changes in a checksum depends on how many bytes follow it, and on nothing else.
  const uint32_t change = crc ^ StatedCrc(bytes);
  std::array<uint32_t, 8> changes;
  for (size_t bit = 0; bit < 8; ++bit)
    changes[bit] = ExtendedByOne(0, static_cast<uint8_t>(1 << bit));
  for (size_t at = 0; at < 1 + payload; ++at) {
    for (uint32_t& of_bit : changes) {
      if (of_bit == change) return true;
      of_bit = ExtendedByOne(of_bit, 0);
    }
  }
  return false;
}

// Where reading stops, and what is left to say whether that is the end.
struct Scan {
  uint64_t whole_bytes = 0;
  bool has_stopped = false;
  // What follows belongs to a commit of which the beginning was written, and so to the last one
  // unless another begins.
  bool is_within_a_commit = false;
  bool is_damaged = false;

  void Read(absl::string_view block) {
    if (!has_stopped) block.remove_prefix(ReadRecords(block));
    if (!has_stopped) return;
    for (; block.size() >= kHeaderBytes && !is_damaged; block.remove_prefix(1)) {
      const std::optional<Record> record = RecordAt(block);
      is_damaged = record && (!is_within_a_commit || record->type <= kFirst);
    }
  }

 private:
  // Returns where in the block it stops.
  size_t ReadRecords(absl::string_view block) {
    size_t at = 0;
    while (const std::optional<Record> record = RecordAt(block.substr(at))) {
      at += record->bytes;
      is_within_a_commit = record->type == kFirst || record->type == kMiddle;
    }
    const bool is_padding = block.size() == kBlockBytes && kBlockBytes - at < kHeaderBytes;
    whole_bytes += is_padding ? block.size() : at;
    has_stopped = at < block.size() && !is_padding;
    if (!has_stopped) return at;
    const absl::string_view rest = block.substr(at);
    is_damaged = IsWholeUnderAnotherLength(rest) || IsWholeButForOneBit(rest);
    // The first part of a commit goes to the end of its block.
    is_within_a_commit =
        is_within_a_commit || (rest.size() >= kHeaderBytes && ByteAt(rest, 6) == kFirst &&
                               at + kHeaderBytes + PayloadBytes(rest) == kBlockBytes);
    return at;
  }
};

}  // namespace

absl::StatusOr<uint64_t> CheckLog(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  std::ifstream log(path, std::ios::binary);
  std::string block(kBlockBytes, '\0');
  Scan scan;
  do {
    log.read(block.data(), static_cast<std::streamsize>(kBlockBytes));
    scan.Read(absl::string_view(block).substr(0, static_cast<size_t>(log.gcount())));
  } while (log && !scan.is_damaged);
  if (!log.is_open() || log.bad()) {
    return absl::UnavailableError(absl::StrCat("Cannot read ", path, "."));
  }
  if (scan.is_damaged) {
    return DamagedError(directory, absl::StrCat(name, " is damaged at byte ", scan.whole_bytes,
                                                ": what is there is no unfinished commit"));
  }
  return scan.whole_bytes;
}

}  // namespace halfterm::storage
