// `halfterm audit`: who has read about somebody, and the whole audit to be kept elsewhere.

#ifndef HALFTERM_TOOLS_AUDIT_COMMAND_H_
#define HALFTERM_TOOLS_AUDIT_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddAuditCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_AUDIT_COMMAND_H_
