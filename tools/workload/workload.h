// What a fleet of tablets replays: who is on them, and what they write in which phase.
//
// During a phase no tablet hears from another. Between phases every store pushes all it has and
// pulls all it may. So two tablets that write the same thing in one phase write concurrently,
// whatever the order in which they meet the server.

#ifndef HALFTERM_TOOLS_WORKLOAD_WORKLOAD_H_
#define HALFTERM_TOOLS_WORKLOAD_WORKLOAD_H_
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "tools/replay/gesture.h"
#include "tools/replay/tablet_store.h"

namespace halfterm::tools {

// What one person does on one tablet in one phase, in order.
struct Work {
  size_t tablet = 0;
  core::Id16 person;
  std::vector<Gesture> gestures;
};

struct Phase {
  std::optional<v1::ImportRequest> import;  // Of the office, before anybody writes.
  std::vector<Work> work;                   // At most one for each (tablet, person).
};

struct Workload {
  std::string tenant;
  std::optional<v1::ImportRequest> school;  // To be imported first.
  size_t tablets = 0;
  // By tablet: who has a store there, whether they write or not.
  std::vector<std::vector<core::Id16>> people;
  std::vector<uint32_t> periods;  // The half-terms that the tablets hold.
  Sealing sealing = Sealing::kEachGesture;
  std::map<size_t, int64_t> clock_offset_ms;  // By tablet; else what the faults say.
  int lost_reply_percent = 0;
  std::vector<Phase> phases;

  uint64_t gestures() const {
    uint64_t count = 0;
    for (const Phase& phase : phases) {
      for (const Work& work : phase.work) count += work.gestures.size();
    }
    return count;
  }
};

// Gives the work of tablet n to tablet n mod `tablets`. What two tablets wrote at once and one
// tablet writes now is no longer concurrent.
void OnFewerTablets(size_t tablets, Workload& workload);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_WORKLOAD_H_
