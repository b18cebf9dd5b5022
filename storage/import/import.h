// Takes a roster into a school's directory: all of it, or nothing.
//
// People, organisations, calendars, policies, rubrics, templates and rules become reference records
// (a group of the server's own in the log, the `staff` feed and the backup like everything else);
// role grants become rows, and are in the log too. What the import does not mention stays, except
// that a complete roster ends the people, organisations and grants of earlier rosters that are
// missing now; grants made by hand are never touched.

#ifndef HALFTERM_STORAGE_IMPORT_IMPORT_H_
#define HALFTERM_STORAGE_IMPORT_IMPORT_H_
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// With dry_run the reply says what would change and nothing is written; the same when a row is
// wrong
// (`rejected` names each) or when more than a tenth of the active people would be ended and the
// request does not allow that (`refusal`). Creates the school when there is none of that name.
// InvalidArgument: the school's handle is malformed, or there are too many rows.
std::unique_ptr<Job> MakeImport(v1::ImportRequest request,
                                std::function<void(absl::StatusOr<v1::ImportReply>)> done);

// Begins and ends grants and people whose day has come (by the clock of their school's zone), as
// events of the server, in those schools; re-files what depends on them. Time only goes on: a clock
// that is set back gives nobody back what has ended; an import does.
std::unique_ptr<Job> MakeGrantClock(std::vector<Tenant> schools,
                                    std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_IMPORT_IMPORT_H_
