// A school's roster, read whole from a folder, a zip or a list, or not at all.
//
// Whatever the form, the outcome is one ImportRequest and a list of faults; with one fault the
// request is not to be sent. The server looks at the rows again by its own rules; RowPlaces tells
// which line a row that it refuses came from.

#ifndef HALFTERM_TOOLS_ROSTER_ROSTER_H_
#define HALFTERM_TOOLS_ROSTER_ROSTER_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/directory.pb.h"
#include "sync/directory.h"
#include "tools/roster/builder.h"
#include "tools/roster/fault.h"
#include "tools/roster/files.h"
#include "tools/roster/staff_list.h"

namespace halfterm::tools {

struct RosterOptions {
  std::string school;  // The handle. Empty: the one of halfterm.json.
  std::string zone;    // An IANA name. Empty: the one of halfterm.json.
  int32_t today = 0;   // Whoever a delta file deletes left the day before.
  ColumnMap columns;  // Of a plain staff list. Empty: its columns are named as Halfterm names them.
};

struct Roster {
  v1::ImportRequest request;
  Faults faults;
  RowPlaces places;
  std::vector<std::string> notes;  // What was left out by rule, and how much of it.
};

// `held` is what the school has now; delta files are changes of it. InvalidArgument: no school is
// named.
absl::StatusOr<Roster> ReadRoster(const RosterFiles& files, const RosterOptions& options,
                                  const sync::Directory::Content& held);

// The import of a folder that says everything itself: its school, its time zone, and files in bulk.
// InvalidArgument: it does not, or a row cannot stand; the first fault is named. Else as
// ReadRosterFiles.
absl::StatusOr<v1::ImportRequest> ImportOfFolder(const std::string& path);

// The school's handle that the files name; empty for none.
std::string SchoolNamedIn(const RosterFiles& files);

// A fault for each row that the server refused.
Faults FaultsOf(const v1::ImportReply& reply, const RowPlaces& places);

// "users.csv line 12, familyName: is missing"
std::string InWords(const Fault& fault);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_ROSTER_H_
