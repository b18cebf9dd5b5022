// `halfterm verify` and `halfterm waiting`: whether every figure is right, and what waits for
// somebody.

#ifndef HALFTERM_TOOLS_VERIFY_COMMAND_H_
#define HALFTERM_TOOLS_VERIFY_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

// Exit code 1 when something differs from its recomputation.
void AddVerifyCommand(CLI::App& app, Invocation& invocation);
void AddWaitingCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_VERIFY_COMMAND_H_
