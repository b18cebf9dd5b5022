#include "storage/commit/release.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "storage/commit/group_time.h"
#include "storage/commit/intents.h"
#include "storage/commit/joined_pages.h"
#include "sync/check.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/rehome.h"
#include "sync/facts.h"
#include "sync/judge.h"
#include "sync/referral.h"
#include "sync/schema.h"

namespace halfterm::storage {
namespace {

// The same for a number that is of another visit, of nothing, or not this person's to take in.
absl::Status NoSuchGroup() { return absl::NotFoundError("no group of this visit waits for you"); }

}  // namespace

std::string EncodeKeptRow(const KeptRow& row) {
  std::string value(1, static_cast<char>(row.reason));
  if (row.released_seq == 0) return value;
  for (int shift = 56; shift >= 0; shift -= 8) {
    value.push_back(static_cast<char>(row.released_seq >> shift & 0xFF));
  }
  return value;
}

KeptRow ParseKeptRow(absl::string_view value) {
  KeptRow row;
  if (value.size() != 1 && value.size() != 9) return row;
  row.reason = static_cast<uint8_t>(value[0]);
  for (const char byte : value.substr(1)) {
    row.released_seq = row.released_seq << 8 | static_cast<uint8_t>(byte);
  }
  return row;
}

std::string KeptKeyOf(Tenant tenant, const disk::LogRow& log, uint64_t seq) {
  if (log.disposition() == v1::DISPOSITION_QUARANTINED) {
    return QuarantineKey(tenant, log.replica(), seq);
  }
  const core::Result<core::Group> group = core::DecodeGroup(log.group());
  return LateKey(tenant, group.ok() ? group->facet.record : core::Id16{}, seq);
}

std::optional<core::Facet> DeltaOf(const disk::LogRow& log, const core::Group& group) {
  if (group.kind != core::GroupKind::kDelta) return std::nullopt;
  const auto author = core::Id16::FromBytes(log.author());
  if (!author) return std::nullopt;
  std::vector<core::Rehome> moves;
  for (const disk::RehomeRow& move : log.rehomes()) {
    moves.push_back({move.old_replica(), move.acked(), move.new_replica()});
  }
  core::Result<core::Facet> delta = core::Decode(group.body, core::kDeltaLimits, moves);
  const core::Dot dot{log.replica(), log.n()};
  if (!delta.ok() || !core::IsDeltaOf(*delta, dot)) return std::nullopt;
  core::Attribute(*delta, dot, *author);
  return std::move(delta).value();
}

bool IsRightButForItsTime(const disk::LogRow& log, const core::Group& group,
                          const core::Facet& delta, const sync::RecordView& record,
                          const core::VisitFacts& facts, const sync::Directory& directory) {
  const sync::DeltaCheck check = sync::CheckDelta(sync::Schema::OfThisBuild(), group.facet, delta);
  const auto author = core::Id16::FromBytes(log.author());
  if (!check.ok() || !author) return false;
  const sync::Judgement now = sync::Judge(
      {group, delta, log.replica(), *author, log.lower_ms(), false, false, check.writes_once},
      record, facts, directory);
  return now.disposition == v1::DISPOSITION_COMMITTED ||
         sync::IsReleasable(now.disposition, now.reason);
}

bool MayTakeIn(const core::Id16& person, const core::FacetId& facet, const core::Facet& delta,
               const sync::RecordView& record, const core::VisitFacts& facts,
               const sync::Directory& directory) {
  if (facts.has_plan) {
    return sync::KeepsTheVisit(person, facts, sync::LessonStartMs(record), directory);
  }
  if (facts.sort != core::RecordSort::kVisit) {
    return sync::KeepsTheReferral(person, facts, /*is_first=*/false, directory);
  }
  if (!record.facets.empty() && facet.facet_class != core::kPlan) return false;
  sync::RecordView kept;
  kept.id = record.id;
  kept.facets.push_back({facet, &delta});
  const core::VisitFacts first = sync::FactsOf(kept, directory);
  if (first.sort != core::RecordSort::kVisit) {
    return sync::KeepsTheReferral(person, first, /*is_first=*/true, directory);
  }
  return first.has_plan && sync::KeepsTheVisit(person, first, sync::LessonStartMs(kept), directory);
}

absl::StatusOr<KeptGroup> FindKept(Batch& batch, RecordState& record, uint64_t seq,
                                   const core::Id16& person) {
  KeptGroup kept;
  kept.seq = seq;
  const absl::StatusOr<std::string> stored = batch.Get(Family::kLog, OplogKey(record.tenant, seq));
  if (absl::IsNotFound(stored.status())) return NoSuchGroup();
  if (!stored.ok()) return stored.status();
  if (!kept.log.ParseFromString(*stored)) {
    return absl::DataLossError("a row of the log cannot be read; run `halfterm verify`");
  }
  const core::Result<core::Group> group = core::DecodeGroup(kept.log.group());
  if (!group.ok() || group->facet.record != record.id) return NoSuchGroup();
  const absl::StatusOr<std::string> row =
      batch.Get(Family::kDerived, KeptKeyOf(record.tenant, kept.log, seq));
  if (absl::IsNotFound(row.status())) return NoSuchGroup();
  if (!row.ok()) return row.status();
  const std::optional<core::Facet> delta = DeltaOf(kept.log, *group);
  if (!delta || !MayTakeIn(person, group->facet, *delta, record.View(), batch.FactsOf(record),
                           batch.DirectoryOf(record.tenant))) {
    return NoSuchGroup();
  }
  kept.released = ParseKeptRow(*row).released_seq != 0;
  return kept;
}

absl::StatusOr<std::string> TakeIn(Batch& batch, RecordState& record, const KeptGroup& kept,
                                   uint64_t by_seq, disk::LogRow& log) {
  const core::Result<core::Group> group = core::DecodeGroup(kept.log.group());
  std::optional<core::Facet> delta = DeltaOf(kept.log, *group);
  const char* const not_so = "a group that was right but for its time";
  if (!delta || !IsRightButForItsTime(kept.log, *group, *delta, record.View(),
                                      batch.FactsOf(record), batch.DirectoryOf(record.tenant))) {
    return std::string(not_so);
  }
  const FacetState* held = record.Find(group->facet);
  if (held != nullptr && WouldOutgrow(*held, *delta, group->body.size())) {
    return std::string("room on the page");
  }
  const absl::StatusOr<Following> following =
      FollowingOf(batch, record, group->facet, *delta, group->body.size());
  if (!following.ok()) return following.status();
  if (std::string why = WhyAside(*following); !why.empty()) return why;
  // The time at which it was written, as far as that is known.
  const int64_t written_ms = std::clamp(kept.log.estimate_ms(), kept.log.lower_ms(),
                                        std::max(kept.log.lower_ms(), kept.log.upper_ms()));
  core::Stamp(*delta, {kept.log.replica(), kept.log.n()},
              std::max<uint64_t>(static_cast<uint64_t>(written_ms) << 16, 1));
  const size_t bytes = group->body.size();
  absl::Status written = batch.ServerWrite(record, group->facet, *std::move(delta), by_seq, log);
  if (!written.ok()) return written;
  if (FacetState* state = record.Find(group->facet)) state->bytes += bytes;
  written = RaiseDraft(batch, record, group->facet, by_seq, log);
  if (written.ok()) written = CarryPages(batch, record, by_seq, log);
  if (!written.ok()) return written;
  log.set_released_seq(kept.seq);
  batch.Put(Family::kDerived, KeptKeyOf(record.tenant, kept.log, kept.seq),
            EncodeKeptRow({kept.log.reason(), by_seq}));
  return std::string();
}

}  // namespace halfterm::storage
