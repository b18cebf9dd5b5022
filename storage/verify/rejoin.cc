#include "storage/verify/rejoin.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/verify/log_check.h"
#include "sync/core/codec.h"
#include "sync/core/group.h"
#include "sync/core/rehome.h"

namespace halfterm::storage {
namespace {

std::vector<core::Rehome> MovesOf(const disk::LogRow& row) {
  std::vector<core::Rehome> moves;
  for (const disk::RehomeRow& move : row.rehomes()) {
    moves.push_back({move.old_replica(), move.acked(), move.new_replica()});
  }
  return moves;
}

bool WritesCells(const disk::LogRow& row, const core::Result<core::Group>& group) {
  return row.disposition() == v1::DISPOSITION_COMMITTED && group.ok() &&
         group->kind == core::GroupKind::kDelta;
}

void JoinInto(RejoinedRecord& record, const core::FacetId& id, core::Facet delta, uint64_t seq) {
  Rejoined& rejoined = record.facets[id];
  core::JoinReport report;
  core::JoinInto(rejoined.facet, std::move(delta), &report);
  if (report.changed) rejoined.seq = seq;
}

// What the group's own body wrote, as Push made it of the bytes. False where it cannot be read.
bool JoinBody(const disk::LogRow& row, const core::Group& group, uint64_t seq,
              RejoinedRecord& record) {
  const core::Dot dot{row.replica(), row.n()};
  const auto author = core::Id16::FromBytes(row.author());
  core::Result<core::Facet> delta = core::Decode(group.body, core::kDeltaLimits, MovesOf(row));
  if (!delta.ok() || !author) return false;
  core::Attribute(*delta, dot, *author);
  core::Stamp(*delta, dot, row.stamp());
  JoinInto(record, group.facet, std::move(delta).value(), seq);
  return true;
}

bool JoinEffects(const disk::LogRow& row, const core::Id16& of, uint64_t seq,
                 RejoinedRecord& record) {
  for (const disk::ServerEffect& effect : row.effects()) {
    const std::optional<core::FacetId> id = core::FacetId::Parse(effect.facet());
    if (!id || id->record != of) continue;
    core::Result<core::Facet> delta = core::Decode(effect.delta(), core::kFacetLimits);
    if (!delta.ok()) return false;
    JoinInto(record, *id, std::move(delta).value(), seq);
  }
  return true;
}

}  // namespace

bool Part::Has(const core::Id16& record) const {
  if (count == 1) return true;
  uint64_t hash = 0;  // The end of an id is random, its beginning a time.
  for (size_t i = 8; i < 16; ++i) hash = hash << 8 | record.bytes[i];
  return (hash * 0x9E3779B97F4A7C15U >> 32) % count == index;
}

absl::StatusOr<std::vector<Touch>> TouchesOf(const Snapshot& snapshot, Tenant tenant,
                                             const Part& part) {
  std::vector<Touch> touches;
  const std::string prefix = OplogPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedLogKey> key = ParseOplogKey(cursor->key());
    disk::LogRow row;
    if (!key || !ParseLogRow(cursor->value(), row)) continue;
    std::set<core::Id16> records;
    const core::Result<core::Group> group = core::DecodeGroup(row.group());
    if (WritesCells(row, group)) records.insert(group->facet.record);
    for (const disk::ServerEffect& effect : row.effects()) {
      const std::optional<core::FacetId> id = core::FacetId::Parse(effect.facet());
      if (id) records.insert(id->record);
    }
    for (const core::Id16& record : records) {
      if (part.Has(record)) touches.push_back({record, key->number});
    }
  }
  if (!cursor->status().ok()) return cursor->status();
  std::sort(touches.begin(), touches.end());
  return touches;
}

absl::StatusOr<RejoinedRecord> Rejoin(const Snapshot& snapshot, Tenant tenant,
                                      absl::Span<const Touch> touches) {
  RejoinedRecord record;
  std::vector<std::string> keys;
  for (const Touch& touch : touches) keys.push_back(OplogKey(tenant, touch.seq));
  const auto rows = snapshot.MultiGet(Family::kLog, keys);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].ok()) return rows[i].status();
    const uint64_t seq = touches[i].seq;
    disk::LogRow row;
    bool joined = ParseLogRow(*rows[i], row);
    if (joined) {
      const core::Result<core::Group> group = core::DecodeGroup(row.group());
      if (WritesCells(row, group) && group->facet.record == touches[i].record) {
        joined = JoinBody(row, *group, seq, record);
      }
      joined = JoinEffects(row, touches[i].record, seq, record) && joined;
    }
    if (!joined) record.unreadable.push_back(seq);
  }
  return record;
}

}  // namespace halfterm::storage
