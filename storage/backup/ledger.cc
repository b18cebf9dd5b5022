#include "storage/backup/ledger.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

// Of each school the greater number.
void AddHeads(const disk::WitnessRow& witness, Heads& heads) {
  for (const disk::TenantSeq& head : witness.heads()) {
    uint64_t& seq = heads[head.tenant()];
    seq = std::max(seq, head.seq());
  }
}

std::string BackupKey(const disk::BackupRow& backup, const char* prefix = ledger_keys::kBackups) {
  std::string key = prefix;
  core::AppendBig64(key, static_cast<uint64_t>(std::max<int64_t>(backup.verified_ms(), 0)));
  core::AppendBig32(key, backup.generation());
  return key;
}

}  // namespace

std::string LedgerStepKey() { return "l"; }

// What others are told of a commit: that it made a step and changed nothing else, or more.
constexpr char kStepNews[] = "s", kOtherNews[] = "o";

class Ledger::Turn {
 public:
  explicit Turn(Ledger& ledger) : ledger_(ledger), lock_(ledger.writing_) {
    if (ledger_.shared_ != nullptr) status_ = ledger_.shared_->BeginTurn().status();
  }
  ~Turn() {
    if (ledger_.shared_ != nullptr) ledger_.shared_->EndTurn();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  const absl::Status& status() const { return status_; }

 private:
  Ledger& ledger_;
  const std::lock_guard<std::mutex> lock_;
  absl::Status status_;
};

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(Engine& engine) {
  std::unique_ptr<Ledger> ledger(new Ledger(engine));
  if (ledger->shared_ != nullptr) {
    const absl::Status follows =
        ledger->shared_->Follow([heeding = ledger.get()](const News& news, const Snapshot& view) {
          return heeding->Heed(news, view);
        });
    if (!follows.ok()) return follows;
  } else {
    absl::StatusOr<LedgerFacts> facts = ReadLedger(*engine.NewSnapshot());
    if (!facts.ok()) return facts.status();
    ledger->facts_ = *std::move(facts);
  }
  if (const auto& witness = ledger->facts_.witness) {
    ledger->seen_epoch_ = witness->epoch();
    AddHeads(*witness, ledger->seen_);
  }
  return ledger;
}

Ledger::~Ledger() {
  if (shared_ != nullptr) shared_->Close().IgnoreError();
}

absl::Status Ledger::Heed(const News& news, const Snapshot& view) {
  const bool is_step_only =
      !news.is_all_new && std::all_of(news.said.begin(), news.said.end(),
                                      [](const std::string& said) { return said == kStepNews; });
  if (is_step_only) return absl::OkStatus();
  absl::StatusOr<LedgerFacts> facts = ReadLedger(view);
  if (!facts.ok()) return facts.status();
  const std::lock_guard<std::mutex> lock(mutex_);
  facts_ = *std::move(facts);
  return absl::OkStatus();
}

LedgerFacts Ledger::facts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return facts_;
}

uint64_t Ledger::DurableSeqOf(const disk::EpochsRow& epochs, Tenant tenant) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return DurableSeq(facts_.backups, epochs, tenant);
}

uint64_t Ledger::step() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return facts_.step.step();
}

absl::Status Ledger::Write(const WriteSet& writes, const std::function<void()>& publish) {
  if (shared_ != nullptr) return shared_->CommitTurn(writes, kOtherNews, publish);
  if (!owed_.Empty()) {
    const absl::Status paid = engine_.Commit(owed_);
    if (!paid.ok()) return paid;
    owed_.Clear();
  }
  const absl::Status written = engine_.Commit(writes);
  if (written.ok()) publish();
  return written;
}

absl::StatusOr<WriteSet> Ledger::UndoOf(const WriteSet& writes) const {
  WriteSet undo;
  for (size_t i = 0; i < writes.Count(); ++i) {
    const WriteSet::Write write = writes.At(i);
    const absl::StatusOr<std::string> before = engine_.Get(write.family, write.key);
    if (before.ok()) {
      undo.Put(write.family, write.key, *before);
    } else if (absl::IsNotFound(before.status())) {
      undo.Delete(write.family, write.key);
    } else {
      return before.status();
    }
  }
  return undo;
}

