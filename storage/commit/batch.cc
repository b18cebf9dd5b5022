#include "storage/commit/batch.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/commit/write_ahead.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "storage/shared_engine.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

absl::Status Damaged(absl::string_view what, absl::string_view key) {
  return absl::DataLossError(absl::StrCat("the stored ", what, " at ", absl::BytesToHexString(key),
                                          " cannot be read; run `halfterm verify`"));
}

// Whether what FactsOf says of a record can be another after the delta. It reads leading pages,
// consents, and of the other pages the phases of the sheets alone. Made anew for every group, the
// facts cost more than Judge, Audience and the rights together.
bool DecidesFacts(const core::FacetId& facet, const core::Facet& delta) {
  switch (facet.facet_class) {
    case core::kSheet:
      return std::any_of(delta.cells.begin(), delta.cells.end(), [](const core::Cell& cell) {
        return cell.path.kind() == core::Kind::kPhase;
      });
    case core::kConsensus:
    case core::kFeedback:
    case core::kVersion:
    case core::kResponse:
    case core::kSteps:
    case core::kAnswers:
      return false;
    default:
      return true;
  }
}

// That a sheet or visit was begun follows from what observers wrote, and comes back with it.
bool IsDecision(const core::Facet& delta) {
  return std::any_of(delta.cells.begin(), delta.cells.end(), [](const core::Cell& cell) {
    return cell.path.kind() != core::Kind::kPhase || cell.phase.withdrawn || cell.phase.round > 0 ||
           cell.phase.level > core::kDraft;
  });
}

}  // namespace

Batch::Batch(BatchContext& context, RollupCache& rollups, WriteSet writes)
    : context_(context),
      rollups_(rollups),
      reads_(context.engine),
      now_ms_(context.clock.NowMs()),
      writes_(std::move(writes)) {}

absl::StatusOr<std::string> Batch::Get(Family family, const std::string& key) {
  const auto found = rows_.find({family, key});
  if (found == rows_.end()) return reads_.Get(family, key);
  if (!found->second) return absl::NotFoundError("");
  return *found->second;
}

void Batch::Put(Family family, std::string key, std::string value) {
  rows_[{family, std::move(key)}] = std::move(value);
}

void Batch::Delete(Family family, std::string key) {
  rows_[{family, std::move(key)}] = std::nullopt;
}

void Batch::PutUnread(Family family, absl::string_view key, absl::string_view value) {
  writes_.PutNew(family, key, value);
  WriteAhead(context_.engine, writes_);
}

absl::StatusOr<disk::HeadRow*> Batch::Head(Tenant tenant) {
  PendingHead& head = heads_[tenant.handle()];
  if (head.touched) return &head.row;
  const std::string key = HeadKey(tenant);
  const absl::StatusOr<std::string> stored = reads_.Get(Family::kMeta, key);
  if (stored.ok()) {
    if (!head.row.ParseFromString(*stored)) return Damaged("head", key);
  } else if (!absl::IsNotFound(stored.status())) {
    heads_.erase(tenant.handle());
    return stored.status();
  } else {
    uint64_t replica = 0;
    const std::string random = context_.random(8);
    for (const char byte : random) replica = replica << 8 | static_cast<uint8_t>(byte);
    head.row.set_replica(replica);
    head.row.set_contribution_definition(sync::kContributionDefinition);
  }
  while (head.row.dispositions_size() < 5) head.row.add_dispositions(0);
  head.touched = true;
  return &head.row;
}

absl::StatusOr<uint64_t> Batch::NextSeq(Tenant tenant) {
  const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
  if (!head.ok()) return head.status();
  (*head)->set_seq((*head)->seq() + 1);
  return (*head)->seq();
}

absl::StatusOr<core::Dot> Batch::ServerDot(Tenant tenant) {
  const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
  if (!head.ok()) return head.status();
  (*head)->set_replica_n((*head)->replica_n() + 1);
  return core::Dot{(*head)->replica(), (*head)->replica_n()};
}

absl::StatusOr<uint64_t> Batch::ServerStamp(Tenant tenant) {
  const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
  if (!head.ok()) return head.status();
  const uint64_t now = static_cast<uint64_t>(std::max<int64_t>(now_ms_, 0)) << 16;
  (*head)->set_stamp(std::max((*head)->stamp() + 1, now));
  return (*head)->stamp();
}

