#include "storage/postgres/writer.h"

#include <cassert>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/commit_plan.h"
#include "storage/postgres/reads.h"
#include "storage/postgres/schema.h"

namespace halfterm::storage::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kTries = 20;
// Rows that are worth a statement before their commit.
constexpr size_t kAheadAtOnce = 64;
constexpr char kNothingWritten[] =
    " Nothing was written and nothing is lost: tablets keep their work and send it again.";

// A commit's mark tells it from every other that could have its number. Nobody has to guess it.
uint64_t NewMark() {
  std::random_device device;
  return (uint64_t{device()} << 32 | device()) & ~Head::kAlone;
}

// Parameters of what is asked about the head.
struct HeadCall {
  const std::string zero = Int8(kNoTenant), heads = Int2(kHeads), none;
  Call Of(Statement statement) const { return {statement, {zero, heads, none}}; }
};

std::optional<Head> HeadIn(const Result& result) {
  return result.rows() == 1 ? HeadFrom(result.Text(0, 0)) : std::nullopt;
}

}  // namespace

Writer::Writer(const PostgresEngineOptions& options, Latch& latch)
    : options_(options),
      latch_(latch),
      own_mark_(NewMark() | Head::kAlone),
      sessions_(options_, latch) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(const PostgresEngineOptions& options,
                                                     Latch& latch) {
  std::unique_ptr<Writer> writer(new Writer(options, latch));
  if (absl::Status begun = writer->Take(writer->sessions_.First()); !begun.ok()) return begun;
  Connection& connection = *writer->connection_;
  if (absl::Status made = BringUpToDate(connection, options.may_create); !made.ok()) return made;
  if (absl::Status prepared = connection.Prepare(); !prepared.ok()) return prepared;

  const HeadCall head;
  const std::string first = BytesOf(Head());
  const Call calls[] = {{Statement::kAdd, {head.zero, head.heads, head.none, first}},
                        head.Of(Statement::kGet)};
  const Answer read = connection.Run({}, calls);
  if (!read.ok()) return read.AsStatus("opening the store");
  const std::optional<Head> found = HeadIn(read.results.back());
  if (!found) return absl::DataLossError("The head of the store in PostgreSQL cannot be read.");
  writer->head_ = *found;
  const absl::StatusOr<std::vector<uint32_t>> tenants = TenantsIn(connection);
  if (!tenants.ok()) return tenants.status();
  writer->catalogue_.insert(tenants->begin(), tenants->end());
  // Whoever served it alone before, or will be here with others, learns it at once.
  if (!options.is_shared || found->is_of_one_alone()) {
    const absl::Status told = writer->Commit(WriteSet(), std::nullopt);
    if (!told.ok()) return told;
  }
  return writer;
}

void Writer::LetOthersIn() {
  if (connection_ != nullptr) WriteSessions::LetOthersIn(*connection_);
}

absl::Status Writer::Locked(const Head& now) {
  if (now.commits < head_.commits || (now.commits == head_.commits && !(now == head_))) {
    Rollback();
    return WentBack();
  }
  if (now.is_of_one_alone()) {
    Rollback();
    return TakenOver();
  }
  head_ = now;
  in_turn_ = true;
  return absl::OkStatus();
}

absl::Status Writer::BeginTurn() {
  EndTurn();
  const Deadline deadline = SteadyClock::now() + options_.patience;
  const HeadCall head;
  const Call lock = head.Of(Statement::kLock);
  for (int conflicts = 0;;) {
    if (connection_ == nullptr || connection_->is_lost()) {
      const absl::Status back =
          options_.mends_turns ? Reconnect(deadline) : Take(sessions_.AtOnce());
      if (!back.ok()) return back;
    }
    Answer locked = connection_->AskAll(kNextTurn);
    if (locked.ok()) locked = connection_->Run({}, {&lock, 1});
    if (locked.ok()) {
      const std::optional<Head> now = HeadIn(locked.results.back());
      if (now) return Locked(*now);
      Rollback();
      return WentBack();
    }
    if (absl::Status judged = Judge(locked, "waiting for its turn"); !judged.ok()) return judged;
    const bool was_lost = connection_ == nullptr || connection_->is_lost();
    if (!options_.mends_turns) {
      // A connection that died with a PostgreSQL that is back since is no reason to give up.
      if (was_lost && ++conflicts == 1) continue;
      return locked.AsStatus("waiting for its turn");
    }
    if (was_lost ? SteadyClock::now() >= deadline : ++conflicts == kTries) return PutOff(was_lost);
  }
}

