#include "storage/pull/holdings.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/feed_row.h"
#include "storage/pull/feed_merge.h"
#include "sync/core/digest.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr size_t kRecordsAPage = 4096;

using Pair = std::pair<core::Scope, uint32_t>;

// What is held under each pair that is named; pairs of nothing left out.
std::map<Pair, const v1::ScopeDigest*> ByPair(const Digests& digests) {
  std::map<Pair, const v1::ScopeDigest*> pairs;
  for (const v1::ScopeDigest& digest : digests) {
    const std::optional<core::Scope> scope = ScopeOf(digest.scope());
    if (scope && digest.count() != 0) pairs[{*scope, digest.period()}] = &digest;
  }
  return pairs;
}

bool IsSame(const v1::ScopeDigest* a, const v1::ScopeDigest* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->count() == b->count() && a->digest() == b->digest();
}

// Calls `see` with each record that the scope holds in the period and whose place begins with the
// prefix, with its place and its row.
template <typename See>
absl::Status ForEachHeld(const Snapshot& snapshot, Tenant tenant, const core::Scope& scope,
                         uint16_t period, absl::string_view place_prefix, const See& see) {
  const std::string prefix = FeedPrefix(tenant, scope);
  const auto cursor = snapshot.NewCursor(Family::kFeed, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedFeedKey> key = ParseFeedKey(cursor->key());
    const std::optional<FeedRow> row = ParseFeedRow(cursor->value());
    if (!key || !row) {
      return absl::DataLossError(absl::StrCat(
          "the feed row at ", absl::BytesToHexString(cursor->key()), " cannot be read"));
    }
    if (row->kind != FeedKind::kHeld || row->period != period) continue;
    const core::Digest32 place = core::Sha256(key->record.view());
    if (!absl::StartsWith({place.view().data(), place.view().size()}, place_prefix)) continue;
    see(key->record, place, *row);
  }
  return cursor->status();
}

}  // namespace

void SetScope(const core::Scope& scope, v1::ScopeId& id) {
  id.set_type(scope.type);
  id.set_id(scope.id.bytes.data(), core::Id16::kSize);
}

std::optional<core::Scope> ScopeOf(const v1::ScopeId& id) {
  const auto bytes = core::Id16::FromBytes(id.id());
  if (!bytes || id.type() > 0xFF) return std::nullopt;
  return core::Scope{static_cast<uint8_t>(id.type()), *bytes};
}

absl::Status AddDigests(const Snapshot& snapshot, Tenant tenant,
                        const std::vector<core::Scope>& scopes,
                        const std::vector<uint16_t>& periods, Digests& digests) {
  std::vector<std::string> keys;
  for (const core::Scope& scope : scopes) {
    keys.push_back(DigestKey(tenant, scope, 0));
    SetScope(scope, *digests.Add()->mutable_scope());
    for (const uint16_t period : periods) {
      keys.push_back(DigestKey(tenant, scope, period));
      SetScope(scope, *digests.Add()->mutable_scope());
      digests.rbegin()->set_period(period);
    }
  }
  const auto rows = snapshot.MultiGet(Family::kDerived, keys);
  const int first = digests.size() - static_cast<int>(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    DigestRow row;
    if (rows[i].ok()) {
      const std::optional<DigestRow> parsed = ParseDigestRow(*rows[i]);
      if (!parsed) {
        return absl::DataLossError(
            absl::StrCat("the digest row at ", absl::BytesToHexString(keys[i]), " cannot be read"));
      }
      row = *parsed;
    } else if (!absl::IsNotFound(rows[i].status())) {
      return rows[i].status();
    }
    v1::ScopeDigest& digest = digests[first + static_cast<int>(i)];
    digest.set_count(row.count);
    digest.set_digest(row.digest.bytes.data(), core::Digest32::kSize);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DescendReply> Descend(const Snapshot& snapshot, Tenant tenant,
                                         const core::Scope& scope, uint16_t period,
                                         absl::string_view place_prefix,
                                         const core::Id16& after_record) {
  // The least ids after `after_record`, one more than a page; the last is the greatest.
  std::map<core::Id16, core::Digest32> page;
  const absl::Status read =
      ForEachHeld(snapshot, tenant, scope, period, place_prefix,
                  [&](const core::Id16& record, const core::Digest32&, const FeedRow& row) {
                    if (!(after_record < record)) return;
                    if (page.size() > kRecordsAPage) {
                      if (page.rbegin()->first < record) return;
                      page.erase(std::prev(page.end()));
                    }
                    page[record] = row.digest;
                  });
  if (!read.ok()) return read;

  v1::DescendReply reply;
  for (const auto& [record, digest] : page) {
    if (reply.records_size() == static_cast<int>(kRecordsAPage)) {
      reply.set_more(true);
      break;
    }
    v1::RecordDigest& entry = *reply.add_records();
    entry.set_record(record.bytes.data(), core::Id16::kSize);
    entry.set_digest(digest.bytes.data(), core::Digest32::kSize);
  }
  return reply;
}

absl::StatusOr<v1::DescendReply> SumParts(const Snapshot& snapshot, Tenant tenant,
                                          const core::Scope& scope, uint16_t period,
                                          absl::string_view place_prefix) {
  std::map<uint8_t, std::pair<uint64_t, core::SumDigest>> parts;
  const absl::Status read =
      ForEachHeld(snapshot, tenant, scope, period, place_prefix,
                  [&](const core::Id16&, const core::Digest32& place, const FeedRow& row) {
                    auto& [records, sum] = parts[place.bytes[place_prefix.size()]];
                    ++records;
                    sum.Add(row.digest);
                  });
  if (!read.ok()) return read;
  v1::DescendReply reply;
  for (const auto& [next_byte, part] : parts) {
    v1::PartDigest& entry = *reply.add_parts();
    entry.set_next_byte(next_byte);
    entry.set_records(part.first);
    entry.set_digest(part.second.bytes().bytes.data(), core::Digest32::kSize);
  }
  return reply;
}

absl::StatusOr<v1::ConfirmReply> Compare(const Snapshot& snapshot, Tenant tenant,
                                         const Digests& held, const Digests& right,
                                         const Place& at) {
  const auto is_held = ByPair(held);
  const auto is_right = ByPair(right);
  v1::ConfirmReply reply;
  reply.set_right(true);
  for (const v1::ScopeDigest& digest : right) {
    const core::Scope scope = *ScopeOf(digest.scope());
    const Pair pair{scope, digest.period()};
    const auto mine = is_right.find(pair);
    const auto theirs = is_held.find(pair);
    if (IsSame(mine == is_right.end() ? nullptr : mine->second,
               theirs == is_held.end() ? nullptr : theirs->second)) {
      continue;
    }
    reply.set_right(false);
    const FeedMerge moved(snapshot, tenant, {scope}, at);
    if (!moved.status().ok()) return moved.status();
    if (!moved.Valid()) *reply.add_differing() = digest;
  }
  for (const auto& [pair, digest] : is_held) {
    const bool is_expected =
        std::any_of(right.begin(), right.end(), [&pair = pair](const v1::ScopeDigest& expected) {
          return Pair{*ScopeOf(expected.scope()), expected.period()} == pair;
        });
    if (is_expected) continue;
    reply.set_right(false);  // Something that should have gone.
    v1::ScopeDigest& gone = *reply.add_differing();
    SetScope(pair.first, *gone.mutable_scope());
    gone.set_period(pair.second);
    gone.set_digest(core::Digest32{}.bytes.data(), core::Digest32::kSize);
  }
  return reply;
}

}  // namespace halfterm::storage
