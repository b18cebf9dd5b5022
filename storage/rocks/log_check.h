// Finds damage that RocksDB would take for the end of a log.
//
// A process that dies leaves its last record unfinished, and reading rightly stops there. But
// RocksDB also stops, and says nothing, where a damaged length points past the end of the file, or
// where a sector reads as zeros: one flipped bit in a length hid the 10 acknowledged commits behind
// it, in the mode that is to refuse such a log. The two differ in what follows. Behind an
// unfinished record there is nothing; behind a damaged one there are whole records.
//
// What cannot be found here: a log that lost its end, cleanly or to zeros, looks like one that was
// never longer. witness.h says how long it must be.

#ifndef HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
#define HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace halfterm::storage {

// Reads one write-ahead log, or a MANIFEST, which has the same form. Nothing may be writing to it.
// Takes some 0.1 s for the 64 MiB that logs may come to.
//
// How many of its bytes are whole records; behind them is what was left unfinished, if anything.
// DataLoss: it is damaged; says at which byte. Unavailable: it cannot be read.
absl::StatusOr<uint64_t> CheckLog(const std::string& directory, const std::string& name);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
