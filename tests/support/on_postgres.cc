// Runs a command that starts halftermd itself, with a halftermd that keeps its data in PostgreSQL:
//
//   on_postgres HALFTERMD COMMAND [ARGUMENT...]
//
// HALFTERMD in the command's environment names a program that starts the given one on a PostgreSQL
// of its own: each data directory has a database, which it finds again. Ends as the command does.

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/own_postgres.h"
#include "tests/support/temporary_directory.h"

extern char** environ;

namespace {

// A shell script, because it must become the server: whoever starts it will kill it by its number.
std::string ScriptOf(const std::string& server, const std::string& folder) {
  return "#!/bin/sh\n"
         "server='" +
         server + "' folder='" + folder + "'\n" + R"(data='' next=''
for word in "$@"; do
  [ "$next" = data ] && data=$word
  next=''
  [ "$word" = --data ] && next=data
done
[ -n "$data" ] || exec "$server" "$@"
database=d$(printf %s "$data" | md5sum | cut -c 1-30)
psql --quiet --no-psqlrc -h "$folder" -U halfterm -d postgres -c "create database $database" 2>/dev/null
exec "$server" --engine=postgres --postgres="host=$folder user=halfterm dbname=$database" "$@"
)";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "on_postgres HALFTERMD COMMAND [ARGUMENT...]\n");
    return 2;
  }
  const halfterm::testing::OwnPostgres postgres;
  const halfterm::testing::TemporaryDirectory directory;
  const std::string script = directory.Path("halftermd");
  std::ofstream(script) << ScriptOf(argv[1], postgres.folder());
  chmod(script.c_str(), 0755);
  setenv("HALFTERMD", script.c_str(), 1);
  setenv("HALFTERM_POSTGRES", postgres.folder().c_str(), 1);

  pid_t command = 0;
  if (posix_spawnp(&command, argv[2], nullptr, nullptr, argv + 2, environ) != 0) {
    std::perror(argv[2]);
    return 1;
  }
  int status = 0;
  while (waitpid(command, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
