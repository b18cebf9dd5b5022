// The last days until which teachers let somebody read a visit.
//
// Audience knows no days: a reading ends when the server writes that it has ended, in a group of
// its own. A row of the store names each last day that is to come, so that nothing needs to look
// through all visits.

#ifndef HALFTERM_STORAGE_COMMIT_READ_ENDS_H_
#define HALFTERM_STORAGE_COMMIT_READ_ENDS_H_
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "storage/commit/committer.h"
#include "sync/core/facet.h"

namespace halfterm::storage {

core::Path UntilDayPath(const core::Id16& person);
// The last day on which `person` may read, days since 1970; 0: until it is ended.
int32_t UntilDayOf(const core::Facet& plan, const core::Id16& person);

// Ends the readings whose last day has passed at the visit's school, in those schools. A run that
// finds nothing writes nothing. `done` hears errors of the store.
std::unique_ptr<Job> MakeReadEnds(std::vector<Tenant> schools,
                                  std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_READ_ENDS_H_
