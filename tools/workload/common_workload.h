// The common workload: files of observation records, and of edits made on two tablets at once, that
// every system compared with Halfterm is fed too.
//
//   records.ndjson   {"tablet":T,"seq":S,"record":{...}}   a whole record a line, made offline
//   edits.ndjson     {"record_id":..,"tablet":T,"side":"A"|"B","n":0..2,"at":..,"op":{...}}
//
// A record becomes a visit by one observer: plan, sheet, feedback and steps, one group each, and
// SUBMIT or SHARE by its status. An edit becomes one group: a rating or a note on the sheet, and
// for a status the lead's intents. Side B is the same observer on another tablet, so where both
// sides rate the same element both ratings stay for the observer to choose from.

#ifndef HALFTERM_TOOLS_WORKLOAD_COMMON_WORKLOAD_H_
#define HALFTERM_TOOLS_WORKLOAD_COMMON_WORKLOAD_H_
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/workload/school.h"
#include "tools/workload/visit.h"
#include "tools/workload/workload.h"

namespace halfterm::tools {

// What one line of edits.ndjson asks for.
struct Edit {
  size_t tablet = 0;
  core::Id16 visit;
  core::Id16 observer;
  int64_t at_ms = 0;
  // Exactly one of the three.
  uint32_t element = 0;  // With `level`: a rating.
  uint32_t level = 0;
  v1::Note note;                             // With a key.
  v1::Level status = v1::LEVEL_UNSPECIFIED;  // SHARED or CLOSED.
};
std::vector<Gesture> GesturesOf(const Edit& edit);

struct CommonRecords {
  std::vector<Visit> visits;
  std::vector<Edit> edits;
  SchoolShape school;
  size_t tablets = 0;
};

// Reads the lines of either file, in any order of files, but records before their edits.
//
// InvalidArgument, with the line: it is no record and no edit, or misses what the mapping needs.
class CommonReader {
 public:
  absl::Status Read(std::istream& lines, absl::string_view name);
  CommonRecords Take() { return std::move(records_); }

 private:
  CommonRecords records_;
};

// Whether a file's first line is one of the two forms.
bool IsCommonWorkload(absl::string_view first_line);

// A workload of two phases: records, then edits. Every observer has a store on every tablet.
Workload MakeWorkload(CommonRecords records, const std::string& tenant);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_COMMON_WORKLOAD_H_
