// The files of a roster: in a folder, or in a zip as systems export it.

#ifndef HALFTERM_TOOLS_ROSTER_FILES_H_
#define HALFTERM_TOOLS_ROSTER_FILES_H_
#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace halfterm::tools {

inline constexpr size_t kMaxRosterFileBytes = size_t{64} << 20;
inline constexpr size_t kMaxRosterBytes = size_t{256} << 20;

using RosterFiles = std::map<std::string, std::string>;  // Bytes by name.

// The .csv and .json files of a folder, or of a zip (at its top, or in the one folder there); or
// one file alone. NotFound: there is nothing at `path`. InvalidArgument: it is none of these, or
// holds no such file. ResourceExhausted: a file is larger than 64 MiB, or all are larger than 256
// MiB.
absl::StatusOr<RosterFiles> ReadRosterFiles(const std::string& path);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_FILES_H_
