// Two PostgreSQLs, of which one is the other's standby. Nothing is answered that the standby does
// not show (synchronous_commit=remote_apply), so it may take the primary's place at any moment.

#ifndef HALFTERM_TESTS_SUPPORT_REPLICATED_POSTGRES_H_
#define HALFTERM_TESTS_SUPPORT_REPLICATED_POSTGRES_H_
#include <string>

#include "tests/support/own_postgres.h"

namespace halfterm::testing {

// For one thread at a time; it must be the one that made it, but for FailOver.
class ReplicatedPostgres {
 public:
  ReplicatedPostgres();

  // A new database; a connection string that leads to whichever of the two takes writes.
  std::string NewDatabase();

  // Kills the primary, and has the standby take its place. From then on nobody waits for a standby.
  void FailOver();
  // After FailOver: the one that was killed comes back as the other's standby, with a copy of what
  // that holds, and answers wait for it.
  void Rejoin();

  OwnPostgres& primary() { return *primary_; }
  OwnPostgres& standby() { return *standby_; }

 private:
  void WaitForStandby();

  OwnPostgres first_, second_{OwnPostgres::StandbyOf{first_}};
  OwnPostgres* primary_ = &first_;
  OwnPostgres* standby_ = &second_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_REPLICATED_POSTGRES_H_
