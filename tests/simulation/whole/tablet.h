// A tablet of the whole simulation: the one of tools/replay, with a disk that can be copied and put
// back, a clock that can be wrong, and a network that a number decides about.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_TABLET_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_TABLET_H_
#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/scopes_oracle.h"
#include "tests/simulation/whole/server.h"
#include "tests/support/memory_engine.h"
#include "tools/replay/tablet.h"

namespace halfterm::testing {

// What lies between the tablets and the server. For all tablets.
struct Network {
  SimulatedServer& server;
  ScopesOracle& oracle;
  // Pushes that were made, and may come a second time, much later.
  std::deque<std::pair<std::string, v1::PushRequest>> late;
  std::string broken;  // The first thing that should not have happened.
  uint64_t chunks = 0;
  uint32_t chunk_bytes = 0;       // That pulls ask for; 0: as many as the server sends.
  int64_t chunks_until_cut = -1;  // A pull ends after so many; -1: none does.
};

// The server's time, as wrong as somebody set it; the other reading begins anew with each start.
class TabletClock final : public storage::Clock {
 public:
  explicit TabletClock(const storage::Clock& right) : right_(right) {}

  int64_t NowMs() const override { return std::max<int64_t>(0, right_.NowMs() + offset_ms_); }
  int64_t MonotonicMs() const override { return right_.MonotonicMs() - started_ms_; }

  int64_t offset_ms() const { return offset_ms_; }
  void SetOffset(int64_t ms) { offset_ms_ = ms; }
  void Restart() { started_ms_ = right_.MonotonicMs(); }

 private:
  const storage::Clock& right_;
  int64_t offset_ms_ = 0, started_ms_ = 0;
};

class SimulatedTablet {
 public:
  // The half-terms that every tablet holds.
  static const std::set<uint16_t>& Periods();

  // Nobody is enrolled yet. Two tablets may have one device: a clone.
  SimulatedTablet(Network& network, const core::Id16& device);

  const core::Id16& device() const { return device_; }
  const std::vector<core::Id16>& people() const { return people_; }
  TabletClock& clock() { return clock_; }
  MemoryDisk& disk() { return disk_; }
  const tools::MeetingCounts& counts() const { return tablet_->counts(); }
  tools::TabletStore& StoreOf(const core::Id16& person) { return *tablet_->StoreOf(person); }

  // All of these say what is wrong, or nothing.
  std::string Enrol(const core::Id16& person);
  // Somebody who is enrolled has another session from now on.
  std::string SignInAgain(const core::Id16& person);
  std::string Restart();
  // Becomes what it, or another one, was when `copy` was made.
  std::string PutBack(const MemoryDisk& copy, const std::vector<core::Id16>& people);
  std::string Do(const core::Id16& person, const tools::Gesture& gesture, tools::Sealing sealing);
  // Greets, pushes and pulls, as far as it gets. `is_complete`: to the end.
  std::string Meet(const core::Id16& person, const tools::FaultRates& rates, uint64_t seed,
                   bool& is_complete);
  // After a complete meeting without faults: that the copy is exactly what it should be.
  std::string Check(const core::Id16& person);

 private:
  std::string TryToMeet(const core::Id16& person, absl::Status& status);

  Network& network_;
  const core::Id16 device_;
  std::vector<core::Id16> people_;
  TabletClock clock_;
  MemoryDisk disk_;
  std::unique_ptr<tools::Tablet> tablet_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_TABLET_H_
