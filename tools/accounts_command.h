// `halfterm invite`, `halfterm accounts` and `halfterm provider`: who gets in, who is in, and
// through whose accounts.

#ifndef HALFTERM_TOOLS_ACCOUNTS_COMMAND_H_
#define HALFTERM_TOOLS_ACCOUNTS_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddInviteCommand(CLI::App& app, Invocation& invocation);
void AddAccountsCommand(CLI::App& app, Invocation& invocation);
void AddProviderCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ACCOUNTS_COMMAND_H_
