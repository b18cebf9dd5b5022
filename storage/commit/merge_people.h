// Files what is about one entry of a roster under another, because both are one person, and back.
//
// The records themselves name another teacher, as if their leads had corrected them, also those
// that were shared: so tablets, rights, figures and exports need to know nothing of second entries.
// Each record is a group of the server's own in the log, marked by the second entry as its author,
// and so the way back is read from the log. It looks at every plan of the school, and for the way
// back at the whole log, while nothing else is committed.

#ifndef HALFTERM_STORAGE_COMMIT_MERGE_PEOPLE_H_
#define HALFTERM_STORAGE_COMMIT_MERGE_PEOPLE_H_
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/v1/people.pb.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// Errors are those of People.MergePeople.
std::unique_ptr<Job> MakeMergePeople(
    v1::MergePeopleRequest request, std::function<void(absl::StatusOr<v1::MergePeopleReply>)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_MERGE_PEOPLE_H_
