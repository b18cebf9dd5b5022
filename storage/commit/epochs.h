// The history of the store: a new epoch begins when it is created, restored from a backup, or found
// to have been restored without anybody having said so.
//
// Numbers of groups go on from epoch to epoch. After a restore the parent's numbers beyond the
// branch belong to groups that the store lacks, and the new epoch gives the same numbers to others;
// so a number says something only together with its epoch.

#ifndef HALFTERM_STORAGE_COMMIT_EPOCHS_H_
#define HALFTERM_STORAGE_COMMIT_EPOCHS_H_
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/clock.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

// Safe from any thread. A copy shares what it says with the one it was copied from.
class Epochs {
 public:
  // Reads the epochs, or begins the first one in an empty store.
  static absl::StatusOr<Epochs> Open(Engine& engine, const Clock& clock);
  explicit Epochs(disk::EpochsRow row);

  // Asked for each group: the row, which grows with every school and epoch, is not copied for it.
  uint32_t current() const {
    const std::shared_ptr<const disk::EpochsRow> said = shared_row();
    return said->epochs(said->epochs_size() - 1).id();
  }
  // As of now; stays as it is when another epoch begins.
  std::shared_ptr<const disk::EpochsRow> shared_row() const;
  disk::EpochsRow row() const { return *shared_row(); }

  // Another epoch has begun, and is on the disk. By the committer.
  void Publish(disk::EpochsRow row);

 private:
  struct Said;
  std::shared_ptr<Said> said_;
};

// Of numbers by school, ascending by its handle, as every list of them is written; 0 for a school
// that is not named. There is a list for each epoch and each backup, and a greeting asks all of
// them.
uint64_t SeqOf(const google::protobuf::RepeatedPtrField<disk::TenantSeq>& schools, Tenant tenant);

// Null for an epoch that never was.
const disk::EpochRow* EpochOf(const disk::EpochsRow& epochs, uint32_t id);

// Up to which number the present history and that of epoch `id` are the same: what was acknowledged
// in that epoch with a higher number is not here. Of the current epoch: every number. 0 for an
// epoch that never was.
uint64_t SharedSeq(const disk::EpochsRow& epochs, uint32_t id, Tenant tenant);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_EPOCHS_H_
