#include "storage/summary/rows.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "storage/commit/rollups.h"

namespace halfterm::storage {

core::Id16 KeyRest::Id() {
  core::Id16 id;
  if (left_.size() < id.kSize) return id;
  std::memcpy(id.bytes.data(), left_.data(), id.kSize);
  left_.remove_prefix(id.kSize);
  return id;
}

uint64_t KeyRest::Number(size_t bytes) {
  uint64_t number = 0;
  if (left_.size() < bytes) return number;
  for (size_t i = 0; i < bytes; ++i) number = number << 8 | static_cast<unsigned char>(left_[i]);
  left_.remove_prefix(bytes);
  return number;
}

RollupRows::RollupRows(const Snapshot& snapshot, Tenant tenant)
    : snapshot_(snapshot), tenant_(tenant) {
  const std::string prefix = RollupPrefix(tenant);
  cursor_ = snapshot.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
}

void RollupRows::GoTo(absl::string_view key) {
  // A step costs about a fifth of a search.
  constexpr int kSteps = 4;
  for (int step = 0; step < kSteps && cursor_->Valid() && cursor_->key() < key; ++step) {
    cursor_->Next();
    if (!cursor_->Valid() || cursor_->key() >= key) return;
  }
  cursor_->Seek(key);
}

absl::Status RollupRows::ForEach(const sync::RowKey& prefix, Use use) {
  const std::string begin = RollupKey(tenant_, prefix.bytes());
  for (GoTo(begin); cursor_->Valid(); cursor_->Next()) {
    const absl::string_view key = cursor_->key();
    if (!absl::StartsWith(key, begin)) break;
    absl::StatusOr<std::vector<int64_t>> row = DecodeVector(cursor_->value());
    if (!row.ok()) return row.status();
    if (!use(KeyRest(key.substr(begin.size())), *row)) break;
  }
  return cursor_->status();
}

}  // namespace halfterm::storage
