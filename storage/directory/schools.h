// Which schools a store holds, and how far each one's history has come, read from the rows.

#ifndef HALFTERM_STORAGE_DIRECTORY_SCHOOLS_H_
#define HALFTERM_STORAGE_DIRECTORY_SCHOOLS_H_
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

// The school of that name, or all of them for an empty one. NotFound: there is none of that name.
// DataLoss: its row cannot be read.
absl::StatusOr<std::vector<Tenant>> SchoolsNamed(const Engine& engine, absl::string_view name);

// An empty row for a school in which nothing was written yet. DataLoss: it cannot be read.
absl::StatusOr<disk::HeadRow> ReadHead(const Snapshot& snapshot, Tenant tenant);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_SCHOOLS_H_
