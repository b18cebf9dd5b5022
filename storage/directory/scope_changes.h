// What a change of the directory does to the scopes of people.
//
// A scope that is lost is shut at once, and noted with its number: each copy of the person on a
// tablet has to prove that it is rid of it. A scope that is gained opens only when every record is
// filed by the new directory. In between, what leaders wrote about a colleague who becomes head of
// the department would lie open in that department's feed, because it is still filed as before.

#ifndef HALFTERM_STORAGE_DIRECTORY_SCOPE_CHANGES_H_
#define HALFTERM_STORAGE_DIRECTORY_SCOPE_CHANGES_H_
#include <cstdint>

#include "absl/status/status.h"
#include "storage/commit/batch.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Fills `after.held_back` and `after.as_of` and writes what happened to whom, as part of event
// `seq`. `refiles`: records will be filed anew because of the change. For the committer's thread.
absl::Status NoteScopeChanges(Batch& batch, Tenant tenant, const sync::Directory& before,
                              sync::Directory::Content& after, bool refiles, uint64_t seq);

// Opens what was held back, as part of event `seq`: every record of the school is filed by the
// directory as it is.
absl::Status OpenHeldBack(Batch& batch, Tenant tenant, uint64_t seq);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_SCOPE_CHANGES_H_