absl::StatusOr<Ledger::Taken> Ledger::TakenBy(const WriteSet& batch) {
  Taken taken;
  for (size_t i = 0; i < batch.Count(); ++i) {
    const WriteSet::Write write = batch.At(i);
    if (write.family != Family::kMeta || write.is_delete) continue;
    const std::string value(write.value);
    if (write.key == ledger_keys::kStep && !taken.step.emplace().ParseFromString(value)) {
      return DamagedLedger();
    }
    if (write.key == ledger_keys::kEpochs && !taken.epochs.emplace().ParseFromString(value)) {
      return DamagedLedger();
    }
  }
  return taken;
}

Ledger::Taken Ledger::Know(Taken taken) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Taken before;
  if (taken.step) before.step = std::exchange(facts_.step, *std::move(taken.step));
  if (taken.epochs) before.epochs = std::exchange(facts_.epochs, *std::move(taken.epochs));
  return before;
}

absl::Status Ledger::Take(const WriteSet& batch) {
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  absl::StatusOr<Taken> taken = TakenBy(batch);
  if (!taken.ok()) return taken.status();
  if (shared_ != nullptr) return Write(batch, [&] { Know(*std::move(taken)); });
  // First, or what is owed would be read as what this batch replaces.
  if (const absl::Status paid = Write(WriteSet(), [] {}); !paid.ok()) return paid;
  absl::StatusOr<WriteSet> undo = UndoOf(batch);
  if (!undo.ok()) return undo.status();
  if (const absl::Status written = Write(batch, [] {}); !written.ok()) return written;
  undo_ = *std::move(undo);
  before_ = Know(*std::move(taken));
  return absl::OkStatus();
}

absl::Status Ledger::TakeStep(const WriteSet& batch, uint64_t step,
                              const std::function<bool()>& has_turn) {
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  // Read here, and not remembered: a server that is gone may have taken one.
  const absl::StatusOr<std::string> stored = engine_.Get(Family::kMeta, ledger_keys::kStep);
  disk::LedgerStepRow before;
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  if (stored.ok() && !before.ParseFromString(*stored)) return DamagedLedger();
  if (before.step() + 1 != step) {
    return absl::FailedPreconditionError(absl::StrCat(
        "The ledger has come to step ", before.step(), " and the store to step ", step - 1,
        ". A server died between the two, or one of them was put back. Nothing was written, and "
        "this "
        "server leaves: its next start brings the two together."));
  }
  // Whoever has a turn of the store after this server has one here after this one, and sees the
  // step. Whoever had it before has been here already.
  if (!has_turn()) {
    return absl::AbortedError(
        "This server's turn at the store was lost with its connection. Nothing was written.");
  }
  if (batch.Empty()) return absl::OkStatus();
  absl::StatusOr<Taken> taken = TakenBy(batch);
  if (!taken.ok()) return taken.status();
  const absl::string_view news = taken->epochs ? kOtherNews : kStepNews;
  return shared_->CommitTurn(batch, news, [&] { Know(*std::move(taken)); });
}

void Ledger::TakeBack() {
  const std::lock_guard<std::mutex> writing(writing_);
  owed_ = std::exchange(undo_, WriteSet());
  Write(WriteSet(), [] {}).IgnoreError();
  Know(std::exchange(before_, Taken()));
}

absl::Status Ledger::Witness(uint32_t epoch, const Heads& heads) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (seen_epoch_ != epoch) seen_.clear();
    seen_epoch_ = epoch;
    for (const auto& [tenant, seq] : heads) seen_[tenant] = seq;
    if (++commits_since_note_ < kWitnessCommits) return absl::OkStatus();
  }
  return WriteWitness();
}

std::optional<disk::WitnessRow> Ledger::WitnessNow() const {
  Heads heads = seen_;
  if (shared_ != nullptr && facts_.witness) {
    // A server that has not heard of an epoch knows nothing of how far the store has come in it.
    if (facts_.witness->epoch() > seen_epoch_) return std::nullopt;
    if (facts_.witness->epoch() == seen_epoch_) AddHeads(*facts_.witness, heads);
  }
  disk::WitnessRow row;
  row.set_epoch(seen_epoch_);
  for (const auto& [tenant, seq] : heads) {
    disk::TenantSeq& head = *row.add_heads();
    head.set_tenant(tenant);
    head.set_seq(seq);
  }
  return row;
}

