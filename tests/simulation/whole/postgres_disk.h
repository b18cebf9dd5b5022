// A PostgreSQL database, to which the connection breaks for good in the middle of a commit: for the
// database that is a server that was killed there.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_POSTGRES_DISK_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_POSTGRES_DISK_H_
#include <memory>
#include <string>

#include "tests/simulation/whole/disk.h"

namespace halfterm::testing {

// A MakeDisk, in the PostgreSQL that the test program has for itself; the name is not used.
std::unique_ptr<SimulatedDisk> OnPostgres(const std::string& directory);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_POSTGRES_DISK_H_
