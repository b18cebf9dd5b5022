// What follows from the cells of a record: who holds it, under which period, and what it adds to
// the summaries. Once a batch for every record that its groups touched.

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/commit/batch.h"
#include "storage/commit/counted_at.h"
#include "storage/commit/joined_pages.h"
#include "storage/commit/write_ahead.h"
#include "storage/directory/scope_changes.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

constexpr auto kHeld = static_cast<uint32_t>(FeedKind::kHeld);
constexpr auto kLeft = static_cast<uint32_t>(FeedKind::kLeft);
constexpr auto kErased = static_cast<uint32_t>(FeedKind::kErased);

struct Place {
  uint32_t count = 0;
  core::SumDigest digest;
};

core::Scope ScopeIn(const std::string& bytes) {
  std::vector<core::Scope> scopes;
  return ParseScopes(bytes, scopes) && scopes.size() == 1 ? scopes.front() : core::Scope{};
}

core::Digest32 DigestIn(const std::string& bytes) {
  return core::Digest32::FromBytes(bytes).value_or(core::Digest32{});
}

// The rows of two contribution lists, both ascending by key, that differ.
struct RollupChange {
  const std::string* key;
  const std::string* before;  // Null: none.
  const std::string* after;   // Null: none.
};

std::vector<RollupChange> RollupChanges(const disk::RecordRow& before,
                                        const disk::RecordRow& after) {
  std::vector<RollupChange> changes;
  int b = 0, a = 0;
  while (b < before.contributions_size() || a < after.contributions_size()) {
    const auto* old_row = b < before.contributions_size() ? &before.contributions(b) : nullptr;
    const auto* new_row = a < after.contributions_size() ? &after.contributions(a) : nullptr;
    if (new_row == nullptr || (old_row != nullptr && old_row->key() < new_row->key())) {
      changes.push_back({&old_row->key(), &old_row->vector(), nullptr});
      ++b;
    } else if (old_row == nullptr || new_row->key() < old_row->key()) {
      changes.push_back({&new_row->key(), nullptr, &new_row->vector()});
      ++a;
    } else {
      if (old_row->vector() != new_row->vector()) {
        changes.push_back({&old_row->key(), &old_row->vector(), &new_row->vector()});
      }
      ++a, ++b;
    }
  }
  return changes;
}

}  // namespace

// In three steps, so that all the rows that records add to are read between the first and the
// second.
struct Batch::Settling {
  RecordState& record;
  bool is_new = false;
  uint16_t period = 0;
  disk::RecordRow after;  // Its contributions alone.
  std::vector<RollupChange> changes;
  std::map<core::Scope, Place> places;  // Those that are new or no longer the same.
  google::protobuf::RepeatedPtrField<disk::FeedPlace> stays;
  std::vector<const disk::FeedPlace*> goes;
};

std::vector<RecordState*> Batch::Touched() const {
  std::vector<RecordState*> touched;
  for (const auto& [name, record] : records_) {
    if (record->touched) touched.push_back(record.get());
  }
  std::sort(touched.begin(), touched.end(), [](const RecordState* a, const RecordState* b) {
    return a->tenant != b->tenant ? a->tenant < b->tenant : a->id < b->id;
  });
  return touched;
}

absl::Status Batch::Settle() {
  if (absl::Status carried = CarryJoinedPages(*this); !carried.ok()) return carried;
  // In the order of their keys: most rows then follow the one before them in the memtable.
  const std::vector<RecordState*> touched = Touched();
  std::deque<Settling> settlings;  // Rows point into it.
  for (RecordState* const record : touched) {
    settlings.push_back({*record, !record->stored, 0, {}, {}, {}, {}, {}});
    if (const absl::Status derived = Derive(settlings.back()); !derived.ok()) return derived;
  }
  reads_.Fetch();
  for (Settling& settling : settlings) {
    RecordState& record = settling.record;
    absl::Status status = SettleFeed(settling);
    if (status.ok()) status = SettleRollups(settling);
    if (!status.ok()) return status;
    record.derived.set_period(settling.period);
    const std::string key = RecordKey(record.tenant, record.id);
    if (settling.is_new) {
      writes_.PutNew(Family::kDerived, key, record.derived.SerializeAsString());
    } else {
      writes_.Put(Family::kDerived, key, record.derived.SerializeAsString());
    }
    record.touched = false;
  }
  return absl::OkStatus();
}

