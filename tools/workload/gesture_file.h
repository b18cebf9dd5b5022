// Reads a workload in the project's own form: gestures, one a line (docs/workload.md).

#ifndef HALFTERM_TOOLS_WORKLOAD_GESTURE_FILE_H_
#define HALFTERM_TOOLS_WORKLOAD_GESTURE_FILE_H_
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/workload/workload.h"

namespace halfterm::tools {

// Reads the roster in a folder, for the gestures of the office.
using RosterReader = std::function<absl::StatusOr<v1::ImportRequest>(const std::string& folder)>;

// Reads the files as one workload, their phases after one another. All are of one school.
//
// NotFound: a file cannot be read. InvalidArgument, with file and line: what is written there is no
// gesture, or contradicts the first line.
absl::StatusOr<Workload> ReadGestureFiles(const std::vector<std::string>& files,
                                          const RosterReader& read_roster);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_GESTURE_FILE_H_
