// What a ledger says beside its decisions, as whoever opens, restores or examines a store reads it.

#ifndef HALFTERM_STORAGE_BACKUP_LEDGER_FACTS_H_
#define HALFTERM_STORAGE_BACKUP_LEDGER_FACTS_H_
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/ledger.pb.h"
#include "halfterm/disk/ledger_steps.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

// By school: a sequence number.
using Heads = std::map<uint32_t, uint64_t>;

// What a ledger says beside its decisions.
struct LedgerFacts {
  disk::EpochsRow epochs;  // Empty for a ledger that was never used.
  std::optional<disk::IdentityRow> identity;
  std::optional<disk::WitnessRow> witness;
  std::optional<disk::RestoreMarkRow> mark;
  // The mark was left where no store was, on a new disk: the ledger may be a copy from some day.
  bool is_on_new_disk = false;
  disk::LedgerStepRow step;
  std::vector<disk::BackupRow> backups;  // Oldest first.
  // Those that could not be found when a later one was made. They count for nothing.
  std::vector<disk::BackupRow> missing;
};
// DataLoss: a row cannot be read.
absl::StatusOr<LedgerFacts> ReadLedger(const Snapshot& snapshot);

// Every group of the school up to this number is in two verified backups of the present history,
// and so in whatever one of the two would be restored. Backups that are missing do not count. 0:
// there are no two.
uint64_t DurableSeq(const std::vector<disk::BackupRow>& backups, const disk::EpochsRow& epochs,
                    Tenant tenant);

// Keys and prefixes of these rows, in the family meta (ledger.h).
namespace ledger_keys {
inline constexpr char kEpochs[] = "e", kIdentity[] = "i", kWitness[] = "w", kMark[] = "m";
inline constexpr char kStep[] = "n", kNewDisk[] = "o", kBackups[] = "b", kMissing[] = "d";
}  // namespace ledger_keys

// DataLoss, with what to do.
absl::Status DamagedLedger();

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_LEDGER_FACTS_H_
