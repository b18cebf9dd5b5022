// What the server of the whole simulation keeps its store on: something that stops in the middle of
// a commit when the number says so, that can be copied, and put back.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_DISK_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_DISK_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace halfterm::testing {

// For one thread at a time.
class SimulatedDisk {
 public:
  virtual ~SimulatedDisk() = default;

  // The store as the last process left it, or a new one. The engine is gone before the next call.
  virtual absl::StatusOr<std::unique_ptr<storage::Engine>> Open() = 0;
  virtual absl::Status Commit(storage::Engine& engine, const storage::WriteSet& writes) {
    return engine.Commit(writes);
  }

  // Around what answers a tablet and only reads. The store may be out of reach for a moment then.
  virtual void BeginRead() {}
  virtual void EndRead() {}

  // It stops in one of the next calls of Commit, before so many of its changes; from then on the
  // engine does nothing any more.
  virtual void CutPowerAfter(uint64_t changes) = 0;
  virtual void CutPowerNow() = 0;
  virtual void LeavePowerOn() = 0;  // If it has not stopped yet.
  virtual bool is_off() const = 0;
  // With the engine gone: what was not made durable may be there or not, as `random` says.
  virtual void PowerOn(std::mt19937_64& random) = 0;

  // With no engine open: the store is copied; a copy takes its place, and what was there is gone.
  virtual void Copy(uint32_t generation) = 0;
  virtual void PutBack(uint32_t generation) = 0;
};

// `directory`: a name of the world's own, where nothing is yet.
using MakeDisk = std::function<std::unique_ptr<SimulatedDisk>(const std::string& directory)>;

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_DISK_H_
