// What one record adds to the summaries.
//
// The committer adds contribution(after) - contribution(before) to the roll-up rows in the write
// that changes the record, so a summary is right at every moment and its cost does not grow.
// Everything is integers that add and subtract: order of arrival cannot show. `halfterm verify`
// recomputes all of it.
//
// docs/rollups.md says what each kind counts, and sync/rollup_rows.h how its key and vector lie.

#ifndef HALFTERM_SYNC_CONTRIBUTION_H_
#define HALFTERM_SYNC_CONTRIBUTION_H_
#include <cstdint>
#include <string>
#include <vector>

#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/record.h"
#include "sync/rollup_rows.h"

namespace halfterm::sync {

// Grows with every change of what a record adds: a store whose derived rows were made by another
// definition makes them again when it is opened.
constexpr uint32_t kContributionDefinition = 5;

struct Contribution {
  std::string key;              // kind1 | key; integers in it are big-endian.
  std::vector<int64_t> vector;  // Trailing zeros left out.
};

inline bool operator==(const Contribution& a, const Contribution& b) {
  return a.key == b.key && a.vector == b.vector;
}

// Ascending by key, each key once, no empty vector. Pure: the same record and directory give the
// same, whatever the stamps of the cells. `facts` must be FactsOf(record, directory).
std::vector<Contribution> ContributionOf(const RecordView& record, const core::VisitFacts& facts,
                                         const Directory& directory);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_CONTRIBUTION_H_
