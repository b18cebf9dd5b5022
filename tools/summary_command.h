// `halfterm summary`: one teacher's, one department's or the school's figures, as somebody sees
// them.

#ifndef HALFTERM_TOOLS_SUMMARY_COMMAND_H_
#define HALFTERM_TOOLS_SUMMARY_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddSummaryCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_SUMMARY_COMMAND_H_
