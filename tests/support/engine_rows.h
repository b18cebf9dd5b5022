// An engine's rows, as a test writes them down and reads them back.

#ifndef HALFTERM_TESTS_SUPPORT_ENGINE_ROWS_H_
#define HALFTERM_TESTS_SUPPORT_ENGINE_ROWS_H_
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::testing {

using Rows = std::vector<std::pair<std::string, std::string>>;

inline storage::WriteSet PutOf(storage::Family family, const Rows& rows) {
  storage::WriteSet writes;
  for (const auto& [key, value] : rows) writes.Put(family, key, value);
  return writes;
}

inline Rows RowsOf(storage::Cursor& cursor) {
  Rows rows;
  for (; cursor.Valid(); cursor.Next()) rows.emplace_back(cursor.key(), cursor.value());
  EXPECT_TRUE(cursor.status().ok()) << cursor.status();
  return rows;
}

inline Rows RowsOf(const storage::Snapshot& snapshot, storage::Family family,
                   absl::string_view begin = {}, absl::string_view end = {}) {
  return RowsOf(*snapshot.NewCursor(family, begin, end));
}

inline Rows RowsOf(const storage::Engine& engine, storage::Family family) {
  return RowsOf(*engine.NewSnapshot(), family);
}

// The value, "(none)", or the error.
inline std::string ValueOf(const absl::StatusOr<std::string>& got) {
  if (got.ok()) return *got;
  return absl::IsNotFound(got.status()) ? "(none)" : got.status().ToString();
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_ENGINE_ROWS_H_
