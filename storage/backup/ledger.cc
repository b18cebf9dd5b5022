#include "storage/backup/ledger.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "storage/commit/epochs.h"
#include "sync/core/types.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

constexpr char kEpochsKey[] = "e";
constexpr char kIdentityRowKey[] = "i";
constexpr char kWitnessKey[] = "w";
constexpr char kMarkKey[] = "m";
constexpr char kBackupPrefix[] = "b";
constexpr char kOfState = 's', kOfMeta = 'm';
constexpr size_t kTenantBytes = 4;

absl::Status Damaged() {
  return absl::DataLossError("a row of the ledger cannot be read; run `halfterm doctor`");
}

template <typename Row>
absl::StatusOr<std::optional<Row>> Read(const Snapshot& snapshot, const char* key) {
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kMeta, key);
  if (absl::IsNotFound(stored.status())) return std::optional<Row>();
  if (!stored.ok()) return stored.status();
  Row row;
  if (!row.ParseFromString(*stored)) return Damaged();
  return std::optional<Row>(std::move(row));
}

std::string BackupKey(const disk::BackupRow& backup) {
  std::string key = kBackupPrefix;
  core::AppendBig64(key, static_cast<uint64_t>(std::max<int64_t>(backup.verified_ms(), 0)));
  core::AppendBig32(key, backup.generation());
  return key;
}

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

uint64_t HeadOf(const disk::BackupRow& backup, Tenant tenant) {
  for (const disk::TenantSeq& head : backup.heads()) {
    if (head.tenant() == tenant.handle()) return head.seq();
  }
  return 0;
}

}  // namespace

absl::StatusOr<LedgerFacts> ReadLedger(const Engine& engine) {
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  LedgerFacts facts;
  absl::StatusOr<std::optional<disk::EpochsRow>> epochs =
      Read<disk::EpochsRow>(*snapshot, kEpochsKey);
  if (!epochs.ok()) return epochs.status();
  if (*epochs) facts.epochs = *std::move(*epochs);
  auto identity = Read<disk::IdentityRow>(*snapshot, kIdentityRowKey);
  if (!identity.ok()) return identity.status();
  facts.identity = *std::move(identity);
  auto witness = Read<disk::WitnessRow>(*snapshot, kWitnessKey);
  if (!witness.ok()) return witness.status();
  facts.witness = *std::move(witness);
  auto mark = Read<disk::RestoreMarkRow>(*snapshot, kMarkKey);
  if (!mark.ok()) return mark.status();
  facts.mark = *std::move(mark);

  const auto cursor =
      snapshot->NewCursor(Family::kMeta, kBackupPrefix, EndOfPrefix(kBackupPrefix));
  for (; cursor->Valid(); cursor->Next()) {
    const absl::string_view value = cursor->value();
    if (!facts.backups.emplace_back().ParseFromArray(value.data(),
                                                     static_cast<int>(value.size()))) {
      return Damaged();
    }
  }
  if (!cursor->status().ok()) return cursor->status();
  return facts;
}

uint64_t DurableSeq(const std::vector<disk::BackupRow>& backups, const disk::EpochsRow& epochs,
                    Tenant tenant) {
  // The highest number that two of them reach: a restore of either finds everything up to it.
  uint64_t best = 0, second = 0;
  for (const disk::BackupRow& backup : backups) {
    const uint64_t reach =
        std::min(HeadOf(backup, tenant), SharedSeq(epochs, backup.epoch(), tenant));
    if (reach >= best) {
      second = best;
      best = reach;
    } else {
      second = std::max(second, reach);
    }
  }
  return second;
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(Engine& engine) {
  absl::StatusOr<LedgerFacts> facts = ReadLedger(engine);
  if (!facts.ok()) return facts.status();
  std::unique_ptr<Ledger> ledger(new Ledger(engine));
  ledger->facts_ = *std::move(facts);
  if (ledger->facts_.witness) ledger->seen_ = *ledger->facts_.witness;
  return ledger;
}

LedgerFacts Ledger::facts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return facts_;
}

uint64_t Ledger::DurableSeqOf(const disk::EpochsRow& epochs, Tenant tenant) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return DurableSeq(facts_.backups, epochs, tenant);
}

absl::Status Ledger::CommitLocked(const WriteSet& writes) { return engine_.Commit(writes); }

absl::Status Ledger::Commit(const WriteSet& writes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return CommitLocked(writes);
}

absl::Status Ledger::Witness(uint32_t epoch, const Heads& heads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (seen_.epoch() != epoch) seen_.clear_heads();
  seen_.set_epoch(epoch);
  for (const auto& [tenant, seq] : heads) {
    disk::TenantSeq* known = nullptr;
    for (disk::TenantSeq& head : *seen_.mutable_heads()) {
      if (head.tenant() == tenant) known = &head;
    }
    if (known == nullptr) known = seen_.add_heads();
    known->set_tenant(tenant);
    known->set_seq(seq);
  }
  if (++commits_since_note_ < kWitnessCommits) return absl::OkStatus();
  return WriteWitnessLocked();
}

absl::Status Ledger::WriteWitness() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return WriteWitnessLocked();
}

