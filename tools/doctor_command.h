// halfterm doctor: what would be lost, said before anything is.

#ifndef HALFTERM_TOOLS_DOCTOR_COMMAND_H_
#define HALFTERM_TOOLS_DOCTOR_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddDoctorCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DOCTOR_COMMAND_H_
