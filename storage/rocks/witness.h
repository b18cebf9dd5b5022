// What the files of a store must still hold, written down beside them: WITNESS-000005 is for
// MANIFEST-000005.
//
// A MANIFEST that lost its end is a sound MANIFEST of an earlier day. RocksDB opens it without the
// tables that were added since, and deletes them as files that nobody needs. So each time that a
// MANIFEST is on the disk, and before anything is done that builds on it, its length and checksum
// are put on the disk in the file of its witness. A witness never claims what is not durable: after
// a crash between the two writes it claims less, and nothing has built on the rest.
//
// A store that is closed in good order also has the lengths of its write-ahead logs there, so that
// a log which loses its end while nobody uses it is noticed too.

#ifndef HALFTERM_STORAGE_ROCKS_WITNESS_H_
#define HALFTERM_STORAGE_ROCKS_WITNESS_H_
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace halfterm::storage {

struct Witness {
  uint64_t manifest_bytes = 0;  // It has at least so many,
  uint32_t manifest_crc = 0;    // and this is their CRC-32C.
  // By name: at least so many bytes of whole records. Empty unless the store was closed.
  std::map<std::string, uint64_t> log_bytes;
};

// "WITNESS-000005" of "MANIFEST-000005".
std::string WitnessNameOf(absl::string_view manifest_name);

// A line of a witness's file, which is made of such lines; the last of a kind counts. Each is to be
// on the disk before the next is begun.
std::string ManifestLine(uint64_t bytes, uint32_t crc);
std::string ClosedLine(const std::map<std::string, uint64_t>& log_bytes);

// From the content of the file. A last line that is not whole was being written when the power
// went, and is left out.
//
// DataLoss: another line is damaged, or there is none about the MANIFEST.
absl::StatusOr<Witness> WitnessIn(absl::string_view content);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_WITNESS_H_