absl::StatusOr<uint64_t> Batch::ScopesVersion(Tenant tenant, const core::Id16& person) {
  const std::string key = AccountKey(tenant, person);
  const absl::StatusOr<std::string> stored = Get(Family::kState, key);
  if (absl::IsNotFound(stored.status())) return 0;
  if (!stored.ok()) return stored.status();
  disk::AccountRow row;
  if (!row.ParseFromString(*stored)) return Damaged("account", key);
  return row.scopes_version();
}

absl::StatusOr<disk::ReplicaRow*> Batch::Replica(Tenant tenant, uint64_t replica) {
  const ReplicaName name{tenant.handle(), replica};
  const auto found = replicas_.find(name);
  if (found != replicas_.end()) return found->second.exists ? &found->second.row : nullptr;
  PendingReplica pending;
  const std::string key = ReplicaKey(tenant, replica);
  const absl::StatusOr<std::string> stored = reads_.Get(Family::kState, key);
  if (stored.ok()) {
    if (!pending.row.ParseFromString(*stored)) return Damaged("store", key);
    pending.exists = true;
  } else if (!absl::IsNotFound(stored.status())) {
    return stored.status();
  }
  PendingReplica& kept = replicas_.emplace(name, std::move(pending)).first->second;
  return kept.exists ? &kept.row : nullptr;
}

void Batch::TouchReplica(Tenant tenant, uint64_t replica) {
  replicas_[{tenant.handle(), replica}].touched = true;
}

disk::ReplicaRow* Batch::AddReplica(Tenant tenant, uint64_t replica) {
  PendingReplica& added = replicas_[{tenant.handle(), replica}];
  added.exists = added.touched = true;
  return &added.row;
}

void Batch::ForeseeRecord(Tenant tenant, const core::Id16& id) {
  if (records_.contains({tenant.handle(), id})) return;
  if (foreseen_.emplace(tenant.handle(), id).second)
    Foresee(Family::kDerived, RecordKey(tenant, id));
}

void Batch::ReadForeseen() {
  reads_.Fetch();
  for (const auto& [handle, id] : std::exchange(foreseen_, {})) {
    // A row that cannot be read is the business of whoever asks for the record.
    absl::StatusOr<std::unique_ptr<RecordState>> row = RowOf(Tenant(handle), id);
    if (!row.ok()) continue;
    for (const std::string& facet : (*row)->derived.facets()) {
      const std::optional<core::FacetId> parsed = core::FacetId::Parse(facet);
      if (parsed) reads_.Want(Family::kState, FacetKey(Tenant(handle), *parsed));
    }
    read_ahead_[{handle, id}] = *std::move(row);
  }
  reads_.Fetch();
}

absl::StatusOr<std::unique_ptr<RecordState>> Batch::RowOf(Tenant tenant,
                                                          const core::Id16& id) const {
  auto record = std::make_unique<RecordState>(
      RecordState{tenant, id, {}, {}, false, false, false, 0, {}, false});
  const std::string key = RecordKey(tenant, id);
  const absl::StatusOr<std::string> stored = reads_.Get(Family::kDerived, key);
  if (absl::IsNotFound(stored.status())) return record;
  if (!stored.ok()) return stored.status();
  if (!record->derived.ParseFromString(*stored)) return Damaged("record", key);
  record->stored = true;
  return record;
}

absl::StatusOr<RecordState*> Batch::Record(Tenant tenant, const core::Id16& id) {
  const TenantRecord name{tenant.handle(), id};
  const auto found = records_.find(name);
  if (found != records_.end()) return found->second.get();
  absl::StatusOr<std::unique_ptr<RecordState>> record;
  if (const auto ahead = read_ahead_.extract(name); !ahead.empty()) {
    record = std::move(ahead.mapped());
  } else {
    record = RowOf(tenant, id);
  }
  if (!record.ok()) return record.status();
  if (const absl::Status loaded = LoadFacets(**record); !loaded.ok()) return loaded;
  return records_.emplace(name, *std::move(record)).first->second.get();
}

