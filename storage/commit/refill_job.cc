// Refill: takes back what the server acknowledged before it was restored, as it counted then.
//
// Nothing is judged: the proof says what was decided, and the store only puts it where it was. A
// group comes back under its own dot with the stamp that it had, and a facet by joining what the
// tablet holds, so the bytes are those of before whichever tablet comes first and however many
// bring the same.

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/commit/answering.h"
#include "storage/commit/erasure.h"
#include "storage/commit/group_time.h"
#include "storage/commit/intents.h"
#include "storage/commit/push_result.h"
#include "storage/commit/release.h"
#include "storage/commit/store_names.h"
#include "storage/commit/sync_jobs.h"
#include "storage/directory/directory_writer.h"
#include "storage/feed_row.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/group.h"
#include "sync/core/rehome.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

using RefillDone = std::function<void(absl::StatusOr<v1::RefillReply>)>;

class RefillJob final : public Job {
 public:
  RefillJob(const Caller& caller, v1::RefillRequest request, RefillDone done)
      : caller_(caller), request_(std::move(request)), done_(std::move(done)) {
    for (const v1::Rehome& move : request_.rehomes()) {
      moves_.push_back({move.old_replica(), move.acked(), move.new_replica()});
    }
  }

  void Apply(Batch& batch) override { error_ = TryApply(batch); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

  size_t Groups() const override {
    return static_cast<size_t>(request_.facets_size() + request_.groups_size());
  }
  size_t Bytes() const override { return request_.ByteSizeLong(); }

 private:
  absl::Status TryApply(Batch& batch);
  absl::Status TakeFacet(Batch& batch, const v1::RefilledFacet& facet, v1::RefillResult& result);
  absl::Status TakeGroup(Batch& batch, const v1::RefilledGroup& refilled, v1::RefillResult& result);
  absl::StatusOr<bool> IsHeldAs(Batch& batch, const v1::RefilledGroup& refilled,
                                const disk::ChainEntry& held, bool is_proven);
  // The store that the group came from, begun anew where the backup was older; null: another's.
  absl::StatusOr<disk::ReplicaRow*> StoreOf(Batch& batch, uint64_t replica, uint32_t epoch);
  absl::Status Enter(Batch& batch, const core::Group& group, const v1::RefilledGroup& refilled,
                     disk::ReplicaRow& store, uint64_t seq, disk::LogRow& log);
  absl::Status KeepOrder(Batch& batch, const disk::ReplicaRow& store, uint64_t stamp);
  std::optional<core::Facet> DeltaOf(const core::Group& group, const core::Dot& dot) const;
  absl::Status Join(Batch& batch, const core::Group& group, const core::Dot& dot, uint64_t stamp,
                    uint64_t seq, disk::LogRow& log);

  const Caller caller_;
  const v1::RefillRequest request_;
  const RefillDone done_;
  std::vector<core::Rehome> moves_;
  v1::RefillReply reply_;
  absl::Status error_;
};

absl::Status RefillJob::TryApply(Batch& batch) {
  if (request_.epoch() != batch.epoch()) {
    return absl::FailedPreconditionError("the server is in another epoch; call Hello");
  }
  for (const v1::RefilledFacet& facet : request_.facets()) {
    const absl::Status taken = TakeFacet(batch, facet, *reply_.add_facets());
    if (!taken.ok()) return taken;
  }
  const absl::StatusOr<bool> own = MayBeMovesOf(batch, caller_, moves_);
  if (!own.ok()) return own.status();
  for (const v1::RefilledGroup& group : request_.groups()) {
    if (!*own) {
      reply_.add_groups()->set_refilled(v1::REFILLED_UNPROVEN);
      continue;
    }
    const absl::Status taken = TakeGroup(batch, group, *reply_.add_groups());
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status RefillJob::TakeFacet(Batch& batch, const v1::RefilledFacet& facet,
                                  v1::RefillResult& result) {
  result.set_refilled(v1::REFILLED_UNPROVEN);
  const auto id = core::FacetId::Parse(facet.facet());
  const auto given = core::Digest16::FromBytes(facet.receipt());
  if (!id || !given) return absl::OkStatus();
  const auto right = core::Digest16::FromBytes(batch.context().secrets.StateReceipt(
      caller_.tenant, facet.epoch(), facet.seq(), *id, facet.state()));
  if (!right || !core::EqualInConstantTime(*given, *right)) return absl::OkStatus();
  core::Result<core::Facet> state = core::Decode(facet.state(), core::kFacetLimits);
  if (!state.ok()) return absl::OkStatus();

  const absl::StatusOr<bool> erased = IsErased(batch, caller_.tenant, id->record);
  if (!erased.ok()) return erased.status();
  if (*erased) {
    result.set_refilled(v1::REFILLED_ERASED);
    return absl::OkStatus();
  }
  const absl::StatusOr<RecordState*> record = batch.Record(caller_.tenant, id->record);
  if (!record.ok()) return record.status();
  const FacetState* held = (*record)->Find(*id);
  core::Facet joined = held == nullptr ? core::Facet{} : held->facet;
  core::JoinReport report;
  core::JoinInto(joined, core::Facet(*state), &report);
  if (held != nullptr && !report.changed) {
    result.set_refilled(v1::REFILLED_HELD);
    return absl::OkStatus();
  }
  absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, caller_.tenant);
  if (!log.ok()) return log.status();
  const absl::StatusOr<uint64_t> seq = batch.NextSeq(caller_.tenant);
  if (!seq.ok()) return seq.status();
  const absl::Status written =
      batch.WriteAgain(**record, *id, std::move(state).value(), *seq, *log);
  if (!written.ok()) return written;
  batch.PutUnread(Family::kLog, OplogKey(caller_.tenant, *seq), log->SerializeAsString());
  result.set_refilled(v1::REFILLED_TAKEN);
  return absl::OkStatus();
}

absl::StatusOr<disk::ReplicaRow*> RefillJob::StoreOf(Batch& batch, uint64_t replica,
                                                     uint32_t epoch) {
  const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller_.tenant, replica);
  if (!found.ok()) return found.status();
  if (*found != nullptr) {
    const bool is_own = (*found)->person() == caller_.person.view();
    return is_own ? *found : nullptr;
  }
  return &AddStore(batch, caller_, replica, epoch);
}

// Whether what is held under the name and number is this very group of the caller's; else the
// tablet's copy is a twin's, or the history of a restore that nobody noticed in time. What is held
// is there whatever its proof says; of what was erased only the proof is left.
absl::StatusOr<bool> RefillJob::IsHeldAs(Batch& batch, const v1::RefilledGroup& refilled,
                                         const disk::ChainEntry& held, bool is_proven) {
  const absl::StatusOr<disk::ReplicaRow*> store = batch.Replica(caller_.tenant, refilled.replica());
  if (!store.ok()) return store.status();
  if (*store == nullptr || (*store)->person() != caller_.person.view()) return false;
  const absl::StatusOr<std::string> log =
      batch.Get(Family::kLog, OplogKey(caller_.tenant, held.seq()));
  disk::LogRow row;
  const bool is_known = log.ok() && row.ParseFromString(*log) && !row.group().empty();
  return is_known ? row.group() == refilled.group() : is_proven;
}

absl::Status RefillJob::TakeGroup(Batch& batch, const v1::RefilledGroup& refilled,
                                  v1::RefillResult& result) {
  result.set_refilled(v1::REFILLED_UNPROVEN);
  const core::Dot dot{refilled.replica(), refilled.result().n()};
  if (dot.replica == 0 || dot.count == 0) return absl::OkStatus();
  const core::Digest32 hash = core::Sha256(refilled.group());
  const bool is_proven =
      IsOurs(caller_, dot.replica, refilled.result(), hash, batch.context().secrets);
  const absl::StatusOr<std::optional<disk::ChainEntry>> held = HeldAs(batch, caller_.tenant, dot);
  if (!held.ok()) return held.status();
  if (*held) {
    const absl::StatusOr<bool> is_same = IsHeldAs(batch, refilled, **held, is_proven);
    if (!is_same.ok()) return is_same.status();
    if (*is_same) {
      const absl::StatusOr<disk::ReplicaRow*> store = batch.Replica(caller_.tenant, dot.replica);
      if (!store.ok()) return store.status();
      const absl::Status ordered = KeepOrder(batch, **store, (*held)->stamp());
      if (!ordered.ok()) return ordered;
      result.set_refilled(v1::REFILLED_HELD);
      *result.mutable_result() = ResultOf(caller_, dot, **held, hash, batch.context().secrets);
    } else if (is_proven) {
      result.set_refilled(v1::REFILLED_PARTED);
    }
    return absl::OkStatus();
  }
  if (!is_proven) return absl::OkStatus();
  const core::Result<core::Group> group = core::DecodeGroup(refilled.group());
  const bool writes = group.ok() && group->kind == core::GroupKind::kDelta &&
                      refilled.result().disposition() == v1::DISPOSITION_COMMITTED;
  // It was read when it was acknowledged; with other renumberings than then it may not be.
  if (writes && !DeltaOf(*group, dot)) return absl::OkStatus();
  const absl::StatusOr<disk::ReplicaRow*> store =
      StoreOf(batch, dot.replica, refilled.result().epoch());
  if (!store.ok()) return store.status();
  if (*store == nullptr) return absl::OkStatus();

  const absl::StatusOr<disk::HeadRow*> head = batch.Head(caller_.tenant);
  if (!head.ok()) return head.status();
  const uint64_t seq = (*head)->seq() + 1;
  disk::LogRow log;
  log.set_disposition(static_cast<uint32_t>(refilled.result().disposition()));
  log.set_reason(static_cast<uint32_t>(refilled.result().reason()));
  log.set_outcome(static_cast<uint32_t>(refilled.result().outcome()));
  log.set_replica(dot.replica);
  log.set_n(dot.count);
  log.set_refilled(true);
  log.set_upper_ms(std::max(batch.now_ms(), refilled.result().eff_ms()));
  log.set_lower_ms(refilled.result().eff_ms());
  log.set_estimate_ms(refilled.result().eff_ms());
  bool is_erased = refilled.result().disposition() == v1::DISPOSITION_ERASED;
  if (group.ok() && !is_erased) {
    const absl::StatusOr<bool> erased = CountIfErased(batch, caller_.tenant, group->facet.record);
    if (!erased.ok()) return erased.status();
    is_erased = *erased;
  }
  if (is_erased) {
    log.set_disposition(v1::DISPOSITION_ERASED);
    log.set_reason(v1::REASON_UNSPECIFIED);
  } else {
    log.set_group(refilled.group());
    if (group.ok()) {
      const absl::Status entered = Enter(batch, *group, refilled, **store, seq, log);
      if (!entered.ok()) return entered;
    }
  }
  if (log.disposition() == v1::DISPOSITION_LATE ||
      log.disposition() == v1::DISPOSITION_QUARANTINED) {
    batch.PutUnread(Family::kDerived, KeptKeyOf(caller_.tenant, log, seq),
                    EncodeKeptRow({log.reason(), 0}));
  }
  const std::vector<core::Rehome> moves =
      group.ok() ? core::MovesOf(group->dot(), moves_) : std::vector<core::Rehome>();
  for (const core::Rehome& move : moves) {
    disk::RehomeRow& row = *log.add_rehomes();
    row.set_old_replica(move.old_replica);
    row.set_acked(move.acked);
    row.set_new_replica(move.new_replica);
  }
  (*head)->set_seq(seq);
  const int d = static_cast<int>(log.disposition());
  while ((*head)->dispositions_size() <= d) (*head)->add_dispositions(0);
  (*head)->set_dispositions(d, (*head)->dispositions(d) + 1);
  batch.Put(Family::kLog, OplogKey(caller_.tenant, seq), log.SerializeAsString());

  disk::ChainEntry entry;
  entry.set_disposition(log.disposition());
  entry.set_reason(log.reason());
  entry.set_outcome(log.outcome());
  entry.set_seq(seq);
  entry.set_eff_ms(refilled.result().eff_ms());
  entry.set_detail(refilled.result().detail());
  entry.set_stamp(refilled.result().stamp());
  entry.set_epoch(batch.epoch());
  batch.Put(Family::kDerived, HandedBackKey(caller_.tenant, dot.replica, dot.count),
            entry.SerializeAsString());
  batch.TouchReplica(caller_.tenant, dot.replica);
  result.set_refilled(is_erased ? v1::REFILLED_ERASED : v1::REFILLED_TAKEN);
  *result.mutable_result() = ResultOf(caller_, dot, entry, hash, batch.context().secrets);
  return absl::OkStatus();
}

absl::Status RefillJob::Enter(Batch& batch, const core::Group& group,
                              const v1::RefilledGroup& refilled, disk::ReplicaRow& store,
                              uint64_t seq, disk::LogRow& log) {
  const uint32_t reason = log.reason();
  if (reason != v1::REASON_MALFORMED && reason != v1::REASON_UNKNOWN_AUTHOR) {
    log.set_author(std::string(caller_.person.view()));
  }
  const uint64_t stamp = refilled.result().stamp();
  if (log.disposition() != v1::DISPOSITION_COMMITTED || group.kind != core::GroupKind::kDelta) {
    return absl::OkStatus();  // What an intent did is in the ledger, and in the tablets' facets.
  }
  log.set_stamp(stamp);
  store.set_last_stamp(std::max(store.last_stamp(), stamp));
  const absl::Status ordered = KeepOrder(batch, store, stamp);
  if (!ordered.ok()) return ordered;
  return Join(batch, group, {refilled.replica(), refilled.result().n()}, stamp, seq, log);
}

// The order of one author's work does not run backwards under the names that the tablet goes on by.
absl::Status RefillJob::KeepOrder(Batch& batch, const disk::ReplicaRow& store, uint64_t stamp) {
  const absl::StatusOr<uint64_t> newest = NewestNameOf(batch, caller_);
  if (!newest.ok()) return newest.status();
  for (const uint64_t name : {store.rehomed_to(), *newest}) {
    if (name == 0) continue;
    const absl::StatusOr<disk::ReplicaRow*> next = batch.Replica(caller_.tenant, name);
    if (!next.ok()) return next.status();
    if (*next == nullptr || (*next)->last_stamp() >= stamp) continue;
    (*next)->set_last_stamp(stamp);
    batch.TouchReplica(caller_.tenant, name);
  }
  return absl::OkStatus();
}

std::optional<core::Facet> RefillJob::DeltaOf(const core::Group& group,
                                              const core::Dot& dot) const {
  core::Result<core::Facet> body =
      core::Decode(group.body, core::kDeltaLimits, core::MovesOf(group.dot(), moves_));
  if (!body.ok() || !core::IsDeltaOf(*body, dot)) return std::nullopt;
  core::Facet delta = std::move(body).value();
  core::Attribute(delta, dot, caller_.person);
  return delta;
}

absl::Status RefillJob::Join(Batch& batch, const core::Group& group, const core::Dot& dot,
                             uint64_t stamp, uint64_t seq, disk::LogRow& log) {
  core::Facet delta = *DeltaOf(group, dot);
  core::Stamp(delta, dot, stamp);
  const absl::StatusOr<RecordState*> record = batch.Record(caller_.tenant, group.facet.record);
  if (!record.ok()) return record.status();
  const absl::Status written = batch.Write(**record, group.facet, std::move(delta), seq);
  if (!written.ok()) return written;
  return RaiseDraft(batch, **record, group.facet, seq, log);
}

}  // namespace

std::unique_ptr<Job> MakeRefill(const Caller& caller, v1::RefillRequest request, RefillDone done) {
  return std::make_unique<RefillJob>(caller, std::move(request), std::move(done));
}

}  // namespace halfterm::storage
