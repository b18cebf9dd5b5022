// The half of outbox.h that talks to the server: greetings, pushes and what their answers change.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "tools/replay/outbox.h"

namespace halfterm::tools {
namespace {

using storage::Family;

core::Digest16 HashOf(const std::string& bytes) {
  return core::Digest16::FromBytes(bytes).value_or(core::Digest16{});
}

// A request says all moves that one of its groups is read by: they end alike, so the longest list
// holds the others.
void AddMoves(const std::vector<core::Rehome>& moves,
              google::protobuf::RepeatedPtrField<v1::Rehome>& said) {
  if (moves.size() <= static_cast<size_t>(said.size())) return;
  said.Clear();
  for (const core::Rehome& move : moves) {
    v1::Rehome& one = *said.Add();
    one.set_old_replica(move.old_replica);
    one.set_acked(move.acked);
    one.set_new_replica(move.new_replica);
  }
}

}  // namespace

v1::Store Outbox::Greeting() const {
  v1::Store store;
  store.set_replica(row_.replica());
  store.set_last_n(row_.sealed_n());
  store.set_last_hash(row_.sealed_hash());
  const uint64_t newest = row_.place_offset() + row_.acked_n();
  const absl::StatusOr<disk::TabletGroupRow> row =
      GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, GroupKey(store_, newest));
  if (!row.ok() || !row->has_result()) return store;
  const core::Result<core::Group> group = core::DecodeGroup(row->group());
  if (!group.ok()) return store;
  v1::AckedProof& proof = *store.mutable_newest_acked();
  proof.set_group_hash(std::string(core::Sha256(row->group()).view()));
  proof.set_replica(core::Rehomed(group->dot(), moves_).replica);
  *proof.mutable_result() = row->result();
  return store;
}

absl::Status Outbox::TakeGreeting(const v1::HelloReply& reply, const v1::StoreReply& store,
                                  const TabletMoment& now) {
  next_.set_hello_no(reply.hello_no());
  next_.set_clock_offset_ms(reply.server_time_ms() - static_cast<int64_t>(now.wall_ms));
  next_.set_hello_mono_ms(now.mono_ms);
  next_.set_hello_boot(now.boot);
  next_.set_durable_seq(reply.durable_seq());
  if (next_.replica() == 0) next_.set_replica(store.replica());
  next_.clear_next_epoch();

  const absl::StatusOr<uint64_t> applied = AckedBy(store.applied_n(), store.applied_hash());
  if (!applied.ok()) return Abandon(applied.status());
  // Groups whose answers were lost are held there, and are to go on under another name: what was
  // answered for them is asked for first.
  const bool lacks_answers = store.new_replica() != 0 && *applied > row_.acked_n();
  if (store.action() == v1::STORE_ACTION_REFILL || lacks_answers) {
    next_.set_refill_after_seq(store.branch_seq());
    next_.set_next_epoch(reply.epoch());
    next_.set_next_replica(store.new_replica());
    next_.set_next_applied_n(store.applied_n());
    next_.set_next_applied_hash(store.applied_hash());
    return Commit();
  }
  next_.set_epoch(reply.epoch());
  if (store.new_replica() != 0) {
    if (absl::Status staged = StageRehome(*applied, store.new_replica()); !staged.ok()) {
      return Abandon(staged);
    }
  } else if (store.action() == v1::STORE_ACTION_OK && store.applied_n() < row_.acked_n()) {
    return Abandon(absl::DataLossError(absl::StrCat(
        "the server holds ", store.applied_n(), " groups and had acknowledged ", row_.acked_n())));
  }
  return Commit();
}

// What the server holds under the same hash need not go again. What it holds under another hash is
// a twin's work: ours is still to be sent.
absl::StatusOr<uint64_t> Outbox::AckedBy(uint64_t applied_n,
                                         const std::string& applied_hash) const {
  if (applied_n <= row_.acked_n() || applied_n > row_.sealed_n()) return row_.acked_n();
  const absl::StatusOr<disk::TabletGroupRow> last = GetRow<disk::TabletGroupRow>(
      *engine_, Family::kLog, GroupKey(store_, applied_n + row_.place_offset()));
  if (!last.ok()) return last.status();
  return last->hash() == applied_hash ? applied_n : row_.acked_n();
}

absl::Status Outbox::Adopt() {
  if (!refills()) return absl::OkStatus();
  const absl::StatusOr<uint64_t> acked = AckedBy(row_.next_applied_n(), row_.next_applied_hash());
  if (!acked.ok()) return Abandon(acked.status());
  next_.set_epoch(row_.next_epoch());
  if (absl::Status staged = StageRehome(*acked, row_.next_replica()); !staged.ok()) {
    return Abandon(staged);
  }
  next_.clear_next_epoch();
  next_.clear_next_replica();
  next_.clear_next_applied_n();
  next_.clear_next_applied_hash();
  return Commit();
}

