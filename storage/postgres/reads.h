// Reading rows on one connection, in whatever transaction it is in.

#ifndef HALFTERM_STORAGE_POSTGRES_READS_H_
#define HALFTERM_STORAGE_POSTGRES_READS_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/engine.h"
#include "storage/postgres/connection.h"

namespace halfterm::storage::postgres {

// As Cursor::status(): DataLoss or Unavailable.
absl::Status ReadError(const Answer& answer);

// As Snapshot's calls of these names.
absl::StatusOr<std::string> Get(Connection& connection, Family family, absl::string_view key);
std::vector<absl::StatusOr<std::string>> MultiGet(Connection& connection, Family family,
                                                  absl::Span<const std::string> keys);
// About the bytes of the rows with begin <= key < end.
absl::StatusOr<uint64_t> Measure(Connection& connection, Family family, absl::string_view begin,
                                 absl::string_view end);

// The tenants that have rows, ascending, and 0 first.
absl::StatusOr<std::vector<uint32_t>> TenantsIn(Connection& connection);

// Walks the tenants of a range side by side, each by pages of its own; the least key is next.
std::unique_ptr<Cursor> NewCursor(Connection& connection, Family family, absl::string_view begin,
                                  absl::string_view end);

// Nothing but an error.
std::unique_ptr<Cursor> NewFailedCursor(absl::Status status);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_READS_H_