absl::Status Batch::LoadFacets(RecordState& record) {
  std::vector<std::string> keys;
  for (const std::string& bytes : record.derived.facets()) {
    const std::optional<core::FacetId> id = core::FacetId::Parse(bytes);
    if (!id) return Damaged("record", RecordKey(record.tenant, record.id));
    FacetState state;
    state.id = *id;
    record.facets.push_back(std::move(state));
    keys.push_back(FacetKey(record.tenant, *id));
  }
  const auto rows = reads_.MultiGet(Family::kState, keys);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].ok()) {
      return absl::IsNotFound(rows[i].status()) ? Damaged("facet", keys[i]) : rows[i].status();
    }
    FacetState& state = record.facets[i];
    disk::FacetRow row;
    if (!row.ParseFromString(*rows[i])) return Damaged("facet", keys[i]);
    core::Result<core::Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
    const auto digest = core::Digest32::FromBytes(row.digest());
    if (!facet.ok() || !digest || !ParseScopes(row.scopes(), state.scopes)) {
      return Damaged("facet", keys[i]);
    }
    state.facet = std::move(facet).value();
    state.digest = *digest;
    state.seq = row.seq();
    state.audience_seq = row.audience_seq();
    state.epoch = row.epoch();
    state.bytes = row.facet().size();
    state.receipt = std::move(*row.mutable_receipt());
    state.stored = true;
  }
  return absl::OkStatus();
}

const core::VisitFacts& Batch::FactsOf(RecordState& record) {
  if (!record.facts_are_current) {
    record.facts = sync::FactsOf(record.View(), DirectoryOf(record.tenant));
    record.facts_are_current = true;
  }
  return record.facts;
}

absl::Status Batch::Write(RecordState& record, const core::FacetId& facet, core::Facet delta,
                          uint64_t seq) {
  FacetState* state = record.Find(facet);
  if (state == nullptr) {
    // A facet that its record does not know of is damage; writing would hide what it holds.
    const std::string key = FacetKey(record.tenant, facet);
    const absl::StatusOr<std::string> stored = reads_.Get(Family::kState, key);
    if (stored.ok()) return Damaged("record of the facet", key);
    if (!absl::IsNotFound(stored.status())) return stored.status();
    state = &record.Add(facet);
  }
  const bool decides_facts = DecidesFacts(facet, delta);
  core::JoinReport report;
  core::JoinInto(state->facet, std::move(delta), &report);
  if (!report.changed) return absl::OkStatus();
  state->changed = true;
  state->seq = seq;
  state->epoch = epoch();
  record.touched = true;
  record.seq = seq;
  if (decides_facts) record.facts_are_current = false;
  return absl::OkStatus();
}

core::Digest32 Batch::ContentDigest(const FacetState& state) const {
  if (!state.changed) return state.digest;
  return core::FacetDigest(state.id, core::EncodeContent(state.facet));
}

absl::Status Batch::ServerWrite(RecordState& record, const core::FacetId& facet, core::Facet delta,
                                uint64_t seq, disk::LogRow& log) {
  if (context_.ledger != nullptr && IsDecision(delta)) {
    Decision& decision = decisions_.emplace_back(Decision{record.tenant, record.id, {}});
    decision.row.set_facet(facet.Bytes());
    decision.row.set_delta(core::Encode(delta));
    decision.row.set_epoch(epoch());
    decision.row.set_seq(seq);
  }
  return WriteAgain(record, facet, std::move(delta), seq, log);
}

absl::Status Batch::WriteAgain(RecordState& record, const core::FacetId& facet, core::Facet delta,
                               uint64_t seq, disk::LogRow& log) {
  disk::ServerEffect& effect = *log.add_effects();
  effect.set_facet(facet.Bytes());
  effect.set_delta(core::Encode(delta));
  return Write(record, facet, std::move(delta), seq);
}

void Batch::AddChain(Tenant tenant, uint64_t replica, uint64_t last_n, disk::ChainRow row) {
  PutUnread(Family::kDerived, ChainKey(tenant, replica, last_n), row.SerializeAsString());
  chains_[{tenant.handle(), replica}].push_back(std::move(row));
}

