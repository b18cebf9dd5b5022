// `halfterm merge-people`: two entries of the roster are one person.

#ifndef HALFTERM_TOOLS_MERGE_PEOPLE_COMMAND_H_
#define HALFTERM_TOOLS_MERGE_PEOPLE_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddMergePeopleCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_MERGE_PEOPLE_COMMAND_H_
