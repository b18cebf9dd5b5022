#include "storage/backup/history.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/commit/push_result.h"
#include "storage/directory/schools.h"

namespace halfterm::storage {
namespace {

constexpr size_t kStoreIdBytes = 16;

uint64_t NumberIn(const std::string& bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

// The new epoch's number, after every known one.
uint32_t NextId(const disk::EpochsRow& known, bool all_known,
                const std::function<std::string(size_t)>& random) {
  uint32_t last = 0;
  for (const disk::EpochRow& epoch : known.epochs()) last = std::max(last, epoch.id());
  return last + 1 + (all_known ? 0 : 1 + static_cast<uint32_t>(NumberIn(random(2))));
}

// Those of both, ascending by number.
disk::EpochsRow Union(const disk::EpochsRow& a, const disk::EpochsRow& b) {
  std::map<uint32_t, disk::EpochRow> all;
  for (const disk::EpochRow& epoch : b.epochs()) all[epoch.id()] = epoch;
  for (const disk::EpochRow& epoch : a.epochs()) all[epoch.id()] = epoch;
  disk::EpochsRow both;
  for (auto& [id, epoch] : all) *both.add_epochs() = std::move(epoch);
  return both;
}

template <typename Row>
absl::StatusOr<std::optional<Row>> Read(const Snapshot& snapshot, const std::string& key) {
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kMeta, key);
  if (absl::IsNotFound(stored.status())) return std::optional<Row>();
  if (!stored.ok()) return stored.status();
  Row row;
  if (!row.ParseFromString(*stored)) {
    return absl::DataLossError("the store's history cannot be read; run `halfterm doctor`");
  }
  return std::optional<Row>(std::move(row));
}

absl::StatusOr<std::vector<Tenant>> TenantsOf(const Snapshot& snapshot) {
  std::vector<Tenant> tenants;
  const std::string prefix = TenantPrefix();
  const auto cursor = snapshot.NewCursor(Family::kMeta, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::TenantRow row;
    const absl::string_view value = cursor->value();
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size())) || row.handle() == 0) {
      return absl::DataLossError("the row of a school cannot be read; run `halfterm doctor`");
    }
    tenants.emplace_back(row.handle());
  }
  if (!cursor->status().ok()) return cursor->status();
  return tenants;
}

// The store gets its identity, and in a new epoch every school's server another replica id.
absl::Status Write(Engine& store, const StoreFacts& facts, const disk::EpochsRow& epochs,
                   const disk::IdentityRow& identity, bool is_restored,
                   const std::function<std::string(size_t)>& random) {
  WriteSet writes;
  writes.Put(Family::kMeta, EpochKey(), epochs.SerializeAsString());
  writes.Put(Family::kMeta, IdentityKey(), identity.SerializeAsString());
  if (is_restored) {
    const std::unique_ptr<Snapshot> snapshot = store.NewSnapshot();
    for (const auto& [handle, seq] : facts.heads) {
      absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, Tenant(handle));
      if (!head.ok()) return head.status();
      if (head->replica() == 0) continue;  // Nothing was written in that school yet.
      head->set_replica(NumberIn(random(8)));
      head->set_replica_n(0);
      writes.Put(Family::kMeta, HeadKey(Tenant(handle)), head->SerializeAsString());
    }
  }
  return store.Commit(writes);
}

// A tablet has proved that the store is not the one that it was. `shown_epoch`: that of the proof.
absl::Status BeginEpochAfterProof(Batch& batch, const disk::EpochsRow& epochs,
                                  uint32_t shown_epoch) {
  const uint32_t current = epochs.epochs(epochs.epochs_size() - 1).id();
  StoreFacts store;
  store.epochs = epochs;
  disk::EpochsRow shown = epochs;  // The epoch shown has begun too, wherever.
  if (EpochOf(epochs, shown_epoch) == nullptr) {
    disk::EpochRow& lost = *shown.add_epochs();
    lost.set_id(shown_epoch);
    lost.set_parent(current);
    *lost.mutable_branches() = epochs.epochs(epochs.epochs_size() - 1).branches();
  }
  for (const disk::TenantSeq& begin : epochs.epochs(epochs.epochs_size() - 1).branches()) {
    store.heads[begin.tenant()] = begin.seq();
  }
  disk::EpochsRow next =
      WithNewEpoch(store, shown, /*all_known=*/false, batch.now_ms(), batch.context().random);
  return batch.BeginEpoch(std::move(next));
}

}  // namespace

