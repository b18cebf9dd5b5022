// OneRoster's manifest.csv: which files there are, and whether each is whole or a change.

#ifndef HALFTERM_TOOLS_ROSTER_MANIFEST_H_
#define HALFTERM_TOOLS_ROSTER_MANIFEST_H_
#include <map>
#include <optional>
#include <string>

#include "tools/roster/builder.h"
#include "tools/roster/files.h"

namespace halfterm::tools {

enum class FileMode { kAbsent, kBulk, kDelta };

struct Manifest {
  std::string version;                    // "1.1" or "1.2".
  std::map<std::string, FileMode> modes;  // By name without .csv.

  FileMode ModeOf(const std::string& file) const {
    const auto found = modes.find(file);
    return found == modes.end() ? FileMode::kAbsent : found->second;
  }
};

// Nothing, with faults, where the manifest is missing or contradicts the files that are read.
std::optional<Manifest> ReadManifest(const RosterFiles& files, RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_MANIFEST_H_
