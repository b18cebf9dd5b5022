// The connection on which this server writes, and its turns.
//
// A turn is a transaction that holds the head row of the store: whoever else wants one waits for it
// to end. A commit replaces the head by compare and set, so one that was decided on what is not so
// any more, because its turn was lost with its connection, is not made. The head and the news of a
// commit also tell what became of one whose answer was lost: they are read back, under a lock for
// which the lost transaction must first end.

#ifndef HALFTERM_STORAGE_POSTGRES_WRITER_H_
#define HALFTERM_STORAGE_POSTGRES_WRITER_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/latch.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/postgres/rows.h"
#include "storage/postgres/write_sessions.h"

namespace halfterm::storage::postgres {

// PostgreSQL's channel on which every commit is notified, with its number.
inline constexpr char kChannel[] = "halfterm";

// For one thread at a time.
class Writer {
 public:
  // Connects, waits until nobody is in the way, brings the tables up to date and reads how far the
  // store has come. Errors of OpenPostgresEngine.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const PostgresEngineOptions& options,
                                                      Latch& latch);

  // The start is over: others have their turns again.
  void LetOthersIn();

  // As SharedEngine's. After OK head() is how far the store has come.
  absl::Status BeginTurn();
  void EndTurn();
  bool HasTurn();
  void WriteAhead(const WriteSet& writes);

  // As Engine::Commit, on what was so at head(). Without `news` nothing is said of what it changes;
  // `agree` as SharedEngine's. Aborted: the store has moved on from head(); nothing was written.
  absl::Status Commit(const WriteSet& writes, std::optional<absl::string_view> news,
                      const SharedEngine::Agree& agree = {});

  // In a turn that commits nothing: what others committed before it, and was read in it, is as safe
  // as `synchronous_commit` asks of a commit. Ends the turn where it had to ask. Aborted: the turn
  // was lost before that was known.
  absl::Status MakeSure();

  const Head& head() const { return head_; }
  // That of every commit of a server that is alone.
  uint64_t own_mark() const { return own_mark_; }

 private:
  enum class Fate { kCommitted, kNotCommitted, kUnknown };
  using Deadline = WriteSessions::Deadline;

  // One commit on its way.
  struct Committing {
    const WriteSet& writes;
    const Head next;
    const std::optional<absl::string_view> news;
    const SharedEngine::Agree& agree;
    bool stands = false;  // What it agreed to.
  };

  // What has left of a commit before it was asked for.
  struct Ahead {
    const Head next;
    const bool has_turn;         // From before, so that no transaction had to be begun.
    size_t writes = 0;           // Of the set, from its beginning.
    std::set<uint32_t> tenants;  // Of those writes.
  };

  Writer(const PostgresEngineOptions& options, Latch& latch);

  absl::Status Take(absl::StatusOr<std::unique_ptr<Connection>> session);
  // A new connection; errors as WriteSessions::Before.
  absl::Status Reconnect(Deadline deadline);
  absl::Status Locked(const Head& now);
  Head Next() const;
  absl::Status CommitUntilKnown(Committing& committing);
  // One transaction. OK and kCommitted; OK and kNotCommitted: try again; OK and kUnknown: the
  // answer was lost; else an error for the caller, with nothing written.
  absl::Status Try(Committing& committing, Fate& fate);
  // What an answer that is not OK means for a transaction that was not committed.
  absl::Status Judge(const Answer& answer, absl::string_view doing);
  // Reads back what became of the commit after kUnknown.
  absl::Status Prove(const Head& next, Deadline deadline, Fate& fate);
  // Neither kCommitted nor kNotCommitted can be shown, because of `why`. Shuts the latch.
  absl::Status Undecided(const absl::Status& why);
  // The head is another than head_. Shuts the latch unless another server moved it on in its turn.
  absl::Status NotWhereItWas();
  absl::Status WentBack();
  absl::Status TakenOver();
  absl::Status PutOff(bool was_lost);
  void Rollback();

  const PostgresEngineOptions options_;
  Latch& latch_;
  const uint64_t own_mark_;
  WriteSessions sessions_;
  std::unique_ptr<Connection> connection_;
  bool in_turn_ = false;          // The connection is in a transaction that holds the head.
  std::optional<Ahead> ahead_;    // In a transaction that has the head; its answers are to come.
  bool believes_new_ = true;      // Until a row was there that PutNew wrote.
  Head head_;                     // What whoever commits has seen.
  Head safe_;                     // The last that PostgreSQL has acknowledged to this server.
  std::set<uint32_t> catalogue_;  // Tenants that are in the catalogue; 0 always.
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_WRITER_H_
