// Whether a replay kept its promises, found out from the outside: from what the tablets wrote,
// which they still have, and from what a fresh tablet is given to read.

#ifndef HALFTERM_TOOLS_REPLAY_CHECK_H_
#define HALFTERM_TOOLS_REPLAY_CHECK_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/replay/tablet.h"
#include "tools/workload/common_workload.h"

namespace halfterm::tools {

// What became of things that were written.
struct Fate {
  uint64_t all = 0;
  uint64_t present = 0;   // It is what everybody sees.
  uint64_t siblings = 0;  // It stands beside another value, and waits for its author.
  uint64_t replaced = 0;  // Somebody who had it on the screen wrote something else.
  uint64_t aside = 0;     // The server set it aside, with a reason.
  uint64_t unseen = 0;    // Its author may not read its record any more.
  uint64_t lost = 0;      // None of these. Must be 0.

  bool NothingIsLost() const { return lost == 0; }
};

// Every group that the tablets keep, against the fresh tablet's copies. A group is lost if any of
// its cells is: neither there, nor within what a later group of the replay had seen and replaced.
absl::StatusOr<Fate> CheckGroups(const std::vector<std::unique_ptr<Tablet>>& tablets,
                                 Tablet& fresh);

// Every line of edits.ndjson, against the fresh tablet's copies; asks the file and nothing else, so
// that a mistake in how the replay writes groups shows too.
absl::StatusOr<Fate> CheckEdits(const std::vector<Edit>& edits, Tablet& fresh);

struct StoreComparison {
  uint64_t stores = 0;
  uint64_t facets = 0;            // Compared, in all stores.
  uint64_t different_stores = 0;  // That do not hold, byte for byte, what the fresh one holds.
  std::string first_difference;   // In words and ids.
};

// Each store against the fresh tablet's store of the same person.
absl::StatusOr<StoreComparison> CompareStores(const std::vector<std::unique_ptr<Tablet>>& tablets,
                                              Tablet& fresh);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_CHECK_H_
