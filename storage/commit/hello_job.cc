// Hello: opens stores, says how far each chain is held, and what its tablet should do.

#include <algorithm>
#include <utility>

#include "storage/backup/history.h"
#include "storage/commit/answering.h"
#include "storage/commit/purge.h"
#include "storage/commit/push_result.h"
#include "storage/commit/store_names.h"
#include "storage/commit/sync_jobs.h"
#include "storage/pull/pull_cursor.h"
#include "sync/core/limits.h"
#include "sync/directory.h"

namespace halfterm::storage {
namespace {

using HelloDone = std::function<void(absl::StatusOr<v1::HelloReply>)>;

constexpr int kHellosKept = 16;
constexpr uint32_t kCoreVersion = 2;
// Its apps take the answer to a restore for a new name, and let go of what they should hand back.
constexpr uint32_t kCoreWithoutRefill = 1;

uint64_t RandomReplica(BatchContext& context) {
  uint64_t replica = 0;
  while (replica == 0) {
    for (const char byte : context.random(8)) replica = replica << 8 | static_cast<uint8_t>(byte);
  }
  return replica;
}

// Of a store that was opened in an earlier epoch nobody knows: the restored server may have lost
// what was written in it.
bool IsUnused(const Batch& batch, const disk::ReplicaRow& row) {
  return row.last_n() == 0 && EpochOf(row) == batch.epoch();
}

void FillLimits(v1::Limits& limits) {
  limits.set_value_bytes(core::kMaxValueBytes);
  limits.set_group_bytes(core::kMaxGroupBytes);
  limits.set_group_cells(core::kMaxGroupCells);
  limits.set_facet_bytes(core::kMaxFacetBytes);
  limits.set_push_groups(core::kMaxPushGroups);
  limits.set_push_bytes(core::kMaxPushBytes);
  limits.set_pull_bytes(core::kPullChunkBytes);
  limits.set_observers(core::kMaxObservers);
}

class HelloJob final : public Job {
 public:
  HelloJob(const Caller& caller, v1::HelloRequest request, HelloDone done)
      : caller_(caller), request_(std::move(request)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { error_ = TryApply(batch); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

 private:
  absl::Status TryApply(Batch& batch);
  absl::Status HeedProofs(Batch& batch);
  absl::Status NoteProvenName(Batch& batch, const v1::AckedProof& proof);
  // What the tablet adopted last is not the epoch in force.
  bool IsOfAnotherEpoch(const Batch& batch) const;
  void AskToRefill(const Batch& batch, v1::StoreReply& reply) const;
  absl::Status GreetLostStore(Batch& batch, uint64_t replica);
  // Reads everything that greeting depends on and opens or notes no store, so that a greeting that
  // is refused, or that meets damage, leaves no trace of the stores that it names.
  absl::Status CheckFirst(Batch& batch);
  absl::StatusOr<disk::DeviceRow> TabletRow(Batch& batch);
  absl::StatusOr<uint64_t> OpenStore(Batch& batch);
  absl::Status GreetStore(Batch& batch, const v1::Store& store);
  void NoteGreeting(Batch& batch, uint64_t replica, disk::ReplicaRow& row);
  absl::Status NoteTablet(Batch& batch);
  void FillGrants(const sync::Directory& directory);
  absl::Status FillPurge(Batch& batch, const sync::Directory& directory);

  const Caller caller_;
  const v1::HelloRequest request_;
  const HelloDone done_;
  v1::HelloReply reply_;
  absl::Status error_;
};

absl::Status HelloJob::TryApply(Batch& batch) {
  const absl::Status heeded = HeedProofs(batch);
  if (!heeded.ok()) return heeded;
  const absl::Status checked = CheckFirst(batch);
  if (!checked.ok()) return checked;
  for (const v1::Store& store : request_.stores()) {
    const absl::Status greeted = GreetStore(batch, store);
    if (!greeted.ok()) return greeted;
  }
  const absl::Status noted = NoteTablet(batch);
  if (!noted.ok()) return noted;

  const std::shared_ptr<const disk::EpochsRow> epochs = batch.EpochsNow();
  reply_.set_epoch(batch.epoch());
  for (const disk::EpochRow& row : epochs->epochs()) {
    v1::Epoch& epoch = *reply_.add_epochs();
    epoch.set_id(row.id());
    epoch.set_parent(row.parent());
    epoch.set_branch_seq(SeqOf(row.branches(), caller_.tenant));
  }
  if (batch.context().ledger != nullptr) {
    reply_.set_durable_seq(batch.context().ledger->DurableSeqOf(*epochs, caller_.tenant));
  }
  reply_.set_server_time_ms(batch.now_ms());
  reply_.set_session(std::string(caller_.session.view()));
  reply_.set_person(std::string(caller_.person.view()));
  reply_.set_min_core_version(kCoreVersion);
  FillLimits(*reply_.mutable_limits());
  const sync::Directory& directory = batch.DirectoryOf(caller_.tenant);
  FillGrants(directory);
  reply_.set_time_zone(
      directory.ZoneOf(directory.SiteOf(directory.FirstDepartmentOf(caller_.person))).name());
  return FillPurge(batch, directory);
}

// What the tablet holds in the server's own hand may be from further on than the store is.
absl::Status HelloJob::HeedProofs(Batch& batch) {
  const Secrets& secrets = batch.context().secrets;
  if (!request_.cursor().empty()) {
    const absl::StatusOr<DecodedCursor> decoded =
        DecodeCursor(request_.cursor(), caller_, secrets, {});
    if (decoded.ok()) {
      const PullCursor& cursor = decoded->cursor;
      const absl::Status heeded = HeedProof(batch, caller_.tenant, cursor.epoch,
                                            std::max(cursor.complete, SeqIn(cursor.at)));
      if (!heeded.ok()) return heeded;
    }
  }
  for (const v1::Store& store : request_.stores()) {
    if (!store.has_newest_acked()) continue;
    const v1::AckedProof& proof = store.newest_acked();
    const auto hash = core::Digest32::FromBytes(proof.group_hash());
    if (!hash || !IsOurs(caller_, proof.replica(), proof.result(), *hash, secrets)) continue;
    const absl::Status heeded = HeedAnswer(batch, caller_.tenant, proof.replica(), proof.result());
    if (!heeded.ok()) return heeded;
    const absl::Status noted = NoteProvenName(batch, proof);
    if (!noted.ok()) return noted;
  }
  return absl::OkStatus();
}

// A name that the store lacks is this tablet's by its proof: what it writes from now on may say
// that it has seen what was acknowledged under it.
absl::Status HelloJob::NoteProvenName(Batch& batch, const v1::AckedProof& proof) {
  const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller_.tenant, proof.replica());
  if (!found.ok() || *found != nullptr) return found.status();
  AddStore(batch, caller_, proof.replica(), proof.result().epoch());
  return absl::OkStatus();
}

bool HelloJob::IsOfAnotherEpoch(const Batch& batch) const {
  return request_.epoch() != 0 && request_.epoch() != batch.epoch();
}

absl::Status HelloJob::CheckFirst(Batch& batch) {
  if (IsOfAnotherEpoch(batch) && request_.core_version() == kCoreWithoutRefill) {
    return absl::FailedPreconditionError(
        "the server was restored, and this app cannot hand back what it lacks; update the app "
        "first");
  }
  for (const v1::Store& store : request_.stores()) {
    if (store.replica() == 0) continue;
    const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller_.tenant, store.replica());
    if (!found.ok()) return found.status();
    if (*found == nullptr || (*found)->rehomed_to() == 0) continue;
    const absl::StatusOr<disk::ReplicaRow*> next =
        batch.Replica(caller_.tenant, (*found)->rehomed_to());
    if (!next.ok()) return next.status();
  }
  const absl::StatusOr<uint64_t> newest = NewestNameOf(batch, caller_);
  if (!newest.ok()) return newest.status();
  const absl::StatusOr<uint64_t> version = batch.ScopesVersion(caller_.tenant, caller_.person);
  if (!version.ok()) return version.status();
  reply_.set_scopes_version(*version);
  return TabletRow(batch).status();
}

absl::StatusOr<disk::DeviceRow> HelloJob::TabletRow(Batch& batch) {
  disk::DeviceRow row;
  const absl::StatusOr<std::string> stored =
      batch.Get(Family::kState, DeviceKey(caller_.tenant, caller_.device));
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!row.ParseFromString(*stored)) return absl::DataLossError("a tablet's row cannot be read");
  return row;
}

absl::StatusOr<uint64_t> HelloJob::OpenStore(Batch& batch) {
  const absl::StatusOr<uint64_t> newest = NewestNameOf(batch, caller_);
  if (!newest.ok()) return newest.status();
  uint64_t last_stamp = 0;
  if (*newest != 0) {
    const absl::StatusOr<disk::ReplicaRow*> row = batch.Replica(caller_.tenant, *newest);
    if (!row.ok()) return row.status();
    // A greeting whose answer was lost opened it; nothing was written in it yet.
    if (*row != nullptr && IsUnused(batch, **row) && (*row)->rehomed_to() == 0) return *newest;
    if (*row != nullptr) last_stamp = (*row)->last_stamp();
  }
  uint64_t replica = RandomReplica(batch.context());
  for (;;) {
    const absl::StatusOr<disk::ReplicaRow*> taken = batch.Replica(caller_.tenant, replica);
    if (!taken.ok()) return taken.status();
    if (*taken == nullptr) break;
    replica = RandomReplica(batch.context());
  }
  // Order by author never runs backwards.
  AddStore(batch, caller_, replica, batch.epoch()).set_last_stamp(last_stamp);
  NoteNewestName(batch, caller_, replica);
  return replica;
}

absl::Status HelloJob::GreetStore(Batch& batch, const v1::Store& store) {
  uint64_t replica = store.replica();
  if (replica == 0) {
    const absl::StatusOr<uint64_t> opened = OpenStore(batch);
    if (!opened.ok()) return opened.status();
    replica = *opened;
  }
  const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller_.tenant, replica);
  if (!found.ok()) return found.status();
  // "Not yours" and "not there" are the same answer.
  if (*found == nullptr || !IsStoreOf(**found, caller_)) return GreetLostStore(batch, replica);
  disk::ReplicaRow& row = **found;
  NoteGreeting(batch, replica, row);
  v1::StoreReply& reply = *reply_.add_stores();
  reply.set_replica(replica);
  reply.set_applied_n(row.last_n());
  reply.set_applied_hash(row.last_hash());
  reply.set_max_seen_n(row.max_seen_n());
  reply_.set_hello_no(std::max(reply_.hello_no(), row.hello_no()));

