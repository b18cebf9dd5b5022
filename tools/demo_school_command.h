// `halfterm demo-school`: writes the demonstration school's rosters and workloads.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_COMMAND_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddDemoSchoolCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_COMMAND_H_
