// RocksDB on a disk that loses power.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_ROCKS_DISK_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_ROCKS_DISK_H_
#include <memory>
#include <string>

#include "tests/simulation/whole/disk.h"

namespace halfterm::testing {

// A MakeDisk.
std::unique_ptr<SimulatedDisk> OnRocks(const std::string& directory);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_ROCKS_DISK_H_
