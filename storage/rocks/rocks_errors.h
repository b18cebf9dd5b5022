// What RocksDB's errors mean here, in words that tell an operator what to do; and the latch that
// makes the first failure the last commit.

#ifndef HALFTERM_STORAGE_ROCKS_ROCKS_ERRORS_H_
#define HALFTERM_STORAGE_ROCKS_ROCKS_ERRORS_H_
#include <functional>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Status;
}  // namespace rocksdb

namespace halfterm::storage {

// DataLoss, met before anything was changed: what was found, and what to do.
absl::Status DamagedError(const std::string& directory, absl::string_view what);

// An error met while opening the store; OpenRocksEngine() lists the codes.
absl::Status OpenError(const std::string& directory, const rocksdb::Status& error);

// An error met while reading: DataLoss or Unavailable. NotFound carries no message.
absl::Status ReadError(const std::string& directory, const rocksdb::Status& error);

// Shut once, for ever, by the first error after which RocksDB's memory and its files may disagree.
//
// Safe to call from any thread.
class FailureLatch {
 public:
  FailureLatch(std::string directory, std::function<void(const absl::Status&)> on_fatal);

  // Remembers the first error, and tells whoever asked to be told. `doing` continues "failed
  // while".
  void Fail(absl::string_view doing, const rocksdb::Status& error);

  // OK, or the Unavailable that every commit now answers.
  absl::Status status() const;

 private:
  const std::string directory_;
  const std::function<void(const absl::Status&)> on_fatal_;
  mutable std::mutex mutex_;
  absl::Status status_;  // Guarded by mutex_.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_ROCKS_ERRORS_H_
