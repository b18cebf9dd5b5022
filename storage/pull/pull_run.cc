#include "storage/pull/pull_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/pull/holdings.h"

namespace halfterm::storage {
namespace {

// A walk past this many rows ends its chunk, also an empty one, so that no call holds its thread
// and its snapshot long.
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

// The first of the rows that says that its scope holds the record; null where none does.
const FeedMerge::Row* HeldRow(const std::vector<FeedMerge::Row>& rows) {
  for (const FeedMerge::Row& row : rows) {
    if (row.kind == FeedKind::kHeld) return &row;
  }
  return nullptr;
}

std::vector<core::Scope> ScopesAt(const FeedMerge& merge, const std::vector<core::Scope>& walked) {
  std::vector<core::Scope> scopes;
  for (const FeedMerge::Row& row : merge.rows()) scopes.push_back(walked[row.scope]);
  return scopes;
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
    const FeedMerge::Row* held = HeldRow(merge.rows());
    const bool wanted =
        held != nullptr &&
        std::any_of(merge.rows().begin(), merge.rows().end(), [&](const FeedMerge::Row& row) {
          return row.kind == FeedKind::kHeld && is_wanted(walked[row.scope], row.period);
        });
    if (wanted) {
      const uint64_t seq = SeqIn(merge.place());
      const auto comes_again = [&](const PlaceView& place, uint16_t period) {
        const core::Scope scope = ScopeIn(place.scope);
        if (place.seq <= seq || !Contains(sight.scopes, scope)) return false;
        const bool in_changes = place.seq > cursor.complete;
        return in_changes ||
               (place.kind == static_cast<uint32_t>(FeedKind::kHeld) && is_wanted(scope, period));
      };
      const absl::StatusOr<bool> went_on = Add(cursor, sight, ScopesAt(merge, walked),
                                               merge.place(), held->period, comes_again, reply);
      if (!went_on.ok()) return went_on.status();
      if (!*went_on) return Walk::kFull;
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
    const auto comes_again = [&](const PlaceView& place, uint16_t) {
      return place.seq > seq && Contains(sight.scopes, ScopeIn(place.scope));
    };
    const FeedMerge::Row* held = HeldRow(merge.rows());
    const bool is_there = held != nullptr && HasPeriod(sight.periods, held->period);
    const absl::StatusOr<bool> went_on =
        is_there ? Add(cursor, sight, ScopesAt(merge, sight.scopes), merge.place(), held->period,
                       comes_again, reply)
                 : AddWhatIsLeft(cursor, sight, merge, comes_again, reply);
    if (!went_on.ok()) return went_on.status();
    if (!*went_on) return Walk::kFull;
    cursor.at = merge.place();
  }
  if (!merge.status().ok()) return merge.status();
  return Walk::kDone;
}

PullRun::Sight PullRun::SightOf(const PullCursor& cursor) const {
  return {Union(cursor.scopes, cursor.new_scopes), Union(cursor.periods, cursor.new_periods)};
}

absl::StatusOr<bool> PullRun::Add(const PullCursor& cursor, const Sight& sight,
                                  const std::vector<core::Scope>& here, const Place& place,
                                  uint16_t period, const ComesAgain& comes_again,
                                  v1::PullReply& reply) {
  const core::Id16 record = RecordIn(place);
  v1::Item& item = NewItem(place, reply);
  const AlreadyHeld held{cursor.complete, cursor.scopes};
  const absl::StatusOr<RecordReader::Added> added = reader_.AddFacets(
      record, sight.scopes, here, HasPeriod(cursor.periods, period) ? &held : nullptr, item);
  if (!added.ok()) return added.status();
  // Only a record that another scope of the reader holds too can have a newer row there.
  if (added->elsewhere) {
    const absl::StatusOr<bool> later = IsMetAgain(record, comes_again);
    if (!later.ok()) return later.status();
    if (*later) {
      reply.mutable_items()->RemoveLast();
      return true;
    }
  }
  if (item.held_size() > 0) item.set_period(period);
  return KeepIfItFits(added->bytes, reply);
}

absl::StatusOr<bool> PullRun::AddWhatIsLeft(const PullCursor& cursor, const Sight& sight,
                                            const FeedMerge& merge, const ComesAgain& comes_again,
                                            v1::PullReply& reply) {
  const core::Id16 record = RecordIn(merge.place());
  const absl::StatusOr<bool> later = IsMetAgain(record, comes_again);
  if (!later.ok()) return later.status();
  if (*later) return true;
  const absl::StatusOr<const RecordRowView*> row = reader_.PlacesOf(record);
  if (!row.ok()) return row.status();
  const bool erased =
      std::any_of(merge.rows().begin(), merge.rows().end(),
                  [](const FeedMerge::Row& at) { return at.kind == FeedKind::kErased; });
  if (!erased && HasPeriod(sight.periods, (*row)->period)) {
    return Add(cursor, sight, sight.scopes, merge.place(), (*row)->period, comes_again, reply);
  }
  NewItem(merge.place(), reply).set_erased(erased);
  return KeepIfItFits(0, reply);
}

absl::StatusOr<bool> PullRun::IsMetAgain(const core::Id16& record, const ComesAgain& comes_again) {
  const absl::StatusOr<const RecordRowView*> row = reader_.PlacesOf(record);
  if (!row.ok()) return row.status();
  return std::any_of((*row)->places.begin(), (*row)->places.end(),
                     [&](const PlaceView& place) { return comes_again(place, (*row)->period); });
}

v1::Item& PullRun::NewItem(const Place& place, v1::PullReply& reply) {
  v1::Item& item = *reply.add_items();
  item.set_record(RecordIn(place).bytes.data(), core::Id16::kSize);
  item.set_seq(SeqIn(place));
  return item;
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
