// Writes changes of a school's directory: the records, the grants, who may read what since when.

#ifndef HALFTERM_STORAGE_DIRECTORY_DIRECTORY_WRITER_H_
#define HALFTERM_STORAGE_DIRECTORY_DIRECTORY_WRITER_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

struct DirectoryChange {
  std::vector<v1::Reference> references;  // Whole; they replace those of the same ids.
  std::vector<v1::RoleGrant> grants;
  bool rederive = false;  // Audiences or contributions of stored records may depend on it.
};

// The places in `references` whose ids are those of records of another sort (an observation). Reads
// the records, so that WriteDirectory cannot fail on one half-way. Errors as Batch::Record's.
absl::StatusOr<std::vector<size_t>> TakenIds(Batch& batch, Tenant tenant,
                                             const std::vector<v1::Reference>& references);

// The log row of a group of the server's own that begins now; its number and its effects are still
// to come.
absl::StatusOr<disk::LogRow> BeginServerGroup(Batch& batch, Tenant tenant);

// One group of the server's own for each record, and one for every 256 grants; the people whose
// scopes change get a new scopes version; the batch's directory becomes the changed one. The
// sequence number of the last group, or 0 where nothing changes. Call TakenIds first. For the
// committer's thread.
absl::StatusOr<uint64_t> WriteDirectory(Batch& batch, Tenant tenant, absl::string_view name,
                                        const DirectoryChange& change);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_DIRECTORY_WRITER_H_
