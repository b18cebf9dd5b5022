// Histories of the scope simulation, one after another in one engine.

#ifndef HALFTERM_TESTS_SIMULATION_SCOPES_HISTORY_H_
#define HALFTERM_TESTS_SIMULATION_SCOPES_HISTORY_H_
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "storage/rocks/rocks_engine.h"
#include "tests/simulation/scopes_world.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class ScopesHistory : public ::testing::Test {
 protected:
  static constexpr int kSteps = 150;

  ScopesHistory() {
    storage::RocksEngineOptions options;
    options.directory = directory_.Path("store");
    options.low_space_bytes = 0;
    engine_ = *storage::OpenRocksEngine(options);
  }

  struct Told {
    std::string wrong;  // Nothing: all went well.
    uint64_t commits = 0, chunks = 0, healed = 0;
  };
  Told Live(uint64_t seed, Missing missing) {
    ScopesWorld world(*engine_, ++tenant_, seed, missing);
    Told told;
    for (int step = 0; step < kSteps && told.wrong.empty(); ++step) told.wrong = world.Step();
    if (told.wrong.empty()) told.wrong = world.Finish();
    told.commits = world.commits();
    told.chunks = world.chunks();
    told.healed = world.healed();
    return told;
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<storage::Engine> engine_;
  uint32_t tenant_ = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCOPES_HISTORY_H_
