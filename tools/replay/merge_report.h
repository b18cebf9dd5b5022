// What a replay merged, and what waits for somebody to choose: as the people on the tablets see it.

#ifndef HALFTERM_TOOLS_REPLAY_MERGE_REPORT_H_
#define HALFTERM_TOOLS_REPLAY_MERGE_REPORT_H_
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/v1/sync.pb.h"
#include "tools/replay/tablet.h"

namespace halfterm::tools {

// Two values for one thing, of which their author is to choose one.
struct Choice {
  core::Id16 person;  // Who is asked.
  core::Id16 visit;
  core::Id16 teacher;  // Zeros: the visit names none.
  int64_t lesson_ms = 0;
  std::string what;                 // "element 4", "priority".
  std::vector<std::string> values;  // As people read them, the shown one first.
};

struct MergeReport {
  uint64_t groups = 0;
  std::map<v1::Disposition, uint64_t> dispositions;
  std::map<v1::Reason, uint64_t> reasons;    // Of what was set aside.
  std::map<v1::Outcome, uint64_t> outcomes;  // Of intents.
  uint64_t facets = 0;                       // That people on the tablets may read; each once.
  uint64_t combined_facets = 0;              // Written by more than one store.
  uint64_t kept_beside = 0;     // Values that are shown beside another one, nobody being asked.
  std::vector<Choice> choices;  // By person, then by lesson.
};

// Reads the tablets' stores; asks no server.
absl::StatusOr<MergeReport> MakeMergeReport(const std::vector<std::unique_ptr<Tablet>>& tablets);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_MERGE_REPORT_H_