absl::StatusOr<v1::RefillRequest> Outbox::NextRefill(uint64_t& from, size_t max_groups,
                                                     size_t max_bytes) const {
  v1::RefillRequest request;
  request.set_epoch(row_.next_epoch());
  size_t bytes = 0;
  const absl::StatusOr<uint64_t> acked = AckedBy(row_.next_applied_n(), row_.next_applied_hash());
  if (!acked.ok()) return acked.status();
  const uint64_t last = row_.place_offset() + *acked;
  for (from = std::max(from, row_.first_kept_place()); from != 0 && from <= last; ++from) {
    absl::StatusOr<disk::TabletGroupRow> row =
        GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, GroupKey(store_, from));
    if (!row.ok()) return row.status();
    const bool is_here =
        row->has_result() && (!is_restored() || (row->result().epoch() == row_.epoch() &&
                                                 row->result().seq() <= row_.refill_after_seq()));
    if (is_here || row->unproven() || row->group().empty()) continue;
    bytes += row->group().size();
    if (request.groups_size() > 0 &&
        (bytes > max_bytes || static_cast<size_t>(request.groups_size()) >= max_groups)) {
      break;
    }
    const core::Result<core::Group> group = core::DecodeGroup(row->group());
    if (!group.ok()) return absl::DataLossError(group.reason());
    AddMoves(core::MovesOf(group->dot(), moves_), *request.mutable_rehomes());
    v1::RefilledGroup& refilled = *request.add_groups();
    const core::Dot counted_as = core::Rehomed(group->dot(), moves_);
    refilled.set_replica(counted_as.replica);
    *refilled.mutable_result() = row->result();
    refilled.mutable_result()->set_n(counted_as.count);
    refilled.set_group(std::move(*row->mutable_group()));
  }
  return request;
}

// The place of an acknowledged group; 0 for one that is not of this store.
uint64_t Outbox::PlaceOf(const core::Dot& dot) const {
  uint64_t offset = 0;
  for (const disk::RehomeRow& move : row_.rehomes()) {
    if (move.old_replica() == dot.replica) return offset + dot.count;
    offset += move.acked();
  }
  return dot.replica == row_.replica() ? offset + dot.count : 0;
}

absl::Status Outbox::TakeRefill(const v1::RefillRequest& request, const v1::RefillReply& reply) {
  if (reply.groups_size() != request.groups_size()) {
    return absl::DataLossError("a refill was answered for another number of groups");
  }
  for (int i = 0; i < reply.groups_size(); ++i) {
    const v1::RefilledGroup& sent = request.groups(i);
    const uint64_t place = PlaceOf({sent.replica(), sent.result().n()});
    const std::string key = GroupKey(store_, place);
    absl::StatusOr<disk::TabletGroupRow> row =
        GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, key);
    if (!row.ok()) return Abandon(row.status());
    const v1::RefillResult& result = reply.groups(i);
    switch (result.refilled()) {
      case v1::REFILLED_TAKEN:
      case v1::REFILLED_HELD:
        *row->mutable_result() = result.result();
        break;
      case v1::REFILLED_ERASED: {
        // The words go; that there was a group, and its hash, stay.
        const core::Result<core::Group> group = core::DecodeGroup(row->group());
        if (group.ok()) {
          staged_.Delete(Family::kState, OwnGroupKey(store_, group->facet, place));
        }
        next_.set_kept_bytes(next_.kept_bytes() - row->group().size());
        row->clear_group();
        *row->mutable_result() = result.result();
        break;
      }
      default:
        row->set_unproven(true);
    }
    staged_.Put(Family::kLog, key, row->SerializeAsString());
  }
  return Commit();
}

absl::Status Outbox::Prune() {
  if (absl::Status pruned = StagePruning(row_.durable_seq()); !pruned.ok()) return Abandon(pruned);
  return Commit();
}

absl::Status Outbox::StageRehome(uint64_t acked, uint64_t new_replica) {
  disk::RehomeRow& move = *next_.add_rehomes();
  move.set_old_replica(row_.replica());
  move.set_acked(acked);
  move.set_new_replica(new_replica);

  next_.set_replica(new_replica);
  next_.set_place_offset(row_.place_offset() + acked);
  next_.set_sealed_n(row_.sealed_n() - acked);
  next_.set_last_old_name_n(next_.sealed_n());
  next_.clear_acked_n();
  next_.clear_acked_hash();
  next_.clear_sealed_hash();
  for (uint64_t n = 1; n <= next_.sealed_n(); ++n) {
    const std::string key = GroupKey(store_, n + next_.place_offset());
    absl::StatusOr<disk::TabletGroupRow> row =
        GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, key);
    if (!row.ok()) return row.status();
    const core::Digest16 hash =
        core::ChainHash(HashOf(next_.sealed_hash()), n, core::Sha256(row->group()));
    next_.set_sealed_hash(std::string(hash.view()));
    row->set_hash(next_.sealed_hash());
    row->clear_result();
    staged_.Put(Family::kLog, key, row->SerializeAsString());
  }

  // What is open was never sent, so it simply goes on under the new name.
  const std::vector<core::Rehome> moves{{move.old_replica(), acked, new_replica}};
  const std::string prefix = FacetPrefix(FacetRows::kOpen, store_);
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kState, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::TabletOpenRow row;
    if (absl::Status parsed = ParseRow(cursor->value(), row); !parsed.ok()) return parsed;
    core::Result<core::Facet> delta = core::Decode(row.delta(), core::kDeltaLimits, moves);
    if (!delta.ok()) return absl::DataLossError(delta.reason());
    const core::Dot open{row_.replica(), core::Dot(OpenDot()).count};
    core::Renumber(*delta, core::Rehomed(open, moves), OpenDot());
    row.set_delta(core::Encode(*delta));
    const absl::string_view key = cursor->key();
    staged_.Put(Family::kState, key, row.SerializeAsString());
  }
  return cursor->status();
}

