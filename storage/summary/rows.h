// Walking over a school's roll-up rows, as one snapshot holds them.

#ifndef HALFTERM_STORAGE_SUMMARY_ROWS_H_
#define HALFTERM_STORAGE_SUMMARY_ROWS_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/types.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {

// The parts of a row's key after the prefix that was asked for, read from the front.
class KeyRest {
 public:
  explicit KeyRest(absl::string_view bytes) : left_(bytes) {}

  // Zeros where too few bytes are left.
  core::Id16 Id();
  uint64_t Number(size_t bytes);

 private:
  absl::string_view left_;
};

// For one thread. Must not outlive its snapshot.
class RollupRows {
 public:
  RollupRows(const Snapshot& snapshot, Tenant tenant);

  const Snapshot& snapshot() const { return snapshot_; }
  Tenant tenant() const { return tenant_; }

  // What is done with a row, which may be moved from; false: enough.
  using Use = absl::FunctionRef<bool(KeyRest rest, std::vector<int64_t>& row)>;
  // The rows whose key begins with `prefix`, ascending. DataLoss: a row cannot be read. Cheapest
  // when one call's rows lie soon after those of the call before.
  absl::Status ForEach(const sync::RowKey& prefix, Use use);

 private:
  void GoTo(absl::string_view key);

  const Snapshot& snapshot_;
  Tenant tenant_;
  std::unique_ptr<Cursor> cursor_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_ROWS_H_
