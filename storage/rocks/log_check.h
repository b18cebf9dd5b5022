// Tells a log that was damaged from one that a process or a machine left unfinished when it
// stopped.
//
// RocksDB takes too much for the end of a log: a damaged length that points past the end of the
// file, or a sector that reads as zeros. One flipped bit in a length hid the 10 acknowledged
// commits behind it, in the mode that is to refuse such a log. And it takes too little: of the
// pages of a commit that were on their way to the disk when the power went, some may be there and
// others not, and it refuses the store for that commit, which nobody was told of.
//
// The two differ in what follows, because a commit is begun when the one before it is on the disk.
// Behind an unfinished commit there is no other; behind a damaged one there are whole records. And
// a single wrong bit is never what a power cut leaves.
//
// What cannot be found here: a log that lost its end to more than a bit looks like one that was
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
// How many of its bytes are whole records; behind them is what was left unfinished, if anything,
// and may be cut off.
// DataLoss: it is damaged; says at which byte. Unavailable: it cannot be read.
absl::StatusOr<uint64_t> CheckLog(const std::string& directory, const std::string& name);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