absl::Status Batch::Derive(Settling& settling) {
  RecordState& record = settling.record;
  const core::VisitFacts& facts = FactsOf(record);
  settling.period = sync::PeriodOf(record.View(), facts, DirectoryOf(record.tenant));
  NoteWhereItCounts(record, facts, DirectoryOf(record.tenant));
  if (!record.stored) {
    const absl::StatusOr<disk::HeadRow*> head = Head(record.tenant);
    if (!head.ok()) return head.status();
    (*head)->set_records((*head)->records() + 1);
    record.stored = true;
  }
  const absl::Status settled = SettleFacets(record, facts, settling.period);
  if (!settled.ok()) return settled;
  PlanFeed(settling);
  for (const sync::Contribution& contribution :
       sync::ContributionOf(record.View(), facts, DirectoryOf(record.tenant))) {
    disk::ContributionRow& row = *settling.after.add_contributions();
    row.set_key(contribution.key);
    row.set_vector(EncodeVector(contribution.vector));
  }
  settling.changes = RollupChanges(record.derived, settling.after);
  for (const RollupChange& change : settling.changes) {
    rollups_.Foresee(reads_, record.tenant, *change.key);
  }
  return absl::OkStatus();
}

absl::Status Batch::SettleFacets(RecordState& record, const core::VisitFacts& facts,
                                 uint16_t period) {
  // A reader that did not hold the record's period has none of its facets, old as they may be.
  const bool refiled = period != record.derived.period();
  record.derived.clear_facets();
  for (FacetState& state : record.facets) {
    record.derived.add_facets(state.id.Bytes());
    std::vector<core::Scope> scopes = sync::FiledUnder(facts, state.id, state.facet);
    const bool moved = refiled || scopes != state.scopes;
    if (!moved && !state.changed) continue;
    if (moved) {
      state.scopes = std::move(scopes);
      state.audience_seq = record.seq;
    }
    disk::FacetRow row;
    if (state.changed) {
      core::Encoding encoded = core::EncodeWithContent(state.facet);
      state.digest = core::FacetDigest(state.id, encoded.content);
      row.set_facet(std::move(encoded.bytes));
      state.receipt = context_.secrets.StateReceipt(record.tenant, state.epoch, state.seq, state.id,
                                                    row.facet());
      state.changed = false;
    } else {
      row.set_facet(core::Encode(state.facet));
    }
    row.set_seq(state.seq);
    row.set_audience_seq(state.audience_seq);
    row.set_epoch(state.epoch);
    row.set_scopes(ScopeBytes(state.scopes));
    row.set_digest(state.digest.view().data(), state.digest.kSize);
    row.set_receipt(state.receipt);
    const std::string key = FacetKey(record.tenant, state.id);
    if (std::exchange(state.stored, true)) {
      writes_.Put(Family::kState, key, row.SerializeAsString());
    } else {
      writes_.PutNew(Family::kState, key, row.SerializeAsString());
    }
    WriteAhead(context_.engine, writes_);
  }
  return absl::OkStatus();
}

