// Roll-up rows: vectors of integers that records add to and take from.

#ifndef HALFTERM_STORAGE_COMMIT_ROLLUPS_H_
#define HALFTERM_STORAGE_COMMIT_ROLLUPS_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/commit/read_ahead.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

// A row's value: zigzag varints, trailing zeros left out. DataLoss where the bytes are none.
std::string EncodeVector(const std::vector<int64_t>& vector);
absl::StatusOr<std::vector<int64_t>> DecodeVector(absl::string_view bytes);

// The rows that the committer works on, kept in memory between batches: the same few teachers come
// up again and again. For the committer's thread only.
class RollupCache {
 public:
  // Forgets everything when it holds more than `max_rows` at the end of a batch.
  explicit RollupCache(size_t max_rows = 65536) : max_rows_(max_rows) {}

  // The row will be added to: `reads` shall fetch it, if it is not here.
  void Foresee(ReadAhead& reads, Tenant tenant, absl::string_view kind_and_key) const;

  // Adds `vector` times `sign` (1 or -1) to the row (kind1 | key). DataLoss: the row cannot be
  // read.
  absl::Status Add(const ReadAhead& reads, Tenant tenant, absl::string_view kind_and_key,
                   const std::vector<int64_t>& vector, int64_t sign);

  // Writes the rows that changed since the last call; a row of zeros is deleted.
  void WriteTo(WriteSet& writes);
  void Forget();

 private:
  struct Row {
    std::vector<int64_t> vector;
    bool stored = false;
    bool changed = false;
  };
  size_t max_rows_;
  std::unordered_map<std::string, Row> rows_;  // By RollupKey.
  std::vector<std::string> changed_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_ROLLUPS_H_
