// halfterm drill: a whole restore, with the server's death and two hundred tablets, timed.

#ifndef HALFTERM_TOOLS_DRILL_COMMAND_H_
#define HALFTERM_TOOLS_DRILL_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddDrillCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DRILL_COMMAND_H_
