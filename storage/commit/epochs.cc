#include "storage/commit/epochs.h"

#include "storage/keys.h"

namespace halfterm::storage {

absl::StatusOr<Epochs> Epochs::Open(Engine& engine, const Clock& clock) {
  disk::EpochsRow row;
  const absl::StatusOr<std::string> stored = engine.Get(Family::kMeta, EpochKey());
  if (stored.ok()) {
    if (!row.ParseFromString(*stored) || row.epochs_size() == 0) {
      return absl::DataLossError("the store's history cannot be read; run `halfterm doctor`");
    }
    return Epochs(std::move(row));
  }
  if (!absl::IsNotFound(stored.status())) return stored.status();
  disk::EpochRow& first = *row.add_epochs();
  first.set_id(1);
  first.set_began_ms(clock.NowMs());
  WriteSet writes;
  writes.Put(Family::kMeta, EpochKey(), row.SerializeAsString());
  const absl::Status committed = engine.Commit(writes);
  if (!committed.ok()) return committed;
  return Epochs(std::move(row));
}

}  // namespace halfterm::storage
