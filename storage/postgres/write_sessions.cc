#include "storage/postgres/write_sessions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace halfterm::storage::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstWait(20), kLongestWait(500);
constexpr std::chrono::seconds kNotAgainFor(1);
// Sessions of servers hold the first: "Halfterm" in ASCII. The second is a turn's (kNextTurn); a
// server that starts holds it until it has started.
constexpr char kAloneLock[] = "select pg_advisory_lock(5215575617049031277)";
constexpr char kSharedLock[] =
    "select pg_advisory_lock_shared(5215575617049031277); "
    "select pg_advisory_lock(5215575617049031278)";
constexpr char kAloneAgain[] = "select pg_try_advisory_lock(5215575617049031277)";
constexpr char kSharedAgain[] = "select pg_try_advisory_lock_shared(5215575617049031277)";
constexpr char kStarted[] = "select pg_advisory_unlock(5215575617049031278)";
// Nobody waits longer for a server that hangs while it starts. PostgreSQL 13 does not know it.
constexpr char kStartsFor[] = "set idle_session_timeout = '60s'";
constexpr char kStaysFor[] = "set idle_session_timeout = 0";
constexpr char kWaitsLittle[] = "set lock_timeout = '5s'";

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> WriteSessions::First() const {
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(options_.conninfo, Purpose::kWriting);
  if (!opened.ok()) return opened;
  if (absl::Status waited = WaitForOthers(**opened); !waited.ok()) return waited;
  return opened;
}

// Two servers under supervision would take the store from each other for ever.
absl::Status WriteSessions::WaitForOthers(Connection& connection) const {
  const std::string wait =
      options_.take_over ? "1ms" : absl::StrCat(options_.wait_for_others.count(), "ms");
  const Answer locked =
      connection.AskAll(absl::StrCat("begin; set local lock_timeout = '", wait, "'; ",
                                     options_.is_shared ? kSharedLock : kAloneLock, "; commit"));
  if (locked.ok()) {
    if (options_.is_shared) connection.AskAll(kStartsFor);
    if (!options_.mends_turns) connection.AskAll(kWaitsLittle);
    return absl::OkStatus();
  }
  if (locked.sqlstate != "55P03") return locked.AsStatus("taking the store");
  connection.Ask("rollback");
  if (options_.take_over) return absl::OkStatus();
  if (!options_.is_shared) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Another halftermd serves the database ", connection.place(),
        ". Several may serve it when each is started with --ledger, which names a second database; "
        "or stop that one first, or start this one with --take-over to take its place."));
  }
  const Answer shared = connection.Ask(kSharedAgain);
  if (shared.ok() && shared.results.front().Text(0, 0) == "t") {
    return absl::UnavailableError(
        absl::StrCat("Another halftermd has been starting on the database ", connection.place(),
                     " all the time. Start this one again in a minute."));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "A halftermd that was started without --ledger, or `halfterm move`, has the database ",
      connection.place(), " to itself. Stop it first, and start it with --ledger too."));
}

void WriteSessions::LetOthersIn(Connection& first) {
  if (first.is_lost()) return;  // PostgreSQL has let them in.
  first.AskAll(kStarted);
  first.AskAll(kStaysFor);
}

absl::StatusOr<std::unique_ptr<Connection>> WriteSessions::Further() const {
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(options_.conninfo, Purpose::kWriting);
  if (!opened.ok()) return opened;
  if (absl::Status prepared = (*opened)->Prepare(); !prepared.ok()) return prepared;
  // Whoever has it instead will be met at the head.
  (*opened)->AskAll(options_.is_shared ? kSharedAgain : kAloneAgain);
  if (!options_.mends_turns) (*opened)->AskAll(kWaitsLittle);
  return opened;
}

absl::StatusOr<std::unique_ptr<Connection>> WriteSessions::AtOnce() {
  if (SteadyClock::now() < from_) {
    return absl::UnavailableError(
        absl::StrCat("PostgreSQL (", PlaceOf(options_.conninfo), ") did not answer a moment ago."));
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened = Further();
  if (!opened.ok()) from_ = SteadyClock::now() + kNotAgainFor;
  return opened;
}

absl::StatusOr<std::unique_ptr<Connection>> WriteSessions::Before(Deadline deadline) const {
  std::chrono::milliseconds wait = kFirstWait;
  for (;;) {
    absl::StatusOr<std::unique_ptr<Connection>> opened = Further();
    if (opened.ok()) return opened;
    const absl::string_view why = opened.status().message();
    if (SteadyClock::now() + wait >= deadline) {
      return latch_.Fail(absl::UnavailableError(
          absl::StrCat(why, " A commit waited for ", options_.patience.count() / 1000,
                       " s; whether it was made shows when this process is started again.")));
    }
    if (!options_.stop->Pause(wait)) {
      return latch_.Fail(absl::UnavailableError(
          absl::StrCat(why,
                       " This process stops and does not wait for it; whether a commit that "
                       "waited was made shows when it is started again.")));
    }
    wait = std::min(2 * wait, kLongestWait);
  }
}

}  // namespace halfterm::storage::postgres
