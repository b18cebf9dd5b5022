// The half of batch.h that no restore may take back: epochs, decisions, and rows that must not fall
// back to what they were in a backup.

#include "storage/backup/kept_rows.h"
#include "storage/backup/ledger.h"
#include "storage/commit/batch.h"
#include "storage/commit/ledger_step.h"

namespace halfterm::storage {
uint32_t Batch::epoch() const {
  return epochs_ ? epochs_->epochs(epochs_->epochs_size() - 1).id() : context_.epochs.current();
}

std::shared_ptr<const disk::EpochsRow> Batch::EpochsNow() const {
  return epochs_ ? epochs_ : context_.epochs.shared_row();
}

absl::Status Batch::BeginEpoch(disk::EpochsRow epochs) {
  for (const auto& [name, tenant] : context_.directories.Tenants()) {
    const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
    if (!head.ok()) return head.status();
    uint64_t replica = 0;
    for (const char byte : context_.random(8)) replica = replica << 8 | static_cast<uint8_t>(byte);
    (*head)->set_replica(replica);
    (*head)->set_replica_n(0);
  }
  Put(Family::kMeta, EpochKey(), epochs.SerializeAsString());
  epochs_ = std::make_shared<const disk::EpochsRow>(std::move(epochs));
  return absl::OkStatus();
}

absl::StatusOr<WriteSet> Batch::ForLedger() {
  WriteSet ledger;
  if (context_.ledger == nullptr) return ledger;
  const absl::StatusOr<uint64_t> next = NextLedgerStep(*this);
  if (!next.ok()) return next.status();
  for (size_t i = 0; i < decisions_.size(); ++i) {
    const Decision& decision = decisions_[i];
    // The words of a record that this very batch erases are to be nowhere after it.
    const auto erased = rows_.find({Family::kErased, ErasedKey(decision.tenant, decision.record)});
    if (erased != rows_.end() && erased->second) continue;
    Ledger::PutDecision(decision.tenant, decision.record, static_cast<uint32_t>(i), decision.row,
                        ledger);
  }
  const absl::Status added = AddKeptRows(ledger);
  if (!added.ok()) return added;
  if (BeginsEpoch()) Ledger::PutEpochs(*epochs_, ledger);
  if (ledger.Empty()) return ledger;

  disk::LedgerStepRow step;
  step.set_step(*next);
  Put(Family::kMeta, LedgerStepKey(), step.SerializeAsString());
  step.set_epoch(epoch());
  for (const auto& [handle, head] : heads_) {
    disk::HeadRow before;
    const absl::StatusOr<std::string> stored =
        context_.engine.Get(Family::kMeta, HeadKey(Tenant(handle)));
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    if (stored.ok() && !before.ParseFromString(*stored)) {
      return absl::DataLossError("the head of a school cannot be read; run `halfterm verify`");
    }
    disk::TenantSeq& reached = *step.add_before();
    reached.set_tenant(handle);
    reached.set_seq(before.seq());
  }
  Ledger::PutStep(step, ledger);
  return ledger;
}

absl::Status Batch::AddKeptRows(WriteSet& ledger) {
  const absl::StatusOr<uint64_t> step = NextLedgerStep(*this);
  if (!step.ok()) return step.status();
  for (const auto& [name, value] : rows_) {
    const auto& [family, key] = name;
    if (family == Family::kErased) {
      const std::optional<ParsedRecordKey> erased = ParseErasedKey(key);
      const absl::Status known = context_.engine.Get(family, key).status();
      if (known.ok() || !erased || !value) continue;
      if (!absl::IsNotFound(known)) return known;
      const absl::Status put =
          context_.ledger->PutErased(erased->tenant, erased->record, *value, ledger);
      if (!put.ok()) return put;
      continue;
    }
    if (!IsKept(family, key)) continue;
    const absl::StatusOr<std::string> before = context_.engine.Get(family, key);
    if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
    if (value ? before.ok() && LastingPart(key, *before) == LastingPart(key, *value)
              : !before.ok()) {
      continue;
    }
    disk::KeptStateRow row;
    if (value) {
      row.set_value(*value);
    } else {
      row.set_deleted(true);
    }
    Ledger::PutKept(family, key, row, *step, ledger);
  }
  return absl::OkStatus();
}

std::map<uint32_t, uint64_t> Batch::HeadsReached() const {
  std::map<uint32_t, uint64_t> heads;
  for (const auto& [handle, head] : heads_) heads[handle] = head.row.seq();
  return heads;
}

}  // namespace halfterm::storage
