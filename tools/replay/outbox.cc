#include "tools/replay/outbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"

namespace halfterm::tools {
namespace {

using storage::Family;

// No sealed group comes to this number, and every rehoming still maps it to one that is as far off.
constexpr uint64_t kOpenCount = uint64_t{1} << 62;

std::string_view Std(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }

core::Digest16 HashOf(const std::string& bytes) {
  return core::Digest16::FromBytes(bytes).value_or(core::Digest16{});
}

std::string Bytes(const core::Digest16& hash) { return std::string(hash.view()); }

v1::Phase PhaseOf(const core::Known& known) {
  v1::Phase phase;
  phase.set_withdrawn(known.withdrawn());
  phase.set_round(known.round);
  phase.set_level(static_cast<v1::Level>(known.level));
  return phase;
}

core::Known KnownOf(const v1::Phase& phase) {
  core::Known known;
  known.flags = phase.withdrawn() ? 1 : 0;
  known.round = static_cast<uint16_t>(phase.round());
  known.level = static_cast<uint8_t>(phase.level());
  return known;
}

core::Rehome MoveOf(const disk::RehomeRow& row) {
  return {row.old_replica(), row.acked(), row.new_replica()};
}

absl::Status Unreadable(const core::Refused& refused) {
  return absl::DataLossError(absl::StrCat("a group of the tablet: ", refused.reason()));
}

}  // namespace

absl::StatusOr<Outbox> Outbox::Open(storage::Engine& engine, StoreNumber store) {
  Outbox outbox(engine, store);
  absl::StatusOr<disk::TabletOutboxRow> row =
      GetRow<disk::TabletOutboxRow>(engine, Family::kMeta, OutboxKey(store));
  if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
  if (row.ok()) outbox.row_ = *std::move(row);
  outbox.next_ = outbox.row_;
  outbox.person_ = core::Id16::FromBytes(outbox.row_.person()).value_or(core::Id16{});
  for (const disk::RehomeRow& move : outbox.row_.rehomes()) {
    outbox.moves_.push_back(MoveOf(move));
  }
  return outbox;
}

absl::Status Outbox::TakeSession(const core::Id16& person, const v1::OpenSessionReply& session) {
  next_.set_person(std::string(person.view()));
  next_.set_session(session.session());
  next_.set_token(session.token());
  next_.set_key(session.key());
  person_ = person;
  return Commit();
}

core::Dot Outbox::NextDot() const { return {next_.replica(), next_.sealed_n() + 1}; }
core::Dot Outbox::OpenDot() const { return {next_.replica(), kOpenCount}; }

core::GroupTime Outbox::TimeOf(const TabletMoment& now) const {
  core::GroupTime time;
  time.wall_ms = now.wall_ms;
  time.hello_no = row_.hello_no();
  time.offset_ms = row_.clock_offset_ms();
  const bool same_boot = row_.hello_no() != 0 && row_.hello_boot() == now.boot;
  time.since_hello_ms = same_boot ? now.mono_ms - row_.hello_mono_ms() : core::kClockRestarted;
  return time;
}

absl::StatusOr<core::Facet> Outbox::DeltaOf(const core::Group& group) const {
  if (group.kind != core::GroupKind::kDelta) return core::Facet{};
  core::Result<core::Facet> delta =
      core::Decode(group.body, core::kDeltaLimits, core::MovesOf(group.dot(), moves_));
  if (!delta.ok()) return Unreadable(delta.refused());
  core::Attribute(*delta, core::Rehomed(group.dot(), moves_), person_);
  return *std::move(delta);
}

// The store's own groups on the facet that are not in the server's copy of `base_seq`.
absl::StatusOr<std::vector<disk::TabletGroupRow>> Outbox::GroupsAfter(const core::FacetId& facet,
                                                                      uint64_t base_seq) const {
  std::vector<disk::TabletGroupRow> groups;
  const std::string prefix = FacetKey(FacetRows::kOwnGroups, store_, facet);
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kState, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    absl::StatusOr<disk::TabletGroupRow> row = GetRow<disk::TabletGroupRow>(
        *engine_, Family::kLog, GroupKey(store_, PlaceOfKey(cursor->key())));
    if (!row.ok()) return row.status();
    const v1::PushResult& result = row->result();
    if (result.disposition() == v1::DISPOSITION_COMMITTED && result.seq() <= base_seq) continue;
    groups.push_back(*std::move(row));
  }
  if (!cursor->status().ok()) return cursor->status();
  return groups;
}

