// What `halfterm replay` says at its end: to people, and to programs.

#ifndef HALFTERM_TOOLS_REPLAY_REPLAY_REPORT_H_
#define HALFTERM_TOOLS_REPLAY_REPLAY_REPORT_H_
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/replay/check.h"
#include "tools/replay/faults.h"
#include "tools/replay/merge_report.h"
#include "tools/replay/tablet.h"

namespace halfterm::tools {

struct CheckReport {
  StoreComparison stores;
  Fate groups;
  Fate edits;  // Of the common workload's file; else nothing.

  bool IsRight() const {
    return stores.different_stores == 0 && groups.NothingIsLost() && edits.NothingIsLost();
  }
};

struct ReplayReport {
  std::string tenant;
  size_t tablets = 0;
  size_t stores = 0;
  double seconds = 0;
  uint64_t gestures = 0;
  uint64_t skipped = 0;
  MeetingCounts meetings;
  FaultCounts faults;
  uint64_t bytes_up = 0;
  uint64_t bytes_down = 0;
  MergeReport merged;
  std::map<core::Id16, std::string> names;  // Of people.
  std::optional<CheckReport> check;
};

nlohmann::json ToJson(const ReplayReport& report);
std::string ToText(const ReplayReport& report);

// Everybody's name, as the school's directory has it. Errors as Directory.List.
absl::StatusOr<std::map<core::Id16, std::string>> NamesOf(const std::string& admin_address,
                                                          const std::string& tenant);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_REPLAY_REPORT_H_