void Batch::PlanFeed(Settling& settling) {
  const RecordState& record = settling.record;
  std::map<core::Scope, Place>& places = settling.places;
  for (const FacetState& state : record.facets) {
    const core::Digest32 holding = core::HoldingDigest(state.id, state.digest);
    for (const core::Scope& scope : state.scopes) {
      Place& place = places[scope];
      ++place.count;
      place.digest.Add(holding);
    }
  }
  const auto want = [&](const core::Scope& scope, uint16_t period) {
    std::string key = DigestKey(record.tenant, scope, period);
    if (!digests_.contains(key)) reads_.Want(Family::kDerived, std::move(key));
  };
  const auto period_before = static_cast<uint16_t>(record.derived.period());
  for (const disk::FeedPlace& before : record.derived.feed()) {
    const core::Scope scope = ScopeIn(before.scope());
    const auto now = places.find(scope);
    const bool holds = now != places.end();
    const bool held = before.kind() == kHeld;
    if (holds == held && settling.period == period_before &&
        (!holds || (now->second.count == before.count() &&
                    now->second.digest.bytes() == DigestIn(before.digest())))) {
      *settling.stays.Add() = before;
      if (holds) places.erase(now);
    } else if (!holds && !held) {  // It left earlier; only the period is another.
      *settling.stays.Add() = before;
    } else {
      settling.goes.push_back(&before);
      if (held) want(scope, period_before);
    }
  }
  for (const auto& [scope, place] : places) want(scope, settling.period);
}

absl::Status Batch::SettleFeed(Settling& settling) {
  RecordState& record = settling.record;
  const uint16_t period = settling.period;
  const auto period_before = static_cast<uint16_t>(record.derived.period());
  auto& moved = moved_[record.tenant.handle()];
  google::protobuf::RepeatedPtrField<disk::FeedPlace> feed = std::move(settling.stays);

  const auto put = [&](const core::Scope& scope, disk::FeedPlace place) {
    const std::string key = FeedKey(record.tenant, scope, place.seq(), record.id);
    const std::string row = EncodeFeedRow(
        {static_cast<FeedKind>(place.kind()), period, place.count(), DigestIn(place.digest())});
    // Its number is this batch's, unless the batch has moved it before.
    const bool is_there = std::any_of(
        settling.goes.begin(), settling.goes.end(),
        [&place](const disk::FeedPlace* before) { return before->seq() == place.seq(); });
    if (is_there) {
      writes_.Put(Family::kFeed, key, row);
    } else {
      writes_.PutNew(Family::kFeed, key, row);
    }
    *feed.Add() = std::move(place);
    moved.first = std::max(moved.first, record.seq);
    moved.second.insert(scope);
  };

  for (const disk::FeedPlace* const before : settling.goes) {
    const core::Scope scope = ScopeIn(before->scope());
    writes_.Delete(Family::kFeed, FeedKey(record.tenant, scope, before->seq(), record.id));
    if (before->kind() == kHeld) {
      const absl::StatusOr<DigestSum*> row = Digest(record.tenant, scope, period_before);
      if (!row.ok()) return row.status();
      (*row)->count -= before->count();
      (*row)->sum.Subtract(DigestIn(before->digest()));
    }
    if (settling.places.find(scope) == settling.places.end()) {
      disk::FeedPlace left;
      left.set_scope(before->scope());
      left.set_seq(record.seq);
      left.set_kind(record.erased ? kErased : kLeft);
      put(scope, std::move(left));
    }
  }
  for (const auto& [scope, place] : settling.places) {
    disk::FeedPlace held;
    AppendScope(*held.mutable_scope(), scope);
    held.set_seq(record.seq);
    held.set_kind(kHeld);
    held.set_count(place.count);
    held.set_digest(place.digest.bytes().view().data(), core::Digest32::kSize);
    const absl::StatusOr<DigestSum*> row = Digest(record.tenant, scope, period);
    if (!row.ok()) return row.status();
    (*row)->count += place.count;
    (*row)->sum.Add(place.digest.bytes());
    put(scope, std::move(held));
  }
  std::sort(feed.begin(), feed.end(), [](const disk::FeedPlace& a, const disk::FeedPlace& b) {
    return a.scope() < b.scope();
  });
  record.derived.mutable_feed()->Swap(&feed);
  return absl::OkStatus();
}

absl::Status Batch::SettleRollups(Settling& settling) {
  RecordState& record = settling.record;
  for (const RollupChange& change : settling.changes) {
    for (const auto& [bytes, sign] : {std::pair(change.before, -1), std::pair(change.after, 1)}) {
      if (bytes == nullptr) continue;
      const absl::StatusOr<std::vector<int64_t>> vector = DecodeVector(*bytes);
      if (!vector.ok()) return vector.status();
      const absl::Status added = rollups_.Add(reads_, record.tenant, *change.key, *vector, sign);
      if (!added.ok()) return added;
    }
  }
  record.derived.mutable_contributions()->Swap(settling.after.mutable_contributions());
  return absl::OkStatus();
}

