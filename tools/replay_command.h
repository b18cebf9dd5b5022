// `halfterm replay`: N simulated tablets work through a file against a running server.

#ifndef HALFTERM_TOOLS_REPLAY_COMMAND_H_
#define HALFTERM_TOOLS_REPLAY_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

// Exit code 1 also when, with --check, something is lost or differs.
void AddReplayCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_COMMAND_H_
