// The tables of a half-term as its roll-up rows and the roster make them now: who stands in which
// department, with what part in each figure.
//
// A teacher stands where coverage asks for them, in the main department of the half-term, with all
// their lessons at the school; so the departments of a table never overlap.

#ifndef HALFTERM_STORAGE_AGGREGATES_TABLES_H_
#define HALFTERM_STORAGE_AGGREGATES_TABLES_H_
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/disk/aggregate.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// What is frozen: one site's half-term.
struct FrozenTerm {
  Tenant tenant;
  core::Id16 site;
  uint16_t half_term = 0;
};

// Ascending by key, each with one version and no marks. DataLoss, Unavailable: as Cursor::status().
absl::StatusOr<std::vector<disk::FrozenAttribute>> TablesNow(const Snapshot& snapshot,
                                                             const sync::Directory& directory,
                                                             const FrozenTerm& term, uint64_t seq,
                                                             int64_t now_ms);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AGGREGATES_TABLES_H_
