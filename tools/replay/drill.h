// The drill: a school's tablets work, the server is backed up twice, the tablets work on, the server is
// killed, the older backup is put in its place, and the tablets bring back what it lacks.
//
// Real processes, the real calls, real files. Afterwards the restored store is compared byte for byte with
// the one that was killed, for every facet that some tablet holds or wrote.

#ifndef HALFTERM_TOOLS_REPLAY_DRILL_H_
#define HALFTERM_TOOLS_REPLAY_DRILL_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/clock.h"
#include "tools/replay/fleet.h"

namespace halfterm::tools {

struct DrillOptions {
  std::string directory;  // Must be there, and be empty; gets data, backups and tablets.
  size_t tablets = 200;
  size_t visits = 400;
  uint64_t seed = 1;
};

struct DrillStep {
  std::string name;
  double seconds = 0;
};

struct DrillReport {
  size_t tablets = 0;
  uint64_t groups_before_backup = 0;  // In the older backup.
  uint64_t groups_after_backup = 0;   // Acknowledged later, before the kill.
  uint64_t groups_missing = 0;        // In the restored store, before anybody refilled it.
  MeetingCounts meetings;
  uint64_t facets_on_tablets = 0;
  uint64_t facets_equal = 0;
  uint64_t facets_different = 0;
  uint64_t facets_missing = 0;
  uint64_t verify_differences = 0;
  uint64_t durable_seq = 0;  // At the end, with two more backups.
  std::vector<DrillStep> steps;

  bool IsRight() const {
    return facets_on_tablets > 0 && facets_equal == facets_on_tablets && verify_differences == 0 &&
           groups_missing > 0 && meetings.refilled_groups > 0;
  }
};

// Errors are of what did not go on; what is lost or differs is in the report.
absl::StatusOr<DrillReport> Drill(const DrillOptions& options, const storage::Clock& clock,
                                  const Progress& progress);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_DRILL_H_
