// A half-term's work at the demonstration school as gestures (docs/workload.md).

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_WORKLOAD_LINES_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_WORKLOAD_LINES_H_
#include <string>

#include "tools/demo_school/people.h"

namespace halfterm::tools {

// Where the rosters lie, seen from a workload file.
std::string RosterFolder(Stage stage);

// The whole file of half-term 1 to 6. The same seed gives the same bytes.
std::string DemoWorkload(const DemoSchool& school, int half_term, uint64_t seed);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_WORKLOAD_LINES_H_
