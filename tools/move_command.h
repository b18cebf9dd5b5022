// halfterm move: a school's rows into another engine, and back.

#ifndef HALFTERM_TOOLS_MOVE_COMMAND_H_
#define HALFTERM_TOOLS_MOVE_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddMoveCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_MOVE_COMMAND_H_
