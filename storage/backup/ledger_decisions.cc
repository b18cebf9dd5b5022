// The rows of a ledger that hold decisions: how they are written, and read for a replay.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/backup/ledger.h"
#include "storage/commit/epochs.h"
#include "sync/core/types.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

constexpr char kOfState = 's', kOfMeta = 'm';
constexpr size_t kTenantBytes = 4;

std::string RecordPrefixOf(Tenant tenant, const core::Id16& record) {
  std::string key;
  core::AppendBig32(key, tenant.handle());
  key.append(record.view());
  return key;
}

Tenant TenantIn(absl::string_view key) {
  uint32_t handle = 0;
  for (const char byte : key.substr(0, kTenantBytes)) {
    handle = handle << 8 | static_cast<uint8_t>(byte);
  }
  return Tenant(handle);
}

}  // namespace

absl::Status Ledger::ForEachDecision(
    const std::function<absl::Status(Tenant, const disk::DecisionRow&)>& see) const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kLog, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    disk::DecisionRow decision;
    const absl::string_view value = cursor->value();
    if (!decision.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return DamagedLedger();
    if (absl::Status seen = see(TenantIn(cursor->key()), decision); !seen.ok()) return seen;
  }
  return cursor->status();
}

absl::Status Ledger::ForEachKept(
    const std::function<absl::Status(Family, const std::string&, const disk::KeptStateRow&,
                                     uint64_t)>& see) const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    disk::KeptStateRow row;
    disk::LedgerStepRow step;
    const absl::string_view value = cursor->value();
    const absl::string_view key = cursor->key();
    if (key.empty() || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return DamagedLedger();
    }
    const absl::StatusOr<std::string> by = snapshot->Get(Family::kDerived, key);
    if (!by.ok() && !absl::IsNotFound(by.status())) return by.status();
    if (by.ok() && !step.ParseFromString(*by)) return DamagedLedger();
    const absl::Status seen = see(key.front() == kOfMeta ? Family::kMeta : Family::kState,
                                  std::string(key.substr(1)), row, step.step());
    if (!seen.ok()) return seen;
  }
  return cursor->status();
}

absl::Status Ledger::ForEachErased(
    const std::function<absl::Status(Tenant, const core::Id16&)>& see) const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kErased, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    const absl::string_view key = cursor->key();
    const absl::string_view id = key.size() < kTenantBytes ? key : key.substr(kTenantBytes);
    const std::optional<core::Id16> record = core::Id16::FromBytes({id.data(), id.size()});
    if (!record) return DamagedLedger();
    if (absl::Status seen = see(TenantIn(key), *record); !seen.ok()) return seen;
  }
  return cursor->status();
}

absl::Status Ledger::DropDurableText(const std::vector<disk::BackupRow>& backups,
                                     const disk::EpochsRow& epochs, WriteSet& writes) const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kLog, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    disk::DecisionRow decision;
    const absl::string_view value = cursor->value();
    if (!decision.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return DamagedLedger();
    const std::optional<core::FacetId> facet = core::FacetId::Parse(decision.facet());
    if (!facet || facet->facet_class != core::kVersion) continue;
    const Tenant tenant = TenantIn(cursor->key());
    const uint64_t durable = DurableSeq(backups, epochs, tenant);
    if (decision.seq() <= durable &&
        decision.seq() <= SharedSeq(epochs, decision.epoch(), tenant)) {
      writes.Delete(Family::kLog, cursor->key());
    }
  }
  return cursor->status();
}

void Ledger::PutDecision(Tenant tenant, const core::Id16& record, uint32_t place,
                         const disk::DecisionRow& decision, WriteSet& writes) {
  std::string key = RecordPrefixOf(tenant, record);
  core::AppendBig32(key, decision.epoch());
  core::AppendBig64(key, decision.seq());
  core::AppendBig32(key, place);
  writes.Put(Family::kLog, key, decision.SerializeAsString());
}

void Ledger::PutKept(Family family, absl::string_view key, const disk::KeptStateRow& row,
                     uint64_t step, WriteSet& writes) {
  std::string name(1, family == Family::kMeta ? kOfMeta : kOfState);
  name.append(key.data(), key.size());
  disk::LedgerStepRow by;
  by.set_step(step);
  writes.Put(Family::kState, name, row.SerializeAsString());
  writes.Put(Family::kDerived, name, by.SerializeAsString());
}

void Ledger::PutStep(const disk::LedgerStepRow& step, WriteSet& writes) {
  writes.Put(Family::kMeta, ledger_keys::kStep, step.SerializeAsString());
}

void Ledger::PutEpochs(const disk::EpochsRow& epochs, WriteSet& writes) {
  writes.Put(Family::kMeta, ledger_keys::kEpochs, epochs.SerializeAsString());
}

absl::Status Ledger::PutErased(Tenant tenant, const core::Id16& record, absl::string_view row,
                               WriteSet& writes) const {
  const std::string prefix = RecordPrefixOf(tenant, record);
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) writes.Delete(Family::kLog, cursor->key());
  if (!cursor->status().ok()) return cursor->status();
  writes.Put(Family::kErased, prefix, row);
  return absl::OkStatus();
}

}  // namespace halfterm::storage