void Writer::EndTurn() {
  if (in_turn_ || ahead_) Rollback();
}

bool Writer::HasTurn() { return in_turn_ && connection_->Ask("select 1").ok(); }

// A commit can be seen without being safe: PostgreSQL shows what it has on its own disk when it has
// crashed, or the session was ended, while the commit waited for a standby. So whoever answers from
// what it sees has a commit of its own acknowledged first.
absl::Status Writer::MakeSure() {
  if (head_ == safe_) return absl::OkStatus();
  const absl::Status lost =
      absl::AbortedError(absl::StrCat("A turn was lost with its connection.", kNothingWritten));
  if (!in_turn_) return lost;
  const HeadCall head;
  const std::string bytes = BytesOf(head_);
  const Call touch{Statement::kReplace, {head.zero, head.heads, head.none, bytes, bytes}};
  const Answer touched = connection_->Run({}, {&touch, 1}, "commit");
  if (!touched.ok()) {
    const absl::Status judged = Judge(touched, "making sure of what others committed");
    return judged.ok() ? lost : judged;
  }
  in_turn_ = false;
  safe_ = head_;
  return absl::OkStatus();
}

Head Writer::Next() const {
  return {head_.commits + 1, options_.is_shared ? NewMark() : own_mark_};
}

void Writer::WriteAhead(const WriteSet& writes) {
  if (connection_ == nullptr || connection_->is_lost()) return;
  const size_t done = ahead_ ? ahead_->writes : 0;
  // A small set leaves in one piece, when it is committed.
  if (writes.Count() - done < kAheadAtOnce) return connection_->SendAhead({}, {});
  const HeadCall head;
  const std::string old_bytes = BytesOf(head_);
  std::string next_bytes;
  RowsOnTheirWay rows;
  std::vector<Call> calls;
  const bool begins = !ahead_;
  if (begins) {
    ahead_.emplace(Ahead{Next(), in_turn_, 0, {}});
    next_bytes = BytesOf(ahead_->next);
    calls.push_back(
        {Statement::kReplace, {head.zero, head.heads, head.none, next_bytes, old_bytes}});
  }
  rows.Add(writes, done, believes_new_, catalogue_, ahead_->tenants, calls);
  connection_->SendAhead(begins && !in_turn_ ? "begin" : "", calls);
  ahead_->writes = writes.Count();
}

absl::Status Writer::Commit(const WriteSet& writes, std::optional<absl::string_view> news,
                            const SharedEngine::Agree& agree) {
  assert(!ahead_ || ahead_->writes <= writes.Count());
  Committing committing{writes, ahead_ ? ahead_->next : Next(), news, agree};
  const absl::Status done = CommitUntilKnown(committing);
  if (done.ok() || !committing.stands) return done;
  return latch_.Fail(absl::UnavailableError(
      absl::StrCat("What goes before a commit was done, and the commit was not: ", done.message(),
                   " The next start settles it.")));
}

absl::Status Writer::CommitUntilKnown(Committing& committing) {
  const bool was_turn = in_turn_;
  const Deadline deadline = SteadyClock::now() + options_.patience;
  for (int conflicts = 0;;) {
    if (connection_ == nullptr || connection_->is_lost()) {
      in_turn_ = false;
      ahead_.reset();
    }
    if (was_turn && !in_turn_ && !options_.mends_turns) {
      return absl::AbortedError(
          absl::StrCat("A turn was lost with its connection.", kNothingWritten));
    }
    if (connection_ == nullptr || connection_->is_lost()) {
      if (absl::Status back = Reconnect(deadline); !back.ok()) return back;
    }
    Fate fate = Fate::kNotCommitted;
    if (absl::Status done = Try(committing, fate); !done.ok()) return done;
    const bool was_lost = connection_ == nullptr || connection_->is_lost();
    if (fate == Fate::kUnknown) {
      if (absl::Status proven = Prove(committing.next, deadline, fate); !proven.ok()) return proven;
    }
    if (fate == Fate::kCommitted) {
      believes_new_ = true;
      head_ = safe_ = committing.next;
      return absl::OkStatus();
    }
    if (was_lost ? SteadyClock::now() >= deadline : ++conflicts == kTries) return PutOff(was_lost);
  }
}

