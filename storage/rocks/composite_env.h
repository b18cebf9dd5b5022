// What RocksDB is given where files, or time, are not the machine's own.

#ifndef HALFTERM_STORAGE_ROCKS_COMPOSITE_ENV_H_
#define HALFTERM_STORAGE_ROCKS_COMPOSITE_ENV_H_
#include <memory>

namespace rocksdb {
class Env;
class FileSystem;
class SystemClock;
}  // namespace rocksdb

namespace halfterm::storage {

// Neither may be null. RocksDB's own NewCompositeEnv() is for files alone.
std::unique_ptr<rocksdb::Env> NewCompositeEnv(std::shared_ptr<rocksdb::FileSystem> files,
                                              std::shared_ptr<rocksdb::SystemClock> clock);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_COMPOSITE_ENV_H_
