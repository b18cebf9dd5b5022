// Which half-terms a tablet holds that did not say.

#ifndef HALFTERM_STORAGE_PULL_INTEREST_H_
#define HALFTERM_STORAGE_PULL_INTEREST_H_
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/scope.h"
#include "sync/directory.h"

namespace halfterm::storage {

// The periods of the interest, ascending, without 0. Where it names none: at every site that the
// person's scopes or department lie in, the half-term of `now_ms` and the one before.
//
// InvalidArgument: more than kMaxInterestPeriods, or a number over 65535.
absl::StatusOr<std::vector<uint16_t>> PeriodsOf(const v1::Interest& interest,
                                                const core::Id16& person,
                                                const std::vector<core::Scope>& scopes,
                                                const sync::Directory& directory, int64_t now_ms);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_INTEREST_H_
