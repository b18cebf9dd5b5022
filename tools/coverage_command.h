// `halfterm coverage`: who has been observed in a half-term, who is booked, who is due.

#ifndef HALFTERM_TOOLS_COVERAGE_COMMAND_H_
#define HALFTERM_TOOLS_COVERAGE_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddCoverageCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_COVERAGE_COMMAND_H_
