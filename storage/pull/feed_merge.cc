#include "storage/pull/feed_merge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage {

FeedMerge::FeedMerge(const Snapshot& snapshot, Tenant tenant,
                     const std::vector<core::Scope>& scopes, const Place& after) {
  for (size_t i = 0; i < scopes.size(); ++i) {
    const std::string begin = FeedKey(tenant, scopes[i], SeqIn(after), RecordIn(after));
    Lane lane{i,
              snapshot.NewCursor(Family::kFeed, begin, EndOfPrefix(FeedPrefix(tenant, scopes[i]))),
              Place{}};
    if (lane.cursor->Valid() && lane.cursor->key() == begin) lane.cursor->Next();
    if (!Read(lane)) return;
    if (lane.cursor != nullptr) lanes_.push_back(std::move(lane));
  }
  Gather();
}

bool FeedMerge::Read(Lane& lane) {
  if (!lane.cursor->Valid()) {
    if (!lane.cursor->status().ok()) return Fail(lane.cursor->status()), false;
    lane.cursor.reset();
    return true;
  }
  const absl::string_view key = lane.cursor->key();
  constexpr size_t kPrefix = 4 + core::kScopeBytes;
  const auto place = key.size() < kPrefix
                         ? std::nullopt
                         : Place::FromBytes({key.data() + kPrefix, key.size() - kPrefix});
  if (!place) {
    Fail(absl::DataLossError(
        absl::StrCat("a feed row's key cannot be read: ", absl::BytesToHexString(key))));
    return false;
  }
  lane.place = *place;
  return true;
}

void FeedMerge::Next() {
  for (size_t i = lanes_.size(); i-- > 0;) {
    Lane& lane = lanes_[i];
    if (lane.place != place_) continue;
    lane.cursor->Next();
    if (!Read(lane)) return;
    if (lane.cursor == nullptr) lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  Gather();
}

void FeedMerge::Gather() {
  rows_.clear();
  if (lanes_.empty()) return;
  place_ = std::min_element(lanes_.begin(), lanes_.end(), [](const Lane& a, const Lane& b) {
             return a.place < b.place;
           })->place;
  for (const Lane& lane : lanes_) {
    if (lane.place != place_) continue;
    const std::optional<FeedRow> row = ParseFeedRow(lane.cursor->value());
    if (!row) {
      return Fail(absl::DataLossError(absl::StrCat(
          "the feed row at ", absl::BytesToHexString(lane.cursor->key()), " cannot be read")));
    }
    rows_.push_back({lane.scope, row->kind, row->period});
  }
}

void FeedMerge::Fail(absl::Status status) {
  status_ = std::move(status);
  rows_.clear();
  lanes_.clear();
}

}  // namespace halfterm::storage