absl::StatusOr<bool> Outbox::HasNewer(const core::FacetId& facet, uint64_t base_seq) const {
  const absl::StatusOr<std::vector<disk::TabletGroupRow>> groups = GroupsAfter(facet, base_seq);
  if (!groups.ok()) return groups.status();
  if (!groups->empty()) return true;
  const absl::Status open =
      engine_->Get(Family::kState, FacetKey(FacetRows::kOpen, store_, facet)).status();
  if (absl::IsNotFound(open)) return false;
  if (!open.ok()) return open;
  return true;
}

absl::Status Outbox::JoinOwn(const core::FacetId& facet, uint64_t base_seq,
                             core::Facet& into) const {
  const absl::StatusOr<std::vector<disk::TabletGroupRow>> groups = GroupsAfter(facet, base_seq);
  if (!groups.ok()) return groups.status();
  for (const disk::TabletGroupRow& row : *groups) {
    const core::Result<core::Group> group = core::DecodeGroup(row.group());
    if (!group.ok()) return Unreadable(group.refused());
    absl::StatusOr<core::Facet> delta = DeltaOf(*group);
    if (!delta.ok()) return delta.status();
    core::JoinInto(into, *std::move(delta), nullptr);
  }

  const absl::StatusOr<disk::TabletOpenRow> open = GetRow<disk::TabletOpenRow>(
      *engine_, Family::kState, FacetKey(FacetRows::kOpen, store_, facet));
  if (absl::IsNotFound(open.status())) return absl::OkStatus();
  if (!open.ok()) return open.status();
  core::Result<core::Facet> delta = core::Decode(open->delta(), core::kDeltaLimits);
  if (!delta.ok()) return Unreadable(delta.refused());
  core::Attribute(*delta, OpenDot(), person_);
  core::JoinInto(into, *std::move(delta), nullptr);
  return absl::OkStatus();
}

// Seals under the next number. The header's replica, n and session are filled in here.
void Outbox::Append(const core::GroupHeader& header, absl::string_view body) {
  core::GroupHeader sealed = header;
  sealed.replica = next_.replica();
  sealed.n = next_.sealed_n() + 1;
  sealed.session = core::Id16::FromBytes(next_.session()).value_or(core::Id16{});

  disk::TabletGroupRow row;
  row.set_group(core::EncodeGroup(sealed, Std(body), next_.key()));
  row.set_hash(
      Bytes(core::ChainHash(HashOf(next_.sealed_hash()), sealed.n, core::Sha256(row.group()))));
  next_.set_sealed_n(sealed.n);
  next_.set_sealed_hash(row.hash());
  next_.set_kept_bytes(next_.kept_bytes() + row.group().size());

  const uint64_t place = sealed.n + next_.place_offset();
  if (next_.first_kept_place() == 0) next_.set_first_kept_place(place);
  staged_.Put(Family::kLog, GroupKey(store_, place), row.SerializeAsString());
  staged_.Put(Family::kState, OwnGroupKey(store_, sealed.facet, place), "");
}

void Outbox::StageGroup(core::GroupKind kind, const core::FacetId& facet, absl::string_view body,
                        const WrittenOver& over, const TabletMoment& now) {
  core::GroupHeader header;
  header.kind = kind;
  header.base_epoch = over.base_epoch;
  header.base_seq = over.base_seq;
  header.known = over.known;
  header.facet = facet;
  header.time = TimeOf(now);
  Append(header, body);
}

