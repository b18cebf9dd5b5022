// `halfterm keeping`: what became of everything that tablets ever sent.

#ifndef HALFTERM_TOOLS_KEEPING_COMMAND_H_
#define HALFTERM_TOOLS_KEEPING_COMMAND_H_
#include <ostream>

#include "halfterm/v1/disposition.pb.h"
#include "tools/command.h"

namespace halfterm::tools {

// Exit code 1 when the four counts do not add up to what was pushed.
void AddKeepingCommand(CLI::App& app, Invocation& invocation);

// The account as people read it.
void PrintCounts(std::ostream& out, const v1::CountsReply& counts);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_KEEPING_COMMAND_H_
