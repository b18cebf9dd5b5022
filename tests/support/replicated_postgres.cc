#include "tests/support/replicated_postgres.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

std::string AdminOf(const OwnPostgres& one) {
  return "host=" + one.folder() + " user=halfterm dbname=postgres";
}

}  // namespace

ReplicatedPostgres::ReplicatedPostgres() { WaitForStandby(); }

std::string ReplicatedPostgres::NewDatabase() {
  return OwnPostgres::Through(first_.folder() + "," + second_.folder(), primary_->NewDatabase());
}

// Set once it is there, so that its copy of the files does not ask for a standby in its turn.
void ReplicatedPostgres::WaitForStandby() {
  const std::string admin = AdminOf(*primary_);
  primary_->Run(admin, "alter system set synchronous_standby_names = '*'");
  primary_->Run(admin, "alter system set synchronous_commit = remote_apply");
  primary_->Run(admin, "select pg_reload_conf()");
  const bool waits = ComesTrue([&] {
    return primary_->Run(admin, "select sync_state from pg_stat_replication") == "sync" &&
           primary_->Run(admin, "show synchronous_commit") == "remote_apply";
  });
  if (waits) return;
  std::fprintf(stderr, "replicated PostgreSQL: nobody waits for the standby\n");
  std::abort();
}

void ReplicatedPostgres::FailOver() {
  primary_->Kill();
  standby_->Promote();
  std::swap(primary_, standby_);
}

void ReplicatedPostgres::Rejoin() {
  standby_->ComeBackAsStandbyOf(*primary_);
  WaitForStandby();
}

}  // namespace halfterm::testing
