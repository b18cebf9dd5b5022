#include "storage/commit/read_ahead.h"

#include <algorithm>
#include <utility>

namespace halfterm::storage {

void ReadAhead::Want(Family family, std::string key) {
  Rows& rows = rows_[static_cast<size_t>(family)];
  if (!rows.known.contains(key)) rows.wanted.push_back(std::move(key));
}

void ReadAhead::Fetch() {
  for (const Family family : kFamilies) {
    Rows& rows = rows_[static_cast<size_t>(family)];
    std::vector<std::string> keys = std::exchange(rows.wanted, {});
    if (keys.empty()) continue;
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<absl::StatusOr<std::string>> values = engine_.MultiGet(family, keys);
    for (size_t i = 0; i < keys.size(); ++i) {
      rows.known.emplace(std::move(keys[i]), std::move(values[i]));
    }
  }
}

absl::StatusOr<std::string> ReadAhead::Get(Family family, const std::string& key) const {
  const auto found = RowsOf(family).known.find(key);
  return found == RowsOf(family).known.end() ? engine_.Get(family, key) : found->second;
}

std::vector<absl::StatusOr<std::string>> ReadAhead::MultiGet(
    Family family, absl::Span<const std::string> keys) const {
  std::vector<absl::StatusOr<std::string>> values(keys.size());
  std::vector<std::string> missing;
  std::vector<size_t> places;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto found = RowsOf(family).known.find(keys[i]);
    if (found != RowsOf(family).known.end()) {
      values[i] = found->second;
    } else {
      missing.push_back(keys[i]);
      places.push_back(i);
    }
  }
  if (missing.empty()) return values;
  std::vector<absl::StatusOr<std::string>> read = engine_.MultiGet(family, missing);
  for (size_t i = 0; i < places.size(); ++i) values[places[i]] = std::move(read[i]);
  return values;
}

}  // namespace halfterm::storage
