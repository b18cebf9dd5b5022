// What lies in halfterm_row: the families of engine.h under numbers that are on disk, and two row
// spaces of this engine's own.

#ifndef HALFTERM_STORAGE_POSTGRES_ROWS_H_
#define HALFTERM_STORAGE_POSTGRES_ROWS_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::storage::postgres {

// 1 to 6. On disk; never reused.
int16_t NumberOf(Family family);

// One row a tenant, under the empty key: a Head. Tenant 0 has one too.
constexpr int16_t kHeads = 100;
// In tenant 0: one row a tenant that has a head, its key the handle, its value empty.
constexpr int16_t kCatalogue = 101;

// Who writes a tenant, and how far they are. A commit replaces the heads of the tenants that it
// touches, and only where they are what the writer left there: so nobody else's hand goes
// unnoticed, and a commit whose answer was lost can be looked up.
struct Head {
  uint64_t writer = 0;   // The n-th server that took the store over.
  uint64_t commits = 0;  // Of this tenant, by all writers.

  friend bool operator==(const Head& a, const Head& b) {
    return a.writer == b.writer && a.commits == b.commits;
  }
};
std::string BytesOf(const Head& head);
std::optional<Head> HeadFrom(absl::string_view bytes);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_ROWS_H_
