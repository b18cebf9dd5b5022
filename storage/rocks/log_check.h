// Finds damage that RocksDB would take for the end of a log.
//
// A process that dies leaves its last record unfinished, and reading rightly stops there. But
// RocksDB also stops, and says nothing, where a damaged length points past the end of the file, or
// where a sector reads as zeros: one flipped bit in a length hid the 10 acknowledged commits behind
// it, in the mode that is to refuse such a log. The two differ in what follows. Behind an
// unfinished record there is nothing; behind a damaged one there are whole records.
//
// What cannot be found here: a log that lost its end, cleanly or to zeros, looks like one that was
// never longer. Tablets notice that, at their next greeting.

#ifndef HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
#define HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
#include <string>

#include "absl/status/status.h"

namespace halfterm::storage {

// Reads all write-ahead logs in `directory`, and the manifests, which have the same form. Nothing
// may have the store open. Takes some 0.1 s for the 64 MiB that logs may come to.
//
// DataLoss: a file is damaged; says which, and at which byte. Unavailable: a file cannot be read.
absl::Status CheckLogs(const std::string& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_LOG_CHECK_H_
