// The history of the store: a new epoch begins when it is created or restored from a backup.

#ifndef HALFTERM_STORAGE_COMMIT_EPOCHS_H_
#define HALFTERM_STORAGE_COMMIT_EPOCHS_H_
#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/clock.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Immutable while the server runs; safe from any thread.
class Epochs {
 public:
  // Reads the epochs, or begins the first one in an empty store.
  static absl::StatusOr<Epochs> Open(Engine& engine, const Clock& clock);
  explicit Epochs(disk::EpochsRow row) : row_(std::move(row)) {}

  uint32_t current() const { return row_.epochs(row_.epochs_size() - 1).id(); }
  const disk::EpochsRow& row() const { return row_; }

 private:
  disk::EpochsRow row_;  // Never empty.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_EPOCHS_H_
