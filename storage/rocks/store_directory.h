// The directory of a store: made so that it lasts, looked at before RocksDB looks, and its room.

#ifndef HALFTERM_STORAGE_ROCKS_STORE_DIRECTORY_H_
#define HALFTERM_STORAGE_ROCKS_STORE_DIRECTORY_H_
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::storage {

// Makes the directory if there is none and one may be made; refuses a store that RocksDB would open
// although something is missing or damaged. Codes as OpenRocksEngine's.
absl::Status PrepareDirectory(const RocksEngineOptions& options);

// What a process without privileges could still write there.
absl::StatusOr<uint64_t> FreeBytesUnder(const std::string& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_STORE_DIRECTORY_H_
