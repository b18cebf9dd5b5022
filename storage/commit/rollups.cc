#include "storage/commit/rollups.h"

#include <utility>

#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

void DropTrailingZeros(std::vector<int64_t>& vector) {
  while (!vector.empty() && vector.back() == 0) vector.pop_back();
}

}  // namespace

std::string EncodeVector(const std::vector<int64_t>& vector) {
  std::string bytes;
  size_t used = vector.size();
  while (used > 0 && vector[used - 1] == 0) --used;
  for (size_t i = 0; i < used; ++i) core::AppendVarint(bytes, core::ZigZag(vector[i]));
  return bytes;
}

absl::StatusOr<std::vector<int64_t>> DecodeVector(absl::string_view bytes) {
  std::vector<int64_t> vector;
  vector.reserve(bytes.size());  // Most numbers are one byte.
  core::Reader reader({bytes.data(), bytes.size()});
  while (reader.left() > 0) {
    uint64_t number = 0;
    if (!reader.Varint("roll-up", number)) {
      return absl::DataLossError("a roll-up row is damaged: " + reader.refused().reason());
    }
    vector.push_back(core::UnZigZag(number));
  }
  return vector;
}

void RollupCache::Foresee(ReadAhead& reads, Tenant tenant, absl::string_view kind_and_key) const {
  std::string key = RollupKey(tenant, kind_and_key);
  if (rows_.find(key) == rows_.end()) reads.Want(Family::kDerived, std::move(key));
}

absl::Status RollupCache::Add(const ReadAhead& reads, Tenant tenant, absl::string_view kind_and_key,
                              const std::vector<int64_t>& vector, int64_t sign) {
  std::string key = RollupKey(tenant, kind_and_key);
  auto found = rows_.find(key);
  if (found == rows_.end()) {
    Row row;
    const absl::StatusOr<std::string> stored = reads.Get(Family::kDerived, key);
    if (stored.ok()) {
      absl::StatusOr<std::vector<int64_t>> decoded = DecodeVector(*stored);
      if (!decoded.ok()) return decoded.status();
      row.vector = *std::move(decoded);
      row.stored = true;
    } else if (!absl::IsNotFound(stored.status())) {
      return stored.status();
    }
    found = rows_.emplace(key, std::move(row)).first;
  }
  Row& row = found->second;
  if (row.vector.size() < vector.size()) row.vector.resize(vector.size());
  for (size_t i = 0; i < vector.size(); ++i) row.vector[i] += sign * vector[i];
  if (!row.changed) {
    row.changed = true;
    changed_.push_back(std::move(key));
  }
  return absl::OkStatus();
}

void RollupCache::WriteTo(WriteSet& writes) {
  for (const std::string& key : changed_) {
    Row& row = rows_[key];
    row.changed = false;
    DropTrailingZeros(row.vector);
    if (row.vector.empty()) {
      writes.Delete(Family::kDerived, key);
      row.stored = false;
    } else if (std::exchange(row.stored, true)) {
      writes.Put(Family::kDerived, key, EncodeVector(row.vector));
    } else {
      writes.PutNew(Family::kDerived, key, EncodeVector(row.vector));
    }
  }
  changed_.clear();
  if (rows_.size() > max_rows_) rows_.clear();
}

void RollupCache::Forget() {
  rows_.clear();
  changed_.clear();
}

}  // namespace halfterm::storage