absl::StatusOr<StoreFacts> ReadStore(const Engine& store) {
  const std::unique_ptr<Snapshot> snapshot = store.NewSnapshot();
  StoreFacts facts;
  auto epochs = Read<disk::EpochsRow>(*snapshot, EpochKey());
  if (!epochs.ok()) return epochs.status();
  if (*epochs) facts.epochs = *std::move(*epochs);
  auto identity = Read<disk::IdentityRow>(*snapshot, IdentityKey());
  if (!identity.ok()) return identity.status();
  facts.identity = *std::move(identity);
  const auto step = Read<disk::LedgerStepRow>(*snapshot, LedgerStepKey());
  if (!step.ok()) return step.status();
  if (*step) facts.step = (*step)->step();
  const absl::StatusOr<std::vector<Tenant>> tenants = TenantsOf(*snapshot);
  if (!tenants.ok()) return tenants.status();
  for (const Tenant tenant : *tenants) {
    const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, tenant);
    if (!head.ok()) return head.status();
    facts.heads[tenant.handle()] = head->seq();
  }
  return facts;
}

namespace {

// The first school that does not reach as far as `seen`, in words; empty: there is none.
std::string WhereBehind(const Heads& heads,
                        const google::protobuf::RepeatedPtrField<disk::TenantSeq>& seen) {
  for (const disk::TenantSeq& school : seen) {
    const auto head = heads.find(school.tenant());
    const uint64_t has = head == heads.end() ? 0 : head->second;
    if (has >= school.seq()) continue;
    return absl::StrCat("it ends with group ", has, " of school ", school.tenant(),
                        ", and had been seen to reach group ", school.seq());
  }
  return "";
}

// A replay was begun in it and is not done: what it lacks of the ledger says nothing.
bool AwaitsReplay(const StoreFacts& store) {
  return store.epochs.replayed_epoch() != store.epoch();
}

std::string WhyBehindTheSteps(const StoreFacts& store, const LedgerFacts& ledger) {
  if (AwaitsReplay(store) || ledger.step.step() <= store.step) return "";
  if (ledger.step.step() > store.step + 1) {
    return absl::StrCat("the ledger has come to step ", ledger.step.step(), ", and it knows ",
                        store.step);
  }
  return ledger.step.epoch() == store.epoch() ? WhereBehind(store.heads, ledger.step.before()) : "";
}

// The first group that an epoch does not share with its parent is the one after this.
uint64_t BranchOf(const disk::EpochRow& epoch, uint32_t tenant) {
  for (const disk::TenantSeq& branch : epoch.branches()) {
    if (branch.tenant() == tenant) return branch.seq();
  }
  return 0;
}

// Where the store's history is certain to be the one that everybody knows. An epoch that began in
// the ledger and not in the store may have been the answer to a tablet that showed the store to be
// another one: then the present epoch is in doubt from where that said.
Heads CertainHeads(const StoreFacts& store, const disk::EpochsRow& on_record) {
  Heads heads = store.heads;
  for (const disk::EpochRow& epoch : on_record.epochs()) {
    if (EpochOf(store.epochs, epoch.id()) != nullptr || epoch.parent() != store.epoch()) continue;
    for (auto& [tenant, seq] : heads) seq = std::min(seq, BranchOf(epoch, tenant));
  }
  return heads;
}

}  // namespace

