// What we ask of RocksDB's backups.

#ifndef HALFTERM_STORAGE_ROCKS_BACKUP_OPTIONS_H_
#define HALFTERM_STORAGE_ROCKS_BACKUP_OPTIONS_H_
#include <rocksdb/utilities/backup_engine.h>

#include <string>

namespace halfterm::storage {

rocksdb::BackupEngineOptions BackupOptions(const std::string& folder);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_BACKUP_OPTIONS_H_
