// halfterm backup, backups, restore: copies of a running server's store, and putting one back.

#ifndef HALFTERM_TOOLS_BACKUP_COMMAND_H_
#define HALFTERM_TOOLS_BACKUP_COMMAND_H_
#include "tools/command.h"

namespace halfterm::tools {

void AddBackupCommand(CLI::App& app, Invocation& invocation);
void AddBackupsCommand(CLI::App& app, Invocation& invocation);
void AddRestoreCommand(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BACKUP_COMMAND_H_
