// How a simulated tablet's rows are named, and read.
//
// One engine holds all stores of a tablet; every key begins with the number of its store.
//
//   kMeta   "o" store2                  TabletOutboxRow
//           "b" store2                  TabletBaseRow
//   kLog    store2 place8               TabletGroupRow: groups in the order of their writing
//   kState  "d" store2 facet33          TabletOpenRow
//           "f" store2 facet33          TabletFacetRow
//           "i" store2 facet33 place8   empty: the store's own groups by facet

#ifndef HALFTERM_TOOLS_REPLAY_TABLET_ROWS_H_
#define HALFTERM_TOOLS_REPLAY_TABLET_ROWS_H_
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"
#include "sync/core/types.h"

namespace halfterm::tools {

using StoreNumber = uint16_t;

std::string OutboxKey(StoreNumber store);
std::string BaseKey(StoreNumber store);
std::string GroupKey(StoreNumber store, uint64_t place);

// Where a store's rows of one kind begin; with a record, where those of the record begin.
enum class FacetRows : char { kOpen = 'd', kBase = 'f', kOwnGroups = 'i' };
std::string FacetPrefix(FacetRows rows, StoreNumber store);
std::string FacetPrefix(FacetRows rows, StoreNumber store, const core::Id16& record);
std::string FacetKey(FacetRows rows, StoreNumber store, const core::FacetId& facet);
std::string OwnGroupKey(StoreNumber store, const core::FacetId& facet, uint64_t place);

// The first key after all that begin with `prefix`; empty where there is none.
std::string AfterPrefix(std::string prefix);

// What the keys of the three kinds name.
core::FacetId FacetOfKey(absl::string_view key);
uint64_t PlaceOfKey(absl::string_view key);

// DataLoss: the row's bytes are no message of the type. NotFound: no such row.
template <typename Row>
absl::Status ParseRow(absl::string_view bytes, Row& row) {
  if (row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("a row of the tablet cannot be read");
}
template <typename Row>
absl::StatusOr<Row> GetRow(const storage::Engine& engine, storage::Family family,
                           const std::string& key) {
  absl::StatusOr<std::string> bytes = engine.Get(family, key);
  if (!bytes.ok()) return bytes.status();
  Row row;
  if (absl::Status parsed = ParseRow(*bytes, row); !parsed.ok()) return parsed;
  return row;
}

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_TABLET_ROWS_H_