  const bool behind = store.last_n() < row.last_n() && store.replica() != 0;
  const bool parted =
      store.last_n() == row.last_n() && row.last_n() > 0 && store.last_hash() != row.last_hash();
  const bool refills = store.replica() != 0 && IsOfAnotherEpoch(batch);
  // Its tablet has adopted this epoch and goes on under a name of one before: it was put back
  // since.
  const bool is_old = EpochOf(row) != batch.epoch();
  if (!behind && !parted && !refills && !is_old && row.rehomed_to() == 0) {
    reply.set_action(v1::STORE_ACTION_OK);
    return absl::OkStatus();
  }
  // The tablet was rolled back or copied: whatever it writes next gets a name of its own. An
  // earlier answer that was lost is given again while nobody has used it.
  uint64_t next = row.rehomed_to();
  if (next != 0) {
    const absl::StatusOr<disk::ReplicaRow*> used = batch.Replica(caller_.tenant, next);
    if (!used.ok()) return used.status();
    if (*used == nullptr || !IsUnused(batch, **used)) next = 0;
  }
  if (next == 0) {
    const absl::StatusOr<uint64_t> opened = OpenStore(batch);
    if (!opened.ok()) return opened.status();
    next = *opened;
    const absl::StatusOr<disk::ReplicaRow*> again = batch.Replica(caller_.tenant, replica);
    if (!again.ok()) return again.status();
    (*again)->set_rehomed_to(next);
    const absl::StatusOr<disk::ReplicaRow*> fresh = batch.Replica(caller_.tenant, next);
    if (!fresh.ok()) return fresh.status();
    // Order by author never runs backwards.
    (*fresh)->set_last_stamp(std::max((*fresh)->last_stamp(), (*again)->last_stamp()));
    batch.TouchReplica(caller_.tenant, next);
  }
  reply.set_new_replica(next);
  if (refills) {
    AskToRefill(batch, reply);
  } else {
    reply.set_action(v1::STORE_ACTION_REHOME);
  }
  return absl::OkStatus();
}