absl::StatusOr<std::vector<disk::ChainEntry>> Batch::ChainFrom(Tenant tenant, uint64_t replica,
                                                               uint64_t first_n, uint64_t last_n) {
  std::vector<disk::ChainEntry> entries;
  uint64_t next = first_n;
  const auto take = [&](const disk::ChainRow& row) {
    while (next <= last_n && next >= row.first_n() &&
           next - row.first_n() < static_cast<uint64_t>(row.groups_size())) {
      entries.push_back(row.groups(static_cast<int>(next - row.first_n())));
      ++next;
    }
  };
  const std::unique_ptr<Snapshot> snapshot = context_.engine.NewSnapshot();
  const std::unique_ptr<Cursor> cursor =
      snapshot->NewCursor(Family::kDerived, ChainKey(tenant, replica, first_n),
                          EndOfPrefix(ChainPrefix(tenant, replica)));
  for (; next <= last_n && cursor->Valid(); cursor->Next()) {
    disk::ChainRow row;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return Damaged("chain", cursor->key());
    }
    take(row);
  }
  if (!cursor->status().ok()) return cursor->status();
  for (const disk::ChainRow& row : chains_[{tenant.handle(), replica}]) take(row);
  if (next <= last_n) return Damaged("chain", ChainKey(tenant, replica, next));
  return entries;
}

const sync::Directory& Batch::DirectoryOf(Tenant tenant) {
  const auto changed = directories_.find(tenant.handle());
  if (changed != directories_.end()) return *changed->second.second;
  std::shared_ptr<const sync::Directory>& read = directories_read_[tenant.handle()];
  if (read == nullptr) read = context_.directories.Of(tenant);
  if (read == nullptr) read = std::make_shared<sync::Directory>(sync::Directory::Content{});
  return *read;
}

void Batch::PutDirectory(Tenant tenant, std::string name,
                         std::shared_ptr<const sync::Directory> directory) {
  directories_[tenant.handle()] = {std::move(name), std::move(directory)};
  for (auto& [id, record] : records_) {
    if (id.tenant == tenant.handle()) record->facts_are_current = false;
  }
}

std::string Batch::NameOf(Tenant tenant) const {
  const auto changed = directories_.find(tenant.handle());
  if (changed != directories_.end()) return changed->second.first;
  return context_.directories.NameOf(tenant);
}

std::optional<Tenant> Batch::TenantNamed(absl::string_view name) {
  for (const auto& [handle, named] : directories_) {
    if (named.first == name) return Tenant(handle);
  }
  return context_.directories.TenantNamed(name);
}

void Batch::PutSession(std::string token_hash, Session session) {
  sessions_.emplace_back(std::move(token_hash), std::move(session));
}

std::shared_ptr<const Session> Batch::SessionOf(Tenant tenant, const core::Id16& session) {
  for (const auto& [hash, pending] : sessions_) {
    if (pending.caller.tenant == tenant && pending.caller.session == session) {
      return std::make_shared<Session>(pending);
    }
  }
  return context_.sessions.Of(tenant, session);
}

const WriteSet& Batch::Writes() {
  if (writes_complete_) return writes_;
  writes_complete_ = true;
  for (const auto& [name, value] : rows_) {
    if (value) {
      writes_.Put(name.first, name.second, *value);
    } else {
      writes_.Delete(name.first, name.second);
    }
  }
  for (const auto& [name, pending] : replicas_) {
    if (!pending.touched) continue;
    writes_.Put(Family::kState, ReplicaKey(Tenant(name.first), name.second),
                pending.row.SerializeAsString());
  }
  for (const auto& [handle, head] : heads_) {
    writes_.Put(Family::kMeta, HeadKey(Tenant(handle)), head.row.SerializeAsString());
  }
  for (const auto& [key, row] : digests_) {
    if (row.count == 0) {
      writes_.Delete(Family::kDerived, key);
      continue;
    }
    const std::string value = EncodeDigestRow({row.count, row.sum.bytes()});
    if (row.stored) {
      writes_.Put(Family::kDerived, key, value);
    } else {
      writes_.PutNew(Family::kDerived, key, value);
    }
  }
  rollups_.WriteTo(writes_);
  return writes_;
}

void Batch::Publish() {
  if (epochs_) context_.epochs.Publish(*epochs_);
  for (auto& [handle, named] : directories_) {
    context_.directories.Put(Tenant(handle), named.first, named.second);
  }
  for (auto& [hash, session] : sessions_) context_.sessions.Put(hash, std::move(session));
  for (const auto& [handle, moved] : moved_) {
    context_.changes.Tell(Tenant(handle), moved.second, moved.first);
  }
}

void Batch::Forget() {
  rollups_.Forget();
  if (SharedEngine* const shared = SharedEngine::Of(context_.engine)) shared->EndTurn();
}

}  // namespace halfterm::storage
