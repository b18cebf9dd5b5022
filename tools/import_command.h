// `halfterm import`: takes a roster in, or says what it would change.

#ifndef HALFTERM_TOOLS_IMPORT_COMMAND_H_
#define HALFTERM_TOOLS_IMPORT_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddImportCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_IMPORT_COMMAND_H_