std::string WhyRestored(const StoreFacts& store, const LedgerFacts& ledger) {
  if (store.is_empty()) return "";
  if (ledger.mark) {
    return absl::StrCat("generation ", ledger.mark->generation(), " of ", ledger.mark->folder(),
                        " was put in its place");
  }
  if (store.identity && !ledger.identity) return "there is no ledger beside it";
  for (const disk::EpochRow& epoch : ledger.epochs.epochs()) {
    if (EpochOf(store.epochs, epoch.id()) == nullptr) {
      return absl::StrCat("epoch ", epoch.id(), " began after it");
    }
  }
  if (std::string behind = WhyBehindTheSteps(store, ledger); !behind.empty()) return behind;
  if (!ledger.witness) return "";
  if (ledger.witness->epoch() == store.epoch()) {
    return WhereBehind(store.heads, ledger.witness->heads());
  }
  // The witness of an epoch before is one that was not yet written in this one.
  if (EpochOf(store.epochs, ledger.witness->epoch()) != nullptr) return "";
  return absl::StrCat("epoch ", ledger.witness->epoch(), " was seen after it");
}

bool MayBeOld(const LedgerFacts& ledger, const StoreFacts& store) {
  if (!ledger.identity || ledger.step.step() < store.step) return true;
  for (const disk::EpochRow& epoch : store.epochs.epochs()) {
    if (EpochOf(ledger.epochs, epoch.id()) == nullptr) return true;
  }
  if (!ledger.mark) return false;
  if (ledger.is_on_new_disk) return true;
  // The ledger that was here when the backup was made knows of it, or has seen more since.
  const bool is_listed =
      std::any_of(ledger.backups.begin(), ledger.backups.end(), [&](const disk::BackupRow& backup) {
        return backup.generation() == ledger.mark->generation();
      });
  if (is_listed) return false;
  Heads seen;
  if (ledger.witness) {
    for (const disk::TenantSeq& head : ledger.witness->heads()) seen[head.tenant()] = head.seq();
  }
  return std::any_of(store.heads.begin(), store.heads.end(), [&](const auto& head) {
    const auto found = seen.find(head.first);
    return found == seen.end() || found->second < head.second;
  });
}

absl::Status CheckTheyBelong(const StoreFacts& store, const LedgerFacts& ledger,
                             const std::string& key_id) {
  if (store.identity && store.identity->format() > kStoreFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the store is of format ", store.identity->format(), ", this program knows formats up to ",
        kStoreFormat, "; start the newer halftermd that wrote it"));
  }
  const std::optional<disk::IdentityRow>& known = ledger.identity;
  if (store.identity && known && store.identity->store() != known->store()) {
    return absl::FailedPreconditionError(
        "the store is not the one that the ledger beside it belongs to; put the right one in "
        "place");
  }
  for (const std::optional<disk::IdentityRow>* identity : {&store.identity, &known}) {
    if (*identity && (*identity)->key_id() != key_id) {
      return absl::FailedPreconditionError(
          "keys/receipt.key is not the key of this store; put back the one that was kept for it. "
          "Without it no receipt that a tablet holds can be checked");
    }
  }
  return absl::OkStatus();
}

disk::EpochsRow WithNewEpoch(const StoreFacts& store, const disk::EpochsRow& on_record,
                             bool all_known, int64_t now_ms,
                             const std::function<std::string(size_t)>& random) {
  disk::EpochsRow epochs = Union(store.epochs, on_record);
  disk::EpochRow& next = *epochs.add_epochs();
  next.set_id(NextId(epochs, all_known, random));
  next.set_parent(store.epoch());
  next.set_began_ms(now_ms);
  for (const auto& [tenant, seq] : store.heads) {
    disk::TenantSeq& branch = *next.add_branches();
    branch.set_tenant(tenant);
    branch.set_seq(seq);
  }
  epochs.set_replayed_epoch(store.epochs.replayed_epoch());
  return epochs;
}

