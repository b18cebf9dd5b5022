// The demonstration school as a roster: a OneRoster 1.2 folder with Halfterm's files beside it.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_ROSTER_FILES_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_ROSTER_FILES_H_
#include "tools/demo_school/people.h"
#include "tools/roster/files.h"

namespace halfterm::tools {

// As the school's office would export it at that point of the year.
RosterFiles DemoRoster(const DemoSchool& school, Stage stage);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_ROSTER_FILES_H_
