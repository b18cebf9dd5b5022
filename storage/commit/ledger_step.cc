#include "storage/commit/ledger_step.h"

#include <string>

#include "storage/backup/ledger.h"

namespace halfterm::storage {

absl::StatusOr<uint64_t> NextLedgerStep(Batch& batch) {
  const Ledger& ledger = *batch.context().ledger;
  if (!ledger.is_shared()) return ledger.step() + 1;
  const absl::StatusOr<std::string> stored = batch.Get(Family::kMeta, LedgerStepKey());
  if (absl::IsNotFound(stored.status())) return 1;
  if (!stored.ok()) return stored.status();
  disk::LedgerStepRow row;
  if (!row.ParseFromString(*stored)) {
    return absl::DataLossError("the store's step cannot be read; run `halfterm verify`");
  }
  return row.step() + 1;
}

absl::StatusOr<bool> GivesOutDots(Batch& batch) {
  for (const auto& [handle, seq] : batch.HeadsReached()) {
    const absl::StatusOr<disk::HeadRow*> head = batch.Head(Tenant(handle));
    if (!head.ok()) return head.status();
    const absl::StatusOr<std::string> stored =
        batch.context().engine.Get(Family::kMeta, HeadKey(Tenant(handle)));
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    disk::HeadRow before;
    if (stored.ok() && !before.ParseFromString(*stored)) {
      return absl::DataLossError("the head of a school cannot be read; run `halfterm verify`");
    }
    if (before.replica_n() != (*head)->replica_n()) return true;
  }
  return false;
}

}  // namespace halfterm::storage
