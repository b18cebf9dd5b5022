#include "storage/engine.h"

#include <cassert>
#include <limits>

namespace halfterm::storage {

absl::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kState:
      return "state";
    case Family::kLog:
      return "log";
    case Family::kFeed:
      return "feed";
    case Family::kDerived:
      return "derived";
    case Family::kMeta:
      return "meta";
    case Family::kErased:
      return "erased";
  }
  assert(false);
  return {};
}

void WriteSet::Put(Family family, absl::string_view key, absl::string_view value) {
  assert(bytes_.size() + key.size() + value.size() <= std::numeric_limits<uint32_t>::max());
  entries_.push_back({family, /*is_delete=*/false, /*is_new=*/false,
                      static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(key.size()),
                      static_cast<uint32_t>(value.size())});
  bytes_.append(key.data(), key.size());
  bytes_.append(value.data(), value.size());
}

void WriteSet::PutNew(Family family, absl::string_view key, absl::string_view value) {
  Put(family, key, value);
  entries_.back().is_new = true;
}

void WriteSet::Delete(Family family, absl::string_view key) {
  Put(family, key, {});
  entries_.back().is_delete = true;
}

WriteSet::Write WriteSet::At(size_t index) const {
  assert(index < entries_.size());
  const Entry& entry = entries_[index];
  const absl::string_view row(bytes_.data() + entry.key_at,
                              size_t{entry.key_bytes} + entry.value_bytes);
  return {entry.family, entry.is_delete, row.substr(0, entry.key_bytes),
          row.substr(entry.key_bytes), entry.is_new};
}

void WriteSet::Clear() {
  bytes_.clear();
  entries_.clear();
}

absl::StatusOr<uint32_t> Engine::BackUpTo(const std::string& folder) {
  return absl::UnimplementedError(
      "nothing was copied to " + folder +
      ": the rows are not in this process's own files; back them up where they are (a PostgreSQL "
      "database with pg_basebackup or pg_dump), and DIR/keys and DIR/ledger beside it");
}

}  // namespace halfterm::storage
