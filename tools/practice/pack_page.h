// `halfterm summary pack`: the agenda of a leadership meeting, as the tablet prints it.

#ifndef HALFTERM_TOOLS_PRACTICE_PACK_PAGE_H_
#define HALFTERM_TOOLS_PRACTICE_PACK_PAGE_H_
#include "tools/command.h"

namespace halfterm::tools {

// Adds itself to `halfterm summary`.
void AddPackPage(CLI::App& summary, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_PRACTICE_PACK_PAGE_H_