void HelloJob::AskToRefill(const Batch& batch, v1::StoreReply& reply) const {
  reply.set_action(v1::STORE_ACTION_REFILL);
  reply.set_branch_seq(SharedSeq(*batch.EpochsNow(), request_.epoch(), caller_.tenant));
}

// The store was opened after the backup that the server was restored from. Its name comes back with
// the first of its groups that is handed back with a right proof. Where nobody has noticed yet that
// the server was restored it goes on under another name all the same: what waits in it must find a
// way.
absl::Status HelloJob::GreetLostStore(Batch& batch, uint64_t replica) {
  const absl::StatusOr<uint64_t> opened = OpenStore(batch);
  if (!opened.ok()) return opened.status();
  const absl::StatusOr<disk::ReplicaRow*> row = batch.Replica(caller_.tenant, *opened);
  if (!row.ok()) return row.status();
  NoteGreeting(batch, *opened, **row);
  v1::StoreReply& reply = *reply_.add_stores();
  reply.set_replica(replica);
  reply.set_new_replica(*opened);
  reply_.set_hello_no(std::max(reply_.hello_no(), (*row)->hello_no()));
  if (IsOfAnotherEpoch(batch)) {
    AskToRefill(batch, reply);
  } else {
    reply.set_action(v1::STORE_ACTION_REHOME);
  }
  return absl::OkStatus();
}

