// What we ask of RocksDB, and why: every option that we set is set here.

#ifndef HALFTERM_STORAGE_ROCKS_ROCKS_OPTIONS_H_
#define HALFTERM_STORAGE_ROCKS_ROCKS_OPTIONS_H_
#include <memory>
#include <vector>

#include "storage/engine.h"
#include "storage/rocks/rocks_engine.h"

// Declared, not included: RocksDB's headers are for this folder's sources alone.
namespace rocksdb {
class Cache;
class EventListener;
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace halfterm::storage {

// `read_only`: nothing is written, a log of what RocksDB does among it.
rocksdb::DBOptions DatabaseOptions(const RocksEngineOptions& options,
                                   std::shared_ptr<rocksdb::EventListener> listener,
                                   bool read_only = false);

// In the order of kFamilies; then "default", which RocksDB insists on and nobody writes.
std::vector<rocksdb::ColumnFamilyDescriptor> FamilyOptions(
    const RocksEngineOptions& options, const std::shared_ptr<rocksdb::Cache>& block_cache);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_ROCKS_OPTIONS_H_