absl::StatusOr<Batch::DigestSum*> Batch::Digest(Tenant tenant, const core::Scope& scope,
                                                uint16_t period) {
  std::string key = DigestKey(tenant, scope, period);
  const auto found = digests_.find(key);
  if (found != digests_.end()) return &found->second;
  DigestSum sum;
  const absl::StatusOr<std::string> stored = reads_.Get(Family::kDerived, key);
  if (stored.ok()) {
    const std::optional<DigestRow> row = ParseDigestRow(*stored);
    if (!row) return absl::DataLossError("a digest row cannot be read; run `halfterm verify`");
    sum = {row->count, core::SumDigest(row->digest), true};
  } else if (!absl::IsNotFound(stored.status())) {
    return stored.status();
  }
  return &digests_.emplace(std::move(key), sum).first->second;
}

absl::Status Batch::Rederive(Tenant tenant) {
  const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
  if (!head.ok()) return head.status();
  (*head)->set_context_version((*head)->context_version() + 1);
  (*head)->set_recomputing_since_ms(std::max<int64_t>(now_ms_, 1));
  (*head)->clear_recomputed_to();
  rederiving_.insert(tenant);
  return absl::OkStatus();
}

absl::StatusOr<bool> Batch::RederiveSome(Tenant tenant, size_t max_records) {
  const absl::StatusOr<disk::HeadRow*> head = Head(tenant);
  if (!head.ok()) return head.status();
  if ((*head)->contribution_definition() != sync::kContributionDefinition) {
    (*head)->set_contribution_definition(sync::kContributionDefinition);
    const absl::Status begun = Rederive(tenant);
    if (!begun.ok()) return begun;
  }
  const bool has_held_back = !DirectoryOf(tenant).content().held_back.empty();
  if ((*head)->recomputing_since_ms() == 0 && !has_held_back) return false;
  const std::string prefix = RecordPrefix(tenant);
  std::string begin = prefix;
  if (!(*head)->recomputed_to().empty()) begin = (*head)->recomputed_to() + '\0';
  std::vector<core::Id16> ids;
  {
    const std::unique_ptr<Snapshot> snapshot = context_.engine.NewSnapshot();
    const std::unique_ptr<Cursor> cursor =
        snapshot->NewCursor(Family::kDerived, begin, EndOfPrefix(prefix));
    for (; cursor->Valid() && ids.size() < max_records; cursor->Next()) {
      const std::optional<ParsedRecordKey> parsed = ParseRecordKey(cursor->key());
      if (parsed) ids.push_back(parsed->record);
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  const bool is_last = ids.size() < max_records;
  if (is_last) {
    (*head)->clear_recomputing_since_ms();
    (*head)->clear_recomputed_to();
  } else {
    (*head)->set_recomputed_to(RecordKey(tenant, ids.back()));
  }
  if (ids.empty() && !has_held_back) return false;
  const absl::StatusOr<uint64_t> seq = NextSeq(tenant);
  if (!seq.ok()) return seq.status();
  for (const core::Id16& id : ids) ForeseeRecord(tenant, id);
  ReadForeseen();
  for (const core::Id16& id : ids) {
    const absl::StatusOr<RecordState*> record = Record(tenant, id);
    if (!record.ok()) return record.status();
    (*record)->touched = true;
    (*record)->seq = *seq;
  }
  disk::LogRow log;
  log.set_disposition(1);
  log.set_upper_ms(now_ms_);  // A figure that it moved is told of with its moment.
  PutUnread(Family::kLog, OplogKey(tenant, *seq), log.SerializeAsString());
  if (!is_last) return true;
  const absl::Status opened = OpenHeldBack(*this, tenant, *seq);
  if (!opened.ok()) return opened;
  return false;
}

}  // namespace halfterm::storage
