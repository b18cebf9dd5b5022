// The engine inside the server's process: RocksDB 7.8 in one directory.
//
// A commit is one write-ahead record and one fsync. Two of RocksDB's defaults would break our
// promise, and are not used. Its recovery may leave out acknowledged commits after a damaged byte
// in the write-ahead log, and say nothing; here such a store does not open. And it goes on after a
// failed write or flush; here the engine refuses every later commit, and the process is to be left.
//
// Memory: 64 MiB of cached blocks with their indexes and filters, 24 MiB of memtables.

#ifndef HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_H_
#define HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"

// Declared, not included: RocksDB's headers are for this folder's sources alone.
namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace halfterm::storage {

struct RocksEngineOptions {
  // Holds the store and nothing else. Made, for its owner alone to read, if missing.
  std::string directory;

  // Whether a new store may be started where there is none. A server that lost its disk must not
  // come up empty: every tablet would be told that nothing is held.
  bool may_create = true;

  // Commits are refused while the disk has fewer free bytes than this. It must leave room for a
  // flush and a compaction: RocksDB itself does not recover from a full disk.
  uint64_t low_space_bytes = uint64_t{512} << 20;

  size_t block_cache_bytes = size_t{64} << 20;
  size_t memtable_bytes = size_t{24} << 20;

  // Called once, at the first failure after which nothing can be committed, by whichever thread met
  // it (often one of RocksDB's). Must not call the engine and must not block; main() sets a flag,
  // drains, and exits 75 for its supervisor to start it again.
  std::function<void(const absl::Status& why)> on_fatal;

  // The free bytes of the disk under `directory`; what the system says, unless a test knows better.
  std::function<absl::StatusOr<uint64_t>()> free_bytes;

  // Through what the tables and logs are read and written: the machine's files, unless a test has
  // some that lose power or fail. Must outlive the engine.
  rocksdb::Env* env = nullptr;
};

// Opens the store, replaying what the last process had committed; about 10 ms, and up to a second
// with a full write-ahead log.
//
// DataLoss: bytes on disk are damaged or missing. Nothing was changed; `halfterm doctor` says what
//   is lost, and what could be done.
// FailedPrecondition: another process has the store open; or a newer version wrote it.
// NotFound: there is no store, and `may_create` is false.
// PermissionDenied, Unavailable: the directory cannot be used.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksEngine(const RocksEngineOptions& options);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_H_
