// The files of a store, with a witness for each MANIFEST that is written to them (witness.h).

#ifndef HALFTERM_STORAGE_ROCKS_WITNESS_FILES_H_
#define HALFTERM_STORAGE_ROCKS_WITNESS_FILES_H_
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace halfterm::storage {

// Safe to call from any thread. One store at a time.
class WitnessFiles {
 public:
  // Through `env`, which must outlive this; null: the machine's files and time.
  explicit WitnessFiles(rocksdb::Env* env);
  ~WitnessFiles();
  WitnessFiles(const WitnessFiles&) = delete;
  WitnessFiles& operator=(const WitnessFiles&) = delete;

  // For RocksDB; what it opens through this must be closed before this goes. A MANIFEST counts as
  // synced once its witness is too: where that cannot be written RocksDB is told that the MANIFEST
  // could not.
  rocksdb::Env* env();

  // After a store was closed whose every write is on the disk: how long its logs are. An error
  // leaves the witness as it was.
  absl::Status StoreIsClosed(const std::string& directory);

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_WITNESS_FILES_H_
