// `halfterm agreement`: how alike observers rate what they saw together.

#ifndef HALFTERM_TOOLS_PRACTICE_AGREEMENT_COMMAND_H_
#define HALFTERM_TOOLS_PRACTICE_AGREEMENT_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddAgreementCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_PRACTICE_AGREEMENT_COMMAND_H_
