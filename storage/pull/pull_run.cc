#include "storage/pull/pull_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/pull/holdings.h"

namespace halfterm::storage {
namespace {

// A walk past this many rows ends its chunk, also an empty one, so that no call holds its thread and
// its snapshot long.
constexpr size_t kRowsAChunk = 65536;

constexpr size_t kItemBytes = 5 + 18 + 11 + 2 + 4;

template <typename T>
bool Contains(const std::vector<T>& ascending, const T& item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

template <typename T>
std::vector<T> Union(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

template <typename T>
std::vector<T> Difference(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> left;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(left));
  return left;
}

template <typename T>
std::vector<T> Intersection(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

core::Scope ScopeIn(absl::string_view bytes) {
  core::Scope scope;
  scope.type = static_cast<uint8_t>(bytes[0]);
  scope.id = *core::Id16::FromBytes({bytes.data() + 1, core::Id16::kSize});
  return scope;
}

bool HasPeriod(const std::vector<uint16_t>& periods, uint16_t period) {
  return period == 0 || Contains(periods, period);
}

}  // namespace

PullRun::PullRun(const Snapshot& snapshot, Tenant tenant, uint64_t head_seq, PullWish wish)
    : snapshot_(snapshot),
      tenant_(tenant),
      head_seq_(head_seq),
      wish_(std::move(wish)),
      reader_(snapshot, tenant),
      rows_left_(kRowsAChunk) {}

PullCursor PullRun::Begin(uint32_t epoch) const {
  PullCursor cursor;
  cursor.epoch = epoch;
  cursor.complete = head_seq_;
  cursor.at = EndOf(head_seq_);
  TakeUpWhatIsNew(cursor);
  return cursor;
}

absl::Status PullRun::Fill(PullCursor& cursor, v1::PullReply& reply) {
  DropWhatIsLost(cursor, reply);
  do {
    for (const auto fill : {&PullRun::FillBackfill, &PullRun::FillChanges}) {
      const absl::StatusOr<Walk> walk = (this->*fill)(cursor, reply);
      if (!walk.ok()) return walk.status();
      if (*walk == Walk::kFull) {
        reply.set_more(true);
        return absl::OkStatus();
      }
    }
    cursor.complete = head_seq_;
    cursor.at = EndOf(head_seq_);
    cursor.scopes = Union(cursor.scopes, cursor.new_scopes);
    cursor.periods = Union(cursor.periods, cursor.new_periods);
    cursor.new_scopes.clear();
    cursor.new_periods.clear();
  } while (TakeUpWhatIsNew(cursor));
  return FillEnd(reply);
}

void PullRun::DropWhatIsLost(PullCursor& cursor, v1::PullReply& reply) const {
  cursor.periods = Intersection(cursor.periods, wish_.periods);
  cursor.new_periods = Intersection(cursor.new_periods, wish_.periods);
  const std::vector<core::Scope> lost =
      Difference(Union(cursor.scopes, cursor.new_scopes), wish_.scopes);
  for (const core::Scope& scope : lost) SetScope(scope, *reply.add_scope_drops());
  if (lost.empty()) return;
  cursor.scopes = Difference(cursor.scopes, lost);
  cursor.new_scopes = Difference(cursor.new_scopes, lost);
  // Rows that were passed over for a newer one in a lost scope have to be met again.
  cursor.at = EndOf(cursor.complete);
  if (cursor.HasNew()) cursor.backfill = Place{};
}

bool PullRun::TakeUpWhatIsNew(PullCursor& cursor) const {
  cursor.new_scopes = Difference(wish_.scopes, cursor.scopes);
  cursor.new_periods = Difference(wish_.periods, cursor.periods);
  if (!cursor.HasNew()) return false;
  if (cursor.ScopeCount() > kMaxCursorScopes) {  // The cursor then cannot tell old from new.
    cursor.new_scopes = wish_.scopes;
    cursor.scopes.clear();
  }
  cursor.backfill = Place{};
  return true;
}

absl::StatusOr<PullRun::Walk> PullRun::FillBackfill(PullCursor& cursor, v1::PullReply& reply) {
  if (!cursor.backfill) return Walk::kDone;
  const Sight sight = SightOf(cursor);
  const std::vector<core::Scope>& walked =
      cursor.new_periods.empty() ? cursor.new_scopes : sight.scopes;
  const auto is_wanted = [&](const core::Scope& scope, uint16_t period) {
    return HasPeriod(sight.periods, period) &&
           (Contains(cursor.new_scopes, scope) || Contains(cursor.new_periods, period));
  };

  FeedMerge merge(snapshot_, tenant_, walked, *cursor.backfill);
  for (; merge.Valid() && !(cursor.at < merge.place()); merge.Next()) {
    if (!SpendRow()) return Walk::kFull;
    const uint64_t seq = SeqIn(merge.place());
    const bool wanted =
        std::any_of(merge.rows().begin(), merge.rows().end(), [&](const FeedMerge::Row& row) {
          return row.kind == FeedKind::kHeld && is_wanted(walked[row.scope], row.period);
        });
    if (wanted) {
      const core::Id16 record = RecordIn(merge.place());
      const absl::StatusOr<const RecordRowView*> row = reader_.PlacesOf(record);
      if (!row.ok()) return row.status();
      const auto comes_again = [&](const PlaceView& place) {
        const core::Scope scope = ScopeIn(place.scope);
        if (place.seq <= seq || !Contains(sight.scopes, scope)) return false;
        const bool in_changes = place.seq > cursor.complete;
        return in_changes || (place.kind == static_cast<uint32_t>(FeedKind::kHeld) &&
                              is_wanted(scope, (*row)->period));
      };
      if (std::none_of((*row)->places.begin(), (*row)->places.end(), comes_again)) {
        const absl::StatusOr<bool> added = Add(cursor, sight, record, seq, (*row)->period, reply);
        if (!added.ok()) return added.status();
        if (!*added) return Walk::kFull;
      }
    }
    cursor.backfill = merge.place();
  }
  if (!merge.status().ok()) return merge.status();
  cursor.backfill.reset();
  return Walk::kDone;
}

absl::StatusOr<PullRun::Walk> PullRun::FillChanges(PullCursor& cursor, v1::PullReply& reply) {
  const Sight sight = SightOf(cursor);
  FeedMerge merge(snapshot_, tenant_, sight.scopes, cursor.at);
  for (; merge.Valid(); merge.Next()) {
    if (!SpendRow()) return Walk::kFull;
    const uint64_t seq = SeqIn(merge.place());
    const core::Id16 record = RecordIn(merge.place());
    const absl::StatusOr<const RecordRowView*> row = reader_.PlacesOf(record);
    if (!row.ok()) return row.status();
    const auto comes_again = [&](const PlaceView& place) {
      return place.seq > seq && Contains(sight.scopes, ScopeIn(place.scope));
    };
    if (std::none_of((*row)->places.begin(), (*row)->places.end(), comes_again)) {
      const bool erased = std::any_of(
          merge.rows().begin(), merge.rows().end(),
          [](const FeedMerge::Row& feed_row) { return feed_row.kind == FeedKind::kErased; });
      const bool outside = erased || !HasPeriod(sight.periods, (*row)->period);
      const absl::StatusOr<bool> added =
          outside ? AddGone(record, seq, erased, reply)
                  : Add(cursor, sight, record, seq, (*row)->period, reply);
      if (!added.ok()) return added.status();
      if (!*added) return Walk::kFull;
    }
    cursor.at = merge.place();
  }
  if (!merge.status().ok()) return merge.status();
  return Walk::kDone;
}

PullRun::Sight PullRun::SightOf(const PullCursor& cursor) const {
  return {Union(cursor.scopes, cursor.new_scopes), Union(cursor.periods, cursor.new_periods)};
}

absl::StatusOr<bool> PullRun::Add(const PullCursor& cursor, const Sight& sight,
                                  const core::Id16& record, uint64_t seq, uint16_t period,
                                  v1::PullReply& reply) {
  v1::Item& item = *reply.add_items();
  item.set_record(record.bytes.data(), core::Id16::kSize);
  item.set_seq(seq);
  const AlreadyHeld held{cursor.complete, cursor.scopes};
  const bool holds_period = HasPeriod(cursor.periods, period);
  const absl::StatusOr<size_t> bytes =
      reader_.AddFacets(record, sight.scopes, holds_period ? &held : nullptr, item);
  if (!bytes.ok()) return bytes.status();
  if (item.held_size() > 0) item.set_period(period);
  return KeepIfItFits(*bytes, reply);
}

absl::StatusOr<bool> PullRun::AddGone(const core::Id16& record, uint64_t seq, bool erased,
                                      v1::PullReply& reply) {
  v1::Item& item = *reply.add_items();
  item.set_record(record.bytes.data(), core::Id16::kSize);
  item.set_seq(seq);
  item.set_erased(erased);
  return KeepIfItFits(0, reply);
}

bool PullRun::KeepIfItFits(size_t bytes, v1::PullReply& reply) {
  bytes += kItemBytes;
  if (reply.items_size() > 1 && bytes_ + bytes > wish_.max_bytes) {
    reply.mutable_items()->RemoveLast();
    return false;
  }
  bytes_ += bytes;
  return true;
}

bool PullRun::SpendRow() {
  if (rows_left_ == 0) return false;
  --rows_left_;
  return true;
}

absl::Status PullRun::FillEnd(v1::PullReply& reply) const {
  v1::PullEnd& end = *reply.mutable_end();
  end.set_seq(head_seq_);
  return AddDigests(snapshot_, tenant_, wish_.scopes, wish_.periods, *end.mutable_digests());
}

}  // namespace halfterm::storage
