// Runs a workload on a fleet of simulated tablets against a running server.
//
// Each tablet works on a thread of its own, as tablets do; or, with an order, all of them take
// turns on one thread, in an order that follows from a number, push by push. Whatever fails for a
// while is tried again; what breaks a promise (an answer that differs the second time, a copy that
// the digests contradict) ends the run.

#ifndef HALFTERM_TOOLS_REPLAY_FLEET_H_
#define HALFTERM_TOOLS_REPLAY_FLEET_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/clock.h"
#include "tools/replay/connection.h"
#include "tools/replay/tablet.h"
#include "tools/workload/workload.h"

namespace halfterm::tools {

struct FleetOptions {
  std::string address;    // The server's public port.
  std::string directory;  // Gets a folder for each tablet. Must be there.
  uint64_t seed = 1;      // Of the faults, and of the tablets' ids.
  FaultRates rates;
  std::optional<uint64_t> order_seed;
};

// Told now and then, by one thread at a time: what goes on, and how much of it is done.
using Progress = std::function<void(const std::string& doing, size_t done, size_t of)>;

// For one thread at a time.
class Fleet {
 public:
  // The references must outlive the fleet. `progress` may be empty.
  Fleet(const Workload& workload, FleetOptions options, AdminCalls& admin,
        const storage::Clock& clock, Progress progress);

  // Imports the school, if the workload brings one, switches the tablets on and enrols everybody.
  // A fleet whose folders are there already goes on with what is in them.
  absl::Status Start();

  // Does every phase: its gestures, then a meeting of every store. After the last phase they meet
  // once more.
  absl::Status Run();

  // The roster and the gestures of one phase, from 0; nobody meets the server.
  absl::Status Write(size_t phase);
  // Every store pushes what it has; then every store pulls what it may.
  absl::Status MeetAll(const std::string& when);
  absl::Status PushAll(const std::string& when);

  // One more tablet, with stores of `people` that hold nothing yet. It has pulled when this
  // returns.
  absl::StatusOr<std::unique_ptr<Tablet>> FreshTablet(const std::string& name,
                                                      const std::vector<core::Id16>& people);

  std::vector<std::unique_ptr<Tablet>>& tablets() { return tablets_; }
  // Gestures that could not be done, because the tablet did not hold what they need.
  uint64_t skipped() const { return skipped_; }
  MeetingCounts counts() const;
  FaultCounts faults() const;
  uint64_t bytes_up() const;
  uint64_t bytes_down() const;

 private:
  struct Turn {
    size_t tablet;
    core::Id16 person;
    int tries = 0;
  };
  enum class Part { kGreet, kPush, kPull };

  absl::Status Enrol(Tablet& tablet, const core::Id16& person, const std::string& label);
  absl::Status Write(const Phase& phase, size_t number);
  absl::Status PullAll(const std::string& when);
  // One store's part, until it is done or can't be.
  absl::Status Until(Tablet& tablet, const core::Id16& person, Part part);
  // Whether to try again after `why`; waits, or switches the tablet off and on, if so.
  absl::Status Recover(Tablet& tablet, const absl::Status& why, int tries);
  absl::Status OnEachTablet(const std::function<absl::Status(size_t tablet)>& act);
  absl::Status InTurns(std::vector<Turn> turns, Part part, const std::string& doing);
  void Report(const std::string& doing, size_t done, size_t of);

  const Workload& workload_;
  const FleetOptions options_;
  AdminCalls& admin_;
  const storage::Clock& clock_;
  const Progress progress_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
  uint64_t skipped_ = 0;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_FLEET_H_