absl::Status Writer::Try(Committing& committing, Fate& fate) {
  fate = Fate::kNotCommitted;
  const Head& next = committing.next;
  const HeadCall head;
  const std::string news_rows = Int2(kNews);
  const std::string old_bytes = BytesOf(head_), next_bytes = BytesOf(next);
  const std::string number = Int8(static_cast<int64_t>(next.commits));
  const std::string mark = Int8(static_cast<int64_t>(next.mark));
  const std::string said = committing.news ? absl::StrCat(mark, kSaid, *committing.news) : mark;
  const bool has_turn = ahead_ ? ahead_->has_turn : in_turn_;
  const std::string begin = ahead_ || in_turn_ ? "" : "begin";
  const size_t done = ahead_ ? ahead_->writes : 0;
  std::set<uint32_t> tenants = ahead_ ? ahead_->tenants : std::set<uint32_t>();
  RowsOnTheirWay rows;
  std::vector<Call> calls;
  if (!ahead_) {
    calls.push_back(
        {Statement::kReplace, {head.zero, head.heads, head.none, next_bytes, old_bytes}});
  }
  ahead_.reset();
  calls.push_back({Statement::kAdd, {head.zero, news_rows, number, said}});
  const std::string too_old = Int8(static_cast<int64_t>(next.commits - kKeptNews));
  if (next.commits > kKeptNews) {
    calls.push_back({Statement::kDelete, {head.zero, news_rows, too_old}});
  }
  rows.Add(committing.writes, done, believes_new_, catalogue_, tenants, calls);

  const size_t before = has_turn ? 0 : 1;  // Results that come before that of the head.
  const Answer written =
      connection_->Run(begin, calls, absl::StrCat("notify ", kChannel, ", '", next.commits, "'"));
  if (!written.ok()) return Judge(written, "writing");
  if (written.results[before].Changed() != 1) return NotWhereItWas();
  in_turn_ = true;
  if (committing.agree && !committing.stands) {
    const absl::StatusOr<bool> stands = committing.agree();
    if (!stands.ok()) {
      Rollback();
      return stands.status();
    }
    committing.stands = *stands;
  }
  in_turn_ = false;
  const Answer committed = connection_->Run("commit", {});
  if (committed.lost) {
    fate = Fate::kUnknown;
    return absl::OkStatus();
  }
  if (!committed.ok()) return Judge(committed, "committing");
  if (committed.results.front().Tag() != "COMMIT") {
    return latch_.Fail(absl::UnavailableError("PostgreSQL took back a commit without a word."));
  }
  catalogue_.insert(tenants.begin(), tenants.end());
  fate = Fate::kCommitted;
  return absl::OkStatus();
}

absl::Status Writer::Judge(const Answer& answer, absl::string_view doing) {
  in_turn_ = in_turn_ && !answer.lost;
  if (answer.lost) return absl::OkStatus();  // Before it was asked to commit: so it did not.
  Rollback();
  const std::string& state = answer.sqlstate;
  // Serialization failure, deadlock, lock timeout.
  if (state == "40001" || state == "40P01" || state == "55P03") return absl::OkStatus();
  // A row was there that was said to be new: it is replaced when this is tried again.
  if (state == "23505" && believes_new_) {
    believes_new_ = false;
    return absl::OkStatus();
  }
  // It has become a standby: its successor is looked for.
  if (state == "25006") {
    connection_.reset();
    return absl::OkStatus();
  }
  if (absl::StartsWith(state, "53")) {  // Disk full, out of memory, too many connections.
    return absl::ResourceExhaustedError(
        absl::StrCat(answer.AsStatus(doing).message(), kNothingWritten,
                     " Give PostgreSQL more room; no restart is needed."));
  }
  return latch_.Fail(
      absl::UnavailableError(absl::StrCat(answer.AsStatus(doing).message(),
                                          " Nothing can be committed until this process "
                                          "is started again; what was acknowledged is safe.")));
}

