// The rows that a batch is going to read, fetched together.
//
// An engine on the network answers each read after a round trip, and a batch of 512 groups reads
// some 2,000 rows: asked for one by one they take ten times as long as the commit that follows.
// Whoever knows what will be read says so (Want) before somebody fetches (Fetch); whatever was not
// foreseen is read when it is asked for. Nothing but speed depends on it.

#ifndef HALFTERM_STORAGE_COMMIT_READ_AHEAD_H_
#define HALFTERM_STORAGE_COMMIT_READ_AHEAD_H_
#include <array>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/engine.h"

namespace halfterm::storage {

// For one thread, and for a time in which nothing is committed: what was fetched stays as it was.
class ReadAhead {
 public:
  explicit ReadAhead(const Engine& engine) : engine_(engine) {}

  // The next Fetch brings this row. What is here or wanted already costs nothing more.
  void Want(Family family, std::string key);
  // Reads what is wanted, once a family.
  void Fetch();

  // As the engine's. What was fetched comes from memory, also that there is no such row, and also
  // an error; the rest is read now, and not kept.
  absl::StatusOr<std::string> Get(Family family, const std::string& key) const;
  std::vector<absl::StatusOr<std::string>> MultiGet(Family family,
                                                    absl::Span<const std::string> keys) const;

 private:
  struct Rows {
    std::vector<std::string> wanted;
    absl::flat_hash_map<std::string, absl::StatusOr<std::string>> known;
  };
  const Rows& RowsOf(Family family) const { return rows_[static_cast<size_t>(family)]; }

  const Engine& engine_;
  std::array<Rows, kFamilies.size()> rows_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_READ_AHEAD_H_
