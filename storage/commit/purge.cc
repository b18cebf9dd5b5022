#include "storage/commit/purge.h"

#include <memory>
#include <optional>
#include <string>

#include "halfterm/disk/erased.pb.h"

namespace halfterm::storage {

absl::StatusOr<std::vector<core::Id16>> ErasedSince(const Snapshot& snapshot, Tenant tenant,
                                                    const std::vector<core::Scope>& scopes,
                                                    uint64_t seq) {
  std::vector<core::Id16> purged;
  const std::string prefix = ErasedPrefix(tenant);
  const std::unique_ptr<Cursor> cursor =
      snapshot.NewCursor(Family::kErased, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid() && purged.size() < kMaxPurged; cursor->Next()) {
    const std::optional<ParsedRecordKey> key = ParseErasedKey(cursor->key());
    disk::ErasedRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError(
          "the row of an erased record cannot be read; run `halfterm verify`");
    }
    if (row.seq() <= seq) continue;
    // Whoever held it was left a row at just that number.
    for (const core::Scope& scope : scopes) {
      const absl::Status was_held =
          snapshot.Get(Family::kFeed, FeedKey(tenant, scope, row.seq(), key->record)).status();
      if (!was_held.ok() && !absl::IsNotFound(was_held)) return was_held;
      if (!was_held.ok()) continue;
      purged.push_back(key->record);
      break;
    }
  }
  if (!cursor->status().ok()) return cursor->status();
  return purged;
}

}  // namespace halfterm::storage
