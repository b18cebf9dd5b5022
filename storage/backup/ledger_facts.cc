#include "storage/backup/ledger_facts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/commit/epochs.h"

namespace halfterm::storage {
namespace {

template <typename Row>
absl::StatusOr<std::optional<Row>> Read(const Snapshot& snapshot, const char* key) {
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kMeta, key);
  if (absl::IsNotFound(stored.status())) return std::optional<Row>();
  if (!stored.ok()) return stored.status();
  Row row;
  if (!row.ParseFromString(*stored)) return DamagedLedger();
  return std::optional<Row>(std::move(row));
}

}  // namespace

absl::Status DamagedLedger() {
  return absl::DataLossError("a row of the ledger cannot be read; run `halfterm doctor`");
}

absl::StatusOr<LedgerFacts> ReadLedger(const Snapshot& snapshot) {
  LedgerFacts facts;
  absl::StatusOr<std::optional<disk::EpochsRow>> epochs =
      Read<disk::EpochsRow>(snapshot, ledger_keys::kEpochs);
  if (!epochs.ok()) return epochs.status();
  if (*epochs) facts.epochs = *std::move(*epochs);
  auto identity = Read<disk::IdentityRow>(snapshot, ledger_keys::kIdentity);
  if (!identity.ok()) return identity.status();
  facts.identity = *std::move(identity);
  auto witness = Read<disk::WitnessRow>(snapshot, ledger_keys::kWitness);
  if (!witness.ok()) return witness.status();
  facts.witness = *std::move(witness);
  auto mark = Read<disk::RestoreMarkRow>(snapshot, ledger_keys::kMark);
  if (!mark.ok()) return mark.status();
  facts.mark = *std::move(mark);
  auto step = Read<disk::LedgerStepRow>(snapshot, ledger_keys::kStep);
  if (!step.ok()) return step.status();
  if (*step) facts.step = *std::move(*step);

  const absl::Status new_disk = snapshot.Get(Family::kMeta, ledger_keys::kNewDisk).status();
  if (!new_disk.ok() && !absl::IsNotFound(new_disk)) return new_disk;
  facts.is_on_new_disk = new_disk.ok();

  for (const auto& [prefix, backups] : {std::pair(ledger_keys::kBackups, &facts.backups),
                                        std::pair(ledger_keys::kMissing, &facts.missing)}) {
    const auto cursor = snapshot.NewCursor(Family::kMeta, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const absl::string_view value = cursor->value();
      if (!backups->emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        return DamagedLedger();
      }
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  return facts;
}

uint64_t DurableSeq(const std::vector<disk::BackupRow>& backups, const disk::EpochsRow& epochs,
                    Tenant tenant) {
  // The highest number that two of them reach: a restore of either finds everything up to it.
  uint64_t best = 0, second = 0;
  for (const disk::BackupRow& backup : backups) {
    const uint64_t reach =
        std::min(SeqOf(backup.heads(), tenant), SharedSeq(epochs, backup.epoch(), tenant));
    if (reach >= best) {
      second = best;
      best = reach;
    } else {
      second = std::max(second, reach);
    }
  }
  return second;
}

}  // namespace halfterm::storage