absl::Status Outbox::StagePruning(uint64_t durable_seq) {
  const uint64_t first_unsent = next_.place_offset() + next_.acked_n() + 1;
  while (next_.first_kept_place() != 0 && next_.first_kept_place() < first_unsent) {
    const uint64_t place = next_.first_kept_place();
    const std::string key = GroupKey(store_, place);
    absl::StatusOr<disk::TabletGroupRow> row =
        GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, key);
    if (!row.ok()) return row.status();
    const v1::PushResult& result = row->result();
    const bool is_durable = result.seq() != 0 && result.seq() <= durable_seq && !row->unproven();
    const bool must_go =
        next_.kept_bytes() > kMaxKeptBytes && result.disposition() == v1::DISPOSITION_COMMITTED;
    if (!is_durable && !must_go) break;
    staged_.Delete(Family::kLog, key);
    if (!row->group().empty()) {
      const core::Result<core::Group> group = core::DecodeGroup(row->group());
      if (!group.ok()) return absl::DataLossError(group.reason());
      staged_.Delete(Family::kState, OwnGroupKey(store_, group->facet, place));
    }
    next_.set_first_kept_place(place + 1);
    next_.set_kept_bytes(next_.kept_bytes() - row->group().size());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PushRequest> Outbox::NextPush(size_t max_groups, size_t max_bytes) const {
  v1::PushRequest request;
  request.set_replica(row_.replica());
  request.set_first_n(row_.acked_n() + 1);
  request.set_epoch(row_.epoch());
  request.set_hash_before(row_.acked_hash());
  size_t bytes = 0;
  for (uint64_t n = row_.acked_n() + 1; n <= row_.sealed_n(); ++n) {
    if (static_cast<size_t>(request.groups_size()) >= max_groups) break;
    absl::StatusOr<disk::TabletGroupRow> row = GetRow<disk::TabletGroupRow>(
        *engine_, Family::kLog, GroupKey(store_, n + row_.place_offset()));
    if (!row.ok()) return row.status();
    bytes += row->group().size();
    if (bytes > max_bytes && request.groups_size() > 0) break;
    const core::Result<core::Group> group = core::DecodeGroup(row->group());
    if (!group.ok()) return absl::DataLossError(group.reason());
    AddMoves(core::MovesOf(group->dot(), moves_), *request.mutable_rehomes());
    request.add_groups(std::move(*row->mutable_group()));
  }
  return request;
}

absl::Status Outbox::TakePush(const v1::PushRequest& request, const v1::PushReply& reply) {
  // Fewer results than groups: the rest was not taken, and is sent again.
  if (reply.results_size() == 0 || reply.results_size() > request.groups_size()) {
    return absl::DataLossError("a push was answered for another number of groups");
  }
  std::string hash_at_applied;
  for (int i = 0; i < reply.results_size(); ++i) {
    const v1::PushResult& result = reply.results(i);
    const uint64_t n = request.first_n() + static_cast<uint64_t>(i);
    if (result.n() != n || n > row_.sealed_n() || result.seq() == 0) {
      return Abandon(absl::DataLossError("a push was answered for a group that was not sent"));
    }
    const std::string key = GroupKey(store_, n + row_.place_offset());
    absl::StatusOr<disk::TabletGroupRow> row =
        GetRow<disk::TabletGroupRow>(*engine_, Family::kLog, key);
    if (!row.ok()) return Abandon(row.status());
    if (n == reply.applied_n()) hash_at_applied = row->hash();
    if (row->has_result()) {
      if (row->result().SerializeAsString() == result.SerializeAsString()) continue;
      return Abandon(absl::DataLossError(
          absl::StrCat("group ", n, " was answered differently the second time")));
    }
    *row->mutable_result() = result;
    staged_.Put(Family::kLog, key, row->SerializeAsString());
    if (n > next_.acked_n()) {
      next_.set_acked_n(n);
      next_.set_acked_hash(row->hash());
    }
  }
  if (!hash_at_applied.empty() && hash_at_applied != reply.applied_hash()) {
    return Abandon(absl::DataLossError("the server's chain is not the tablet's"));
  }
  return Commit();
}

}  // namespace halfterm::tools
