// `halfterm freeze`: freezes a half-term for governors and partners.

#ifndef HALFTERM_TOOLS_FREEZE_COMMAND_H_
#define HALFTERM_TOOLS_FREEZE_COMMAND_H_
#include "tools/command.h"
#include "tools/reading.h"

namespace halfterm::tools {

void AddFreezeCommand(CLI::App& app, Invocation& invocation);

// `halfterm summary school --frozen`: what was frozen, of a school or of the schools below a
// federation, as somebody sees it. `whose`: the organisation, by name; empty: the only school.
int ShowFrozen(Invocation& invocation, const ReadingFlags& flags, const std::string& whose);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_FREEZE_COMMAND_H_
