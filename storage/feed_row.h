// The two rows that say what a scope holds: one a record in its feed, one a period in its digests.
//
//   feed     kind1 | period2 | count4 | digest32
//   digest   count8 | digest32

#ifndef HALFTERM_STORAGE_FEED_ROW_H_
#define HALFTERM_STORAGE_FEED_ROW_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// On disk; never reused.
enum class FeedKind : uint8_t {
  kHeld = 1,
  kLeft = 2,  // The scope held the record once. Stays, so that a cursor of any age hears of it.
  kErased = 3,
};

struct FeedRow {
  FeedKind kind = FeedKind::kHeld;
  uint16_t period = 0;    // Of a row that is not HELD: that of its leaving; means nothing any more.
  uint32_t count = 0;     // Facets of the record that the scope holds.
  core::Digest32 digest;  // Sum of their HoldingDigests.
};

std::string EncodeFeedRow(const FeedRow& row);
// Nothing unless `value` is a feed row's.
std::optional<FeedRow> ParseFeedRow(absl::string_view value);

struct DigestRow {
  uint64_t count = 0;  // (facet, scope) pairs of the period. A row of 0 is not kept.
  core::Digest32 digest;
};

std::string EncodeDigestRow(const DigestRow& row);
std::optional<DigestRow> ParseDigestRow(absl::string_view value);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_FEED_ROW_H_
