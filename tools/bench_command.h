// `halfterm bench`: what the server spends on a push, a pull and a summary, and the core on a
// merge.

#ifndef HALFTERM_TOOLS_BENCH_COMMAND_H_
#define HALFTERM_TOOLS_BENCH_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddBenchCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_COMMAND_H_