absl::Status Ledger::WriteWitness() {
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  std::optional<disk::WitnessRow> witness;
  uint64_t commits = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    witness = WitnessNow();
    commits = commits_since_note_;
  }
  WriteSet writes;
  if (commits > 0 && witness) {
    writes.Put(Family::kMeta, ledger_keys::kWitness, witness->SerializeAsString());
  }
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!writes.Empty()) facts_.witness = std::move(witness);
    commits_since_note_ -= commits;
  });
}

absl::Status Ledger::NoteHistory(const disk::EpochsRow& epochs, const disk::IdentityRow& identity) {
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  WriteSet writes;
  writes.Put(Family::kMeta, ledger_keys::kEpochs, epochs.SerializeAsString());
  writes.Put(Family::kMeta, ledger_keys::kIdentity, identity.SerializeAsString());
  writes.Delete(Family::kMeta, ledger_keys::kMark);
  writes.Delete(Family::kMeta, ledger_keys::kNewDisk);
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    facts_.epochs = epochs;
    facts_.identity = identity;
    facts_.mark.reset();
    facts_.is_on_new_disk = false;
  });
}

absl::Status Ledger::NoteRestore(const disk::RestoreMarkRow& mark, bool store_was_there) {
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  WriteSet writes;
  writes.Put(Family::kMeta, ledger_keys::kMark, mark.SerializeAsString());
  // Once it was so it stays so, until a server has started.
  if (!store_was_there) writes.Put(Family::kMeta, ledger_keys::kNewDisk, "");
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    facts_.mark = mark;
    facts_.is_on_new_disk = facts_.is_on_new_disk || !store_was_there;
  });
}

absl::Status Ledger::NoteBackup(const disk::BackupRow& backup, const disk::EpochsRow& epochs) {
  std::vector<disk::BackupRow> backups = facts().backups;
  backups.push_back(backup);
  WriteSet writes;
  writes.Put(Family::kMeta, BackupKey(backup), backup.SerializeAsString());
  const absl::Status dropped = DropDurableText(backups, epochs, writes);
  if (!dropped.ok()) return dropped;
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    facts_.backups = std::move(backups);
  });
}

absl::Status Ledger::ForgetBackups(const std::string& folder, const std::vector<uint32_t>& kept) {
  WriteSet writes;
  std::vector<disk::BackupRow> left;
  for (const disk::BackupRow& backup : facts().backups) {
    const bool stays = backup.folder() != folder ||
                       std::find(kept.begin(), kept.end(), backup.generation()) != kept.end();
    if (stays) {
      left.push_back(backup);
    } else {
      writes.Delete(Family::kMeta, BackupKey(backup));
    }
  }
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    facts_.backups = std::move(left);
  });
}

absl::Status Ledger::NoteWhichAreThere(
    const std::function<bool(const disk::BackupRow&)>& is_there) {
  const LedgerFacts known = facts();
  std::map<std::string, disk::BackupRow> there, missing;  // By key: oldest first.
  WriteSet writes;
  for (const auto* backups : {&known.backups, &known.missing}) {
    for (const disk::BackupRow& backup : *backups) {
      const bool found = is_there(backup);
      (found ? there : missing)[BackupKey(backup)] = backup;
      if (found == (backups == &known.backups)) continue;
      writes.Delete(Family::kMeta,
                    BackupKey(backup, found ? ledger_keys::kMissing : ledger_keys::kBackups));
      writes.Put(Family::kMeta,
                 BackupKey(backup, found ? ledger_keys::kBackups : ledger_keys::kMissing),
                 backup.SerializeAsString());
    }
  }
  if (writes.Empty()) return absl::OkStatus();
  const Turn turn(*this);
  if (!turn.status().ok()) return turn.status();
  return Write(writes, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    facts_.backups.clear();
    facts_.missing.clear();
    for (auto& [key, backup] : there) facts_.backups.push_back(std::move(backup));
    for (auto& [key, backup] : missing) facts_.missing.push_back(std::move(backup));
  });
}

}  // namespace halfterm::storage
