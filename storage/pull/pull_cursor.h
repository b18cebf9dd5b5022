// Where a reader stands: all that the server knows of a pull between two calls lies in these bytes.
//
// A reader that is complete holds everything of its scopes and periods as of one number,
// `complete`. Between two such moments it reads on in the merged feeds (`at`), and the first time
// after a scope or a period was added it first reads these from the beginning (`backfill`). What
// was already there at `complete` is not sent again, so the cursor must tell old scopes and periods
// from new ones.
//
//   0x01 | epoch4 | complete8 | at24 | flags1 | [backfill24] | n1 m1 period2*(n+m)
//        | n1 m1 scope17*(n+m) | mac16          first the n old, then the m new ones
//        | 0xFF m1 digest16    | mac16          more than kMaxCursorScopes: all old, or (m = 1) all
//        new
//
// The authentication code is over the school and the person too: a cursor works for nobody else.

#ifndef HALFTERM_STORAGE_PULL_PULL_CURSOR_H_
#define HALFTERM_STORAGE_PULL_PULL_CURSOR_H_
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/caller.h"
#include "storage/commit/secrets.h"
#include "storage/pull/place.h"
#include "sync/core/limits.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

constexpr size_t kMaxInterestPeriods = 32;
// With more scopes only their digest fits: when the set changes, such a reader begins anew.
constexpr size_t kMaxCursorScopes = 21;

struct PullCursor {
  uint32_t epoch = 0;
  // Everything up to this number is held, but for new scopes and periods.
  uint64_t complete = 0;
  // The feeds are read up to here.
  Place at;
  // While new scopes and periods are read from the beginning: up to here. Then `at` is
  // EndOf(complete).
  std::optional<Place> backfill;
  // Ascending; none in two lists.
  std::vector<uint16_t> periods, new_periods;
  std::vector<core::Scope> scopes, new_scopes;

  bool HasNew() const { return !new_periods.empty() || !new_scopes.empty(); }
  bool IsComplete() const { return !backfill && !HasNew() && at == EndOf(complete); }
  size_t ScopeCount() const { return scopes.size() + new_scopes.size(); }
};

// At most core::kMaxCursorBytes. With more than kMaxCursorScopes scopes one of the two lists must
// be empty.
std::string EncodeCursor(const PullCursor& cursor, const Caller& caller, const Secrets& secrets);

// What was encoded. Where only a digest was kept, the lists are filled when it is that of `live`
// (ascending); otherwise `scopes_unknown` is set and both lists are empty.
struct DecodedCursor {
  PullCursor cursor;
  bool scopes_unknown = false;
};

// InvalidArgument, with one message for all causes: the server did not make it for this person of
// this school.
absl::StatusOr<DecodedCursor> DecodeCursor(absl::string_view bytes, const Caller& caller,
                                           const Secrets& secrets,
                                           const std::vector<core::Scope>& live);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_PULL_CURSOR_H_