absl::Status Writer::Prove(const Head& next, Deadline deadline, Fate& fate) {
  const HeadCall head;
  const std::string news_rows = Int2(kNews), number = Int8(static_cast<int64_t>(next.commits));
  for (;;) {
    if (absl::Status back = Reconnect(deadline); !back.ok()) return back;
    // The lock waits for the lost transaction, if it still runs.
    const Call looks[] = {head.Of(Statement::kLock),
                          {Statement::kGet, {head.zero, news_rows, number}}};
    const Answer read = connection_->Run("begin", looks);
    if (read.lost) continue;
    if (!read.ok()) {
      if (absl::Status judged = Judge(read, "looking a commit up"); !judged.ok()) {
        return Undecided(judged);
      }
      connection_.reset();
      continue;
    }
    const std::optional<Head> now = HeadIn(read.results[1]);
    if (now && *now == head_) {
      Rollback();
      fate = Fate::kNotCommitted;
      return absl::OkStatus();
    }
    if (!now || now->commits <= head_.commits) {
      Rollback();
      return WentBack();
    }
    // Somebody has committed under the number that ours was to have. Who, the mark says.
    const Result& said = read.results[2];
    if (said.rows() != 1) {
      Rollback();
      return Undecided(absl::UnavailableError("Other servers have gone on too far since."));
    }
    if (!absl::StartsWith(said.Text(0, 0), Int8(static_cast<int64_t>(next.mark)))) {
      return NotWhereItWas();
    }
    // It is there. A commit of our own after it is acknowledged only when the first is as safe as
    // `synchronous_commit` asks: standbys may not have had it when the connection broke.
    const std::string bytes = BytesOf(*now);
    const Call touch{Statement::kReplace, {head.zero, head.heads, head.none, bytes, bytes}};
    const Answer touched = connection_->Run({}, {&touch, 1}, "commit");
    if (touched.lost) continue;
    if (!touched.ok()) {
      if (absl::Status judged = Judge(touched, "looking a commit up"); !judged.ok()) {
        return Undecided(judged);
      }
      continue;
    }
    fate = Fate::kCommitted;
    return absl::OkStatus();
  }
}

absl::Status Writer::Undecided(const absl::Status& why) {
  return latch_.Fail(absl::UnavailableError(absl::StrCat(
      "Whether a commit was made shows when this process is started again. ", why.message())));
}

absl::Status Writer::NotWhereItWas() {
  Rollback();
  const HeadCall head;
  const Call get = head.Of(Statement::kGet);
  const Answer read = connection_->Run({}, {&get, 1});
  const std::optional<Head> now = read.ok() ? HeadIn(read.results.front()) : std::nullopt;
  if (read.ok() && (!now || now->commits <= head_.commits)) return WentBack();
  if (!options_.is_shared || (now && now->is_of_one_alone())) return TakenOver();
  return absl::AbortedError(
      absl::StrCat("Another halftermd has written to the database ", connection_->place(),
                   " since this one read what it decided on.", kNothingWritten));
}

absl::Status Writer::WentBack() {
  return latch_.Fail(absl::UnavailableError(absl::StrCat(
      "The database at ", PlaceOf(options_.conninfo),
      " no longer holds what was committed to it: ", "it stands before commit ", head_.commits,
      ", or at another one of that number. Was it restored, or did a standby take over that had "
      "not "
      "received everything? Do not let tablets delete what they have; see docs/operating.md.")));
}

absl::Status Writer::TakenOver() {
  return latch_.Fail(absl::AbortedError(
      absl::StrCat("Another halftermd has taken over the database ", PlaceOf(options_.conninfo),
                   ". Nothing was written, and nothing more will be from here.")));
}

absl::Status Writer::PutOff(bool was_lost) {
  return latch_.Fail(absl::UnavailableError(absl::StrCat(
      "PostgreSQL put a commit off until our patience ended: it ",
      was_lost ? "lost every connection." : "met conflicts again and again.", kNothingWritten)));
}

void Writer::Rollback() {
  in_turn_ = false;
  // A failure of what was sent ahead would take the rest of its pipeline with it.
  if (ahead_ && connection_ != nullptr) connection_->Run({}, {});
  ahead_.reset();
  if (connection_ != nullptr && !connection_->is_lost()) connection_->Ask("rollback");
}

absl::Status Writer::Take(absl::StatusOr<std::unique_ptr<Connection>> session) {
  if (session.ok()) connection_ = *std::move(session);
  return session.status();
}

absl::Status Writer::Reconnect(Deadline deadline) {
  in_turn_ = false;
  connection_.reset();
  return Take(sessions_.Before(deadline));
}

}  // namespace halfterm::storage::postgres