void HelloJob::NoteGreeting(Batch& batch, uint64_t replica, disk::ReplicaRow& row) {
  row.set_hello_no(row.hello_no() + 1);
  row.set_last_hello_ms(batch.now_ms());
  row.add_hello_ms(batch.now_ms());
  while (row.hello_ms_size() > kHellosKept) row.mutable_hello_ms()->erase(row.hello_ms().begin());
  batch.TouchReplica(caller_.tenant, replica);
}

absl::Status HelloJob::NoteTablet(Batch& batch) {
  absl::StatusOr<disk::DeviceRow> row = TabletRow(batch);
  if (!row.ok()) return row.status();
  row->set_app(request_.app());
  row->set_seen_ms(batch.now_ms());
  row->set_clock_offset_ms(request_.wall_ms() - batch.now_ms());
  const bool is_new = std::all_of(request_.stores().begin(), request_.stores().end(),
                                  [](const v1::Store& store) { return store.replica() == 0; });
  if (is_new || request_.epoch() == batch.epoch()) row->set_epoch(batch.epoch());
  batch.Put(Family::kState, DeviceKey(caller_.tenant, caller_.device), row->SerializeAsString());
  return absl::OkStatus();
}

void HelloJob::FillGrants(const sync::Directory& directory) {
  for (const v1::RoleGrant* grant : directory.AllGrantsOf(caller_.person)) {
    if (grant->state() == v1::GRANT_STATE_ENDED) continue;
    v1::CallerGrant& mine = *reply_.add_grants();
    mine.set_grant(grant->id());
    mine.set_role(static_cast<uint32_t>(grant->role()));
    mine.set_org(grant->org());
    mine.set_from_day(grant->from_day());
    mine.set_to_day(grant->to_day());
    for (const core::Scope& scope : directory.ScopesOfGrant(*grant)) {
      v1::ScopeId& id = *mine.add_scopes();
      id.set_type(scope.type);
      id.set_id(std::string(scope.id.view()));
    }
  }
}

// A tablet without a cursor of ours is told of every record that it may still hold.
absl::Status HelloJob::FillPurge(Batch& batch, const sync::Directory& directory) {
  const bool holds_nothing =
      std::all_of(request_.stores().begin(), request_.stores().end(),
                  [](const v1::Store& store) { return store.replica() == 0; });
  if (holds_nothing) return absl::OkStatus();
  uint64_t seen = 0;
  const absl::StatusOr<DecodedCursor> decoded =
      DecodeCursor(request_.cursor(), caller_, batch.context().secrets, {});
  if (decoded.ok()) {
    const PullCursor& cursor = decoded->cursor;
    seen = std::min(cursor.complete, SharedSeq(*batch.EpochsNow(), cursor.epoch, caller_.tenant));
  }
  const absl::StatusOr<std::vector<core::Id16>> erased =
      ErasedSince(*batch.context().engine.NewSnapshot(), caller_.tenant,
                  directory.ScopesOf(caller_.person), seen);
  if (!erased.ok()) return erased.status();
  for (const core::Id16& record : *erased) reply_.add_purge(std::string(record.view()));
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Job> MakeHello(const Caller& caller, v1::HelloRequest request, HelloDone done) {
  return std::make_unique<HelloJob>(caller, std::move(request), std::move(done));
}

}  // namespace halfterm::storage