absl::Status Outbox::StageOpen(const core::FacetId& facet, core::Facet delta,
                               const WrittenOver& over, const TabletMoment& now) {
  const std::string key = FacetKey(FacetRows::kOpen, store_, facet);
  auto [place, is_new] = staged_open_.try_emplace(facet);
  disk::TabletOpenRow& row = place->second;
  if (is_new) {
    absl::StatusOr<disk::TabletOpenRow> held =
        GetRow<disk::TabletOpenRow>(*engine_, Family::kState, key);
    if (!held.ok() && !absl::IsNotFound(held.status())) return held.status();
    if (held.ok()) row = *std::move(held);
  }
  if (row.delta().empty()) {
    next_.set_opened(next_.opened() + 1);
    row.set_order(next_.opened());
    row.set_base_epoch(over.base_epoch);
    row.set_base_seq(over.base_seq);
    *row.mutable_known() = PhaseOf(over.known);
  } else {
    core::Result<core::Facet> open = core::Decode(row.delta(), core::kDeltaLimits);
    if (!open.ok()) return Unreadable(open.refused());
    core::Squash(*open, std::move(delta), OpenDot());
    delta = *std::move(open);
  }
  row.set_delta(core::Encode(delta));
  const core::GroupTime time = TimeOf(now);
  row.set_wall_ms(time.wall_ms);
  row.set_since_hello_ms(time.since_hello_ms);
  staged_.Put(Family::kState, key, row.SerializeAsString());
  return absl::OkStatus();
}

absl::Status Outbox::StageSealing() {
  std::map<core::FacetId, disk::TabletOpenRow> open = std::move(staged_open_);
  staged_open_.clear();
  const std::string prefix = FacetPrefix(FacetRows::kOpen, store_);
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kState, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const auto [place, is_new] = open.try_emplace(FacetOfKey(cursor->key()));
    if (!is_new) continue;  // As staged.
    if (absl::Status parsed = ParseRow(cursor->value(), place->second); !parsed.ok()) return parsed;
  }
  if (!cursor->status().ok()) return cursor->status();

  std::vector<std::pair<core::FacetId, disk::TabletOpenRow>> in_order(open.begin(), open.end());
  std::sort(in_order.begin(), in_order.end(),
            [](const auto& a, const auto& b) { return a.second.order() < b.second.order(); });
  for (const auto& [facet, row] : in_order) {
    core::Result<core::Facet> delta = core::Decode(row.delta(), core::kDeltaLimits);
    if (!delta.ok()) return Unreadable(delta.refused());
    core::Renumber(*delta, OpenDot(), NextDot());
    core::GroupHeader header;
    header.kind = core::GroupKind::kDelta;
    header.base_epoch = row.base_epoch();
    header.base_seq = row.base_seq();
    header.known = KnownOf(row.known());
    header.facet = facet;
    header.time = {row.wall_ms(), row.since_hello_ms(), row_.hello_no(), row_.clock_offset_ms()};
    Append(header, core::Encode(*delta));
    staged_.Delete(Family::kState, FacetKey(FacetRows::kOpen, store_, facet));
  }
  return absl::OkStatus();
}

absl::Status Outbox::Commit() {
  staged_.Put(Family::kMeta, OutboxKey(store_), next_.SerializeAsString());
  const absl::Status committed = engine_->Commit(staged_);
  if (!committed.ok()) return Abandon(committed);
  row_ = next_;
  moves_.clear();
  for (const disk::RehomeRow& move : row_.rehomes()) moves_.push_back(MoveOf(move));
  staged_.Clear();
  staged_open_.clear();
  return absl::OkStatus();
}

absl::Status Outbox::Abandon(absl::Status why) {
  next_ = row_;
  staged_.Clear();
  staged_open_.clear();
  return why;
}

absl::Status Outbox::ForEach(const std::function<void(const Kept&)>& see) const {
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::string prefix = GroupKey(store_, 0).substr(0, 2);
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kLog, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::TabletGroupRow row;
    if (absl::Status parsed = ParseRow(cursor->value(), row); !parsed.ok()) return parsed;
    if (row.group().empty()) continue;  // Its record was erased.
    const core::Result<core::Group> group = core::DecodeGroup(row.group());
    if (!group.ok()) return Unreadable(group.refused());
    const absl::StatusOr<core::Facet> delta = DeltaOf(*group);
    if (!delta.ok()) return delta.status();
    see({PlaceOfKey(cursor->key()), row, *group, core::Rehomed(group->dot(), moves_), *delta});
  }
  return cursor->status();
}

}  // namespace halfterm::tools
