// A PostgreSQL of a test's own, from Debian's packages: in a temporary directory, over a socket
// file, as a user without privileges, gone with the test, also with one that crashes.
//
// It is made once for a test program (about a second) and gives each test a database of its own. It
// keeps its promises to the disk, as the engine asks.

#ifndef HALFTERM_TESTS_SUPPORT_OWN_POSTGRES_H_
#define HALFTERM_TESTS_SUPPORT_OWN_POSTGRES_H_
#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

// For one thread at a time. Fails the program if PostgreSQL cannot be started: nothing could be
// shown without it.
class OwnPostgres {
 public:
  // `settings`: further ones, as "name=value"; they hold from the first start.
  explicit OwnPostgres(const std::vector<std::string>& settings = {});
  // A standby of `primary`, which streams what that commits, until it is promoted. What ALTER
  // SYSTEM had set there by now is set here too.
  struct StandbyOf {
    const OwnPostgres& primary;
  };
  explicit OwnPostgres(StandbyOf of);
  ~OwnPostgres();
  OwnPostgres(const OwnPostgres&) = delete;
  OwnPostgres& operator=(const OwnPostgres&) = delete;

  // The one that the tests of a program share.
  static OwnPostgres& Shared();

  // A new database; its connection string. Empty, or a copy of the one of that name, to which
  // nobody is connected.
  std::string NewDatabase(const std::string& copy_of = "");
  // The same database through another socket folder, such as a proxy's.
  static std::string Through(const std::string& folder, const std::string& conninfo);

  // Runs SQL on a connection of its own; the first column of the first row, or nothing.
  std::string Run(const std::string& conninfo, const std::string& sql) const;

  // SIGKILL to all of its processes, as a machine that stops. Gone when it returns.
  void Kill();
  // After Kill(): starts it on the same files, and returns when it takes connections.
  void Start();

  // Of a standby: takes writes from now on.
  void Promote();
  // After Kill(): forgets its files and starts as a standby of `primary`.
  void ComeBackAsStandbyOf(const OwnPostgres& primary);

  // The folder that holds its socket, .s.PGSQL.5432.
  const std::string& folder() const { return folder_.path(); }

 private:
  void GiveFolderAway();
  void CopyFilesOf(const OwnPostgres& primary);

  const TemporaryDirectory folder_ = TemporaryDirectory::ForSocket();
  const std::vector<std::string> settings_;
  pid_t process_ = 0;
  int databases_ = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_OWN_POSTGRES_H_
