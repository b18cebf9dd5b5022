// RocksDB's own words, in two files of at most 1 MiB beside the tables: LOG, and LOG.old before it.
//
// Not RocksDB's logger: Debian's build keeps its assertions, and one in that logger aborts the
// process at the first line after a line that could not be written. On a full disk that was the
// whole server, reads and all. Here a line that cannot be written is a line less. Nor the server's
// log: a message may name a key, and a key may hold a name; these files lie where the rows lie.

#ifndef HALFTERM_STORAGE_ROCKS_INFO_LOG_H_
#define HALFTERM_STORAGE_ROCKS_INFO_LOG_H_
#include <memory>
#include <string>

namespace rocksdb {
class Logger;
}  // namespace rocksdb

namespace halfterm::storage {

// Warnings and errors only. Logs nowhere if the files cannot be opened.
std::shared_ptr<rocksdb::Logger> NewInfoLog(const std::string& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_INFO_LOG_H_