absl::StatusOr<OpenedHistory> OpenHistory(Engine& store, Ledger& ledger, const Secrets& secrets,
                                          const Clock& clock,
                                          const std::function<std::string(size_t)>& random) {
  const absl::StatusOr<StoreFacts> read = ReadStore(store);
  if (!read.ok()) return read.status();
  const LedgerFacts known = ledger.facts();
  const absl::Status belong = CheckTheyBelong(*read, known, secrets.KeyId());
  if (!belong.ok()) return belong;
  if (read->is_empty() && !known.epochs.epochs().empty()) {
    return absl::FailedPreconditionError(
        "the store is empty, and the ledger beside it tells of one that was not; put it back with "
        "`halfterm restore`");
  }
  if (read->is_empty() && known.mark) {
    return absl::FailedPreconditionError(
        "the store is empty, and a restore did not come to its end here; run `halfterm restore` "
        "again");
  }

  disk::IdentityRow identity;
  identity.set_store(read->identity   ? read->identity->store()
                     : known.identity ? known.identity->store()
                                      : random(kStoreIdBytes));
  identity.set_key_id(secrets.KeyId());
  identity.set_format(kStoreFormat);

  disk::EpochsRow epochs = read->epochs;
  const std::string restored = WhyRestored(*read, known);
  if (read->is_empty()) {
    disk::EpochRow& first = *epochs.add_epochs();
    first.set_id(1);
    first.set_began_ms(clock.NowMs());
    epochs.set_replayed_epoch(1);
  } else if (!restored.empty()) {
    StoreFacts from = *read;
    from.heads = CertainHeads(*read, known.epochs);
    epochs = WithNewEpoch(from, known.epochs, !MayBeOld(known, *read), clock.NowMs(), random);
  }
  const bool is_new = epochs.epochs_size() != read->epochs.epochs_size();
  if (is_new || !read->identity || read->identity->format() != kStoreFormat) {
    // The ledger first: an epoch that began in the store alone could begin a second time elsewhere.
    // With the mark gone the epoch on record, which the store lacks, still says that it was
    // restored. A first epoch goes the other way, or an interruption would look like a store that
    // was lost.
    const auto note = [&] { return ledger.NoteHistory(epochs, identity); };
    const auto write = [&] {
      return Write(store, *read, epochs, identity, !restored.empty(), random);
    };
    absl::Status done = read->is_empty() ? write() : note();
    if (done.ok()) done = read->is_empty() ? note() : write();
    if (!done.ok()) return done;
  } else if (!known.identity || known.epochs.epochs_size() != epochs.epochs_size()) {
    const absl::Status noted = ledger.NoteHistory(epochs, identity);
    if (!noted.ok()) return noted;
  }
  OpenedHistory opened{Epochs(std::move(epochs)), restored};
  opened.needs_replay = opened.epochs.row().replayed_epoch() != opened.epochs.current() ||
                        known.step.step() > read->step;
  opened.needs_filling = known.step.step() < read->step;
  return opened;
}

absl::Status HeedProof(Batch& batch, Tenant tenant, uint32_t epoch, uint64_t seq) {
  const std::shared_ptr<const disk::EpochsRow> epochs = batch.EpochsNow();
  if (EpochOf(*epochs, epoch) != nullptr) {
    if (epoch != batch.epoch()) return absl::OkStatus();
    const absl::StatusOr<disk::HeadRow*> head = batch.Head(tenant);
    if (!head.ok()) return head.status();
    if (seq <= (*head)->seq()) return absl::OkStatus();
  }
  return BeginEpochAfterProof(batch, *epochs, epoch);
}

absl::Status HeedAnswer(Batch& batch, Tenant tenant, uint64_t replica,
                        const v1::PushResult& answer) {
  const std::shared_ptr<const disk::EpochsRow> epochs = batch.EpochsNow();
  if (answer.epoch() == batch.epoch()) {
    const absl::StatusOr<std::optional<disk::ChainEntry>> held =
        HeldAs(batch, tenant, {replica, answer.n()});
    if (!held.ok()) return held.status();
    if (*held && (*held)->seq() == answer.seq()) return absl::OkStatus();
  } else if (EpochOf(*epochs, answer.epoch()) != nullptr) {
    return absl::OkStatus();
  }
  return BeginEpochAfterProof(batch, *epochs, answer.epoch());
}

}  // namespace halfterm::storage