absl::Status Ledger::WriteWitnessLocked() {
  if (commits_since_note_ == 0) return absl::OkStatus();
  WriteSet writes;
  writes.Put(Family::kMeta, kWitnessKey, seen_.SerializeAsString());
  const absl::Status noted = CommitLocked(writes);
  if (!noted.ok()) return noted;
  facts_.witness = seen_;
  commits_since_note_ = 0;
  return absl::OkStatus();
}

absl::Status Ledger::NoteHistory(const disk::EpochsRow& epochs,
                                 const disk::IdentityRow& identity) {
  const std::lock_guard<std::mutex> lock(mutex_);
  WriteSet writes;
  writes.Put(Family::kMeta, kEpochsKey, epochs.SerializeAsString());
  writes.Put(Family::kMeta, kIdentityRowKey, identity.SerializeAsString());
  writes.Delete(Family::kMeta, kMarkKey);
  const absl::Status noted = CommitLocked(writes);
  if (!noted.ok()) return noted;
  facts_.epochs = epochs;
  facts_.identity = identity;
  facts_.mark.reset();
  return absl::OkStatus();
}

absl::Status Ledger::NoteEpochs(const disk::EpochsRow& epochs) {
  const std::lock_guard<std::mutex> lock(mutex_);
  WriteSet writes;
  writes.Put(Family::kMeta, kEpochsKey, epochs.SerializeAsString());
  const absl::Status noted = CommitLocked(writes);
  if (noted.ok()) facts_.epochs = epochs;
  return noted;
}

absl::Status Ledger::NoteRestore(const disk::RestoreMarkRow& mark) {
  const std::lock_guard<std::mutex> lock(mutex_);
  WriteSet writes;
  writes.Put(Family::kMeta, kMarkKey, mark.SerializeAsString());
  const absl::Status noted = CommitLocked(writes);
  if (noted.ok()) facts_.mark = mark;
  return noted;
}

absl::Status Ledger::NoteBackup(const disk::BackupRow& backup, const disk::EpochsRow& epochs) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<disk::BackupRow> backups = facts_.backups;
  backups.push_back(backup);
  WriteSet writes;
  writes.Put(Family::kMeta, BackupKey(backup), backup.SerializeAsString());
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  for (auto cursor = snapshot->NewCursor(Family::kLog, "", ""); cursor->Valid(); cursor->Next()) {
    disk::DecisionRow decision;
    const absl::string_view value = cursor->value();
    if (!decision.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged();
    const std::optional<core::FacetId> facet = core::FacetId::Parse(decision.facet());
    if (!facet || facet->facet_class != core::kVersion) continue;
    const Tenant tenant = TenantIn(cursor->key());
    const uint64_t durable = DurableSeq(backups, epochs, tenant);
    if (decision.seq() <= durable &&
        decision.seq() <= SharedSeq(epochs, decision.epoch(), tenant)) {
      writes.Delete(Family::kLog, cursor->key());
    }
  }
  const absl::Status noted = CommitLocked(writes);
  if (noted.ok()) facts_.backups = std::move(backups);
  return noted;
}

absl::Status Ledger::ForgetBackups(const std::string& folder, const std::vector<uint32_t>& kept) {
  const std::lock_guard<std::mutex> lock(mutex_);
  WriteSet writes;
  std::vector<disk::BackupRow> left;
  for (const disk::BackupRow& backup : facts_.backups) {
    const bool stays = backup.folder() != folder ||
                       std::find(kept.begin(), kept.end(), backup.generation()) != kept.end();
    if (stays) {
      left.push_back(backup);
    } else {
      writes.Delete(Family::kMeta, BackupKey(backup));
    }
  }
  const absl::Status forgot = CommitLocked(writes);
  if (forgot.ok()) facts_.backups = std::move(left);
  return forgot;
}

absl::Status Ledger::ForEachDecision(
    const std::function<absl::Status(Tenant, const disk::DecisionRow&)>& see) const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kLog, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    disk::DecisionRow decision;
    const absl::string_view value = cursor->value();
    if (!decision.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged();
    if (absl::Status seen = see(TenantIn(cursor->key()), decision); !seen.ok()) return seen;
  }
  return cursor->status();
}

absl::Status Ledger::ForEachKept(
    const std::function<absl::Status(Family, const std::string&, const disk::KeptStateRow&)>& see)
    const {
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, "", "");
  for (; cursor->Valid(); cursor->Next()) {
    disk::KeptStateRow row;
    const absl::string_view value = cursor->value();
    const absl::string_view key = cursor->key();
    if (key.empty() || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return Damaged();
    }
    const absl::Status seen =
        see(key.front() == kOfMeta ? Family::kMeta : Family::kState, std::string(key.substr(1)), row);
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
    if (!record) return Damaged();
    if (absl::Status seen = see(TenantIn(key), *record); !seen.ok()) return seen;
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
                     WriteSet& writes) {
  std::string name(1, family == Family::kMeta ? kOfMeta : kOfState);
  name.append(key.data(), key.size());
  writes.Put(Family::kState, name, row.SerializeAsString());
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
