// `halfterm tablets`: whose copies lie on which tablets, and what has not proved to be gone.

#ifndef HALFTERM_TOOLS_TABLETS_COMMAND_H_
#define HALFTERM_TOOLS_TABLETS_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

// Exit code 1 with --unproven when some copy has something left to prove.
void AddTabletsCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_TABLETS_COMMAND_H_
