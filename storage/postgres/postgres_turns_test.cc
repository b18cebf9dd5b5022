// Several servers write one store, each in its turn: none builds on what it has not seen, none
// hands out a snapshot before it has heard what is in it, and a turn that was lost with its
// connection writes nothing where another server was quicker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/keys.h"
#include "storage/postgres/postgres_engine.h"
#include "tests/support/await.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"

namespace halfterm::storage {
namespace {

using testing::ComesTrue;
using testing::CuttingProxy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::OwnPostgres;
using testing::PutOf;
using testing::ValueOf;

const std::string kKey = EpochKey();

// One server, and what it heard of the others.
class Server {
 public:
  explicit Server(const std::string& conninfo, std::chrono::milliseconds look_every) {
    PostgresEngineOptions options = testing::PatientOptions(conninfo);
    options.is_shared = true;
    options.look_every = look_every;
    engine_ = testing::OpenedPostgres(options);
    const absl::Status follows = engine_->Follow([this](const News& news, const Snapshot& view) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!error_.ok()) return error_;
      if (news.is_all_new) ++all_new_;
      heard_.insert(heard_.end(), news.said.begin(), news.said.end());
      value_ = ValueOf(view.Get(Family::kMeta, kKey));
      return absl::OkStatus();
    });
    EXPECT_TRUE(follows.ok()) << follows;
  }

  SharedEngine& operator*() { return *engine_; }
  SharedEngine* operator->() { return engine_.get(); }

  // A turn that puts the value and says it.
  absl::Status Put(const std::string& value) {
    if (const auto begun = engine_->BeginTurn(); !begun.ok()) return begun.status();
    return PutInTurn(value);
  }
  absl::Status PutInTurn(const std::string& value) {
    return engine_->CommitTurn(PutOf(Family::kMeta, {{kKey, value}}), value,
                               [this, value] { Published(value); });
  }
  void FailToHeed(absl::Status error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    error_ = std::move(error);
  }

  std::vector<std::string> heard() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return heard_;
  }
  int all_new() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return all_new_;
  }
  // What it holds in memory.
  std::string value() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  void Published(const std::string& value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    value_ = value;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  int all_new_ = 0;
  std::string value_;
  absl::Status error_;
  std::unique_ptr<SharedEngine> engine_;  // Last: it calls all of the above.
};

class PostgresTurnsTest : public ::testing::Test {
 protected:
  // Looks by itself so seldom that nothing here comes from that.
  static constexpr std::chrono::hours kSeldom{1};

  std::string Run(const std::string& sql) const { return postgres_.Run(conninfo_, sql); }
  PostgresEngineOptions SharedOptions() const {
    PostgresEngineOptions options = testing::PatientOptions(conninfo_);
    options.is_shared = true;
    return options;
  }
  // How many sessions wait for a lock.
  bool SomebodyWaits() const {
    return Run("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and "
               "datname = current_database()") != "0";
  }
  void CutWhere(const std::string& condition) const {
    Run("select pg_terminate_backend(pid) from pg_stat_activity where datname = "
        "current_database() and pid <> pg_backend_pid() and " +
        condition);
  }

  OwnPostgres& postgres_ = OwnPostgres::Shared();
  const std::string conninfo_ = postgres_.NewDatabase();
};

TEST_F(PostgresTurnsTest, EachBuildsOnWhatTheOtherLeft) {
  constexpr int kTurns = 60;
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("0").ok());
  const auto count = [](Server& server) {
    for (int i = 0; i < kTurns; ++i) {
      ASSERT_TRUE(server->BeginTurn().ok());
      const std::string before = ValueOf(server->Get(Family::kMeta, kKey));
      EXPECT_EQ(server.value(), before) << "what it holds in memory is not what is there";
      ASSERT_TRUE(server.PutInTurn(std::to_string(std::stoi(before) + 1)).ok());
    }
  };
  std::thread other([&] { count(b); });
  count(a);
  other.join();
  EXPECT_EQ(ValueOf(a->Get(Family::kMeta, kKey)), std::to_string(2 * kTurns));
}

TEST_F(PostgresTurnsTest, ASnapshotIsNeverNewerThanWhatItsServerHasHeard) {
  constexpr int kCommits = 200;
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("0").ok());
  std::atomic<bool> is_over{false};
  // Own commits and those of others: whichever is in a snapshot is in memory when that is handed
  // out.
  const auto read = [&](Server& server) {
    while (!is_over) {
      const auto snapshot = server->NewSnapshot();
      const int seen = std::stoi(ValueOf(snapshot->Get(Family::kMeta, kKey)));
      const int held = std::stoi(server.value());
      if (held < seen) {
        ADD_FAILURE() << "memory holds " << held << ", the snapshot " << seen;
        return;
      }
    }
  };
  std::thread reader_a([&] { read(a); }), reader_b([&] { read(b); });
  for (int i = 1; i <= kCommits; ++i) ASSERT_TRUE((i % 3 == 0 ? b : a).Put(std::to_string(i)).ok());
  is_over = true;
  reader_a.join();
  reader_b.join();
}

TEST_F(PostgresTurnsTest, NewsComesOnceInOrderAndToTheOthersOnly) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  for (const char* const value : {"1", "2", "3"}) ASSERT_TRUE(a.Put(value).ok());
  b->NewSnapshot();
  b->NewSnapshot();
  EXPECT_THAT(b.heard(), ElementsAre("1", "2", "3"));
  EXPECT_THAT(a.heard(), IsEmpty());
  ASSERT_TRUE(b.Put("4").ok());
  for (const bool others_wrote : {true, false}) {
    const absl::StatusOr<bool> begun = a->BeginTurn();
    ASSERT_TRUE(begun.ok()) << begun.status();
    EXPECT_EQ(*begun, others_wrote);
    EXPECT_THAT(a.heard(), ElementsAre("4")) << "before the turn begins";
    a->EndTurn();
  }
}

TEST_F(PostgresTurnsTest, WhoeverCannotHeedIsHandedNothing) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  b.FailToHeed(absl::DataLossError("cannot be read"));
  ASSERT_TRUE(a.Put("1").ok());
  EXPECT_TRUE(absl::IsDataLoss(b->NewSnapshot()->Get(Family::kMeta, kKey).status()));
  EXPECT_TRUE(absl::IsDataLoss(b->BeginTurn().status()));
  EXPECT_TRUE(a.Put("2").ok()) << "it kept the turn";
  b.FailToHeed(absl::OkStatus());
  EXPECT_EQ(ValueOf(b->NewSnapshot()->Get(Family::kMeta, kKey)), "2");
  EXPECT_THAT(b.heard(), ElementsAre("1", "2"));
}

TEST_F(PostgresTurnsTest, WhereNewsIsNotThereEverythingIsNew) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_EQ(b.all_new(), 1) << "the first look";
  ASSERT_TRUE(a.Put("1").ok());
  b->NewSnapshot();
  ASSERT_EQ(b.all_new(), 1);
  // Two commits of which nobody is notified, and the news of the first is not kept any more.
  Run("update halfterm_row set value = set_byte(value, 7, get_byte(value, 7) + 2) where family = "
      "100");
  Run("insert into halfterm_row select 0, 102, substring(value for 8), substring(value from 9) || "
      "'\\x6e' from halfterm_row where family = 100");
  b->NewSnapshot();
  EXPECT_EQ(b.all_new(), 2) << "it is not kept any more";
  ASSERT_TRUE(a->BeginTurn().ok());
  a->EndTurn();
  ASSERT_TRUE(a->Commit(PutOf(Family::kMeta, {{kKey, "3"}})).ok()) << "as one that starts";
  b->NewSnapshot();
  EXPECT_EQ(b.all_new(), 3) << "it was not said";
  EXPECT_EQ(b.value(), "3");
}

TEST_F(PostgresTurnsTest, AServerThatReadsNothingHearsAtOnce) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(ComesTrue([&] {
    return Run("select count(*) from pg_stat_activity where query = 'listen halfterm' and "
               "state = 'idle' and datname = current_database()") == "2";
  }));
  ASSERT_TRUE(a.Put("1").ok());
  EXPECT_TRUE(ComesTrue([&] { return b.heard().size() == 1; }));
}

TEST_F(PostgresTurnsTest, AServerWhoseNoticesAreCutHearsAllTheSame) {
  Server a(conninfo_, kSeldom), b(conninfo_, std::chrono::milliseconds(20));
  for (int i = 1; i <= 5; ++i) {
    CutWhere("query = 'listen halfterm'");
    ASSERT_TRUE(a.Put(std::to_string(i)).ok());
    EXPECT_TRUE(ComesTrue([&] { return b.heard().size() == static_cast<size_t>(i); }));
  }
}

TEST_F(PostgresTurnsTest, ATurnThatWasCutIsCommittedUnlessAnotherWasQuicker) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a->BeginTurn().ok());
  CutWhere("state = 'idle in transaction'");
  EXPECT_TRUE(a.PutInTurn("1").ok());

  ASSERT_TRUE(a->BeginTurn().ok());
  CutWhere("state = 'idle in transaction'");
  ASSERT_TRUE(b.Put("2").ok());
  const absl::Status late = a.PutInTurn("late");
  EXPECT_TRUE(absl::IsAborted(late)) << late;
  EXPECT_EQ(ValueOf(a->Get(Family::kMeta, kKey)), "2");
  EXPECT_FALSE(a->Stats().failed) << "it decides anew";
  ASSERT_TRUE(a->BeginTurn().ok());
  EXPECT_EQ(a.value(), "2");
  EXPECT_TRUE(a.PutInTurn("3").ok());
  EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "3");
}

// It meets the head itself, without a notice or a snapshot that would have told it before.
TEST_F(PostgresTurnsTest, ATurnThatFindsAnotherHeadThanItsOwnHistorysWritesNothing) {
  const struct {
    const char* what;
    const char* head;
    absl::StatusCode code;
    const char* why;
  } cases[] = {
      {"as it was", "value", absl::StatusCode::kOk, ""},
      {"a server alone has gone on",
       "set_byte(substring(value for 8), 7, get_byte(value, 7) + 1) || '\\xffffffffffffffff'",
       absl::StatusCode::kAborted, "has taken over"},
      {"another commit of that number", "substring(value for 8) || '\\x000000000000000a'",
       absl::StatusCode::kUnavailable, "no longer holds"},
      {"a commit is missing", "set_byte(value, 7, get_byte(value, 7) - 1)",
       absl::StatusCode::kUnavailable, "no longer holds"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
    // Its first look for what it may have missed is over when it has heard of this.
    ASSERT_TRUE(b.Put("1").ok());
    ASSERT_TRUE(ComesTrue([&] { return a.heard().size() == 1; }));
    ASSERT_TRUE(a->BeginTurn().ok());
    a->EndTurn();
    const std::string head = "select encode(value, 'hex') from halfterm_row where family = 100";
    const std::string own = Run(head);
    const auto set = [this](const std::string& value) {
      Run("update halfterm_row set value = " + value + " where family = 100");
    };
    set(c.head);
    const std::string before = Run(head);
    const absl::Status put = a.Put("late");
    EXPECT_EQ(put.code(), c.code) << put;
    EXPECT_THAT(std::string(put.message()), HasSubstr(c.why));
    EXPECT_EQ(a->Stats().failed, !put.ok());
    EXPECT_EQ(Run(head) == before, !put.ok());
    if (!put.ok()) set("decode('" + own + "', 'hex')");
  }
}

// Two turns at once: the one that was begun is not over when the process that has it is gone, but
// its connection is.
TEST_F(PostgresTurnsTest, WhoeverWaitsHasItsTurnWhenTheOtherIsGone) {
  Server b(conninfo_, kSeldom);
  std::optional<Server> a(std::in_place, conninfo_, kSeldom);
  ASSERT_TRUE((*a)->BeginTurn().ok());
  std::thread waiting([&] { EXPECT_TRUE(b.Put("1").ok()); });
  EXPECT_TRUE(ComesTrue([&] { return SomebodyWaits(); }));
  EXPECT_THAT(b.heard(), IsEmpty());
  a.reset();
  waiting.join();
  EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "1");
}

// Its number is no longer the store's when it is looked up; its mark says that it was made.
TEST_F(PostgresTurnsTest, ALostAnswerIsFoundBehindWhatOthersCommittedSince) {
  CuttingProxy proxy(postgres_.folder());
  Server a(OwnPostgres::Through(proxy.folder(), conninfo_), kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("0").ok());
  // A COMMIT is sent in five messages, of which the first has the word, and is carried out at the
  // fourth. Other connections of the same server may speak at any time.
  const std::string word("\0commit\0", 8);
  const struct {
    const char* what;
    uint64_t message;
    CuttingProxy::Cut cut;
    bool is_made;
  } cases[] = {{"made", 4, CuttingProxy::Cut::kAfter, true},
               {"not made", 3, CuttingProxy::Cut::kBefore, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    ASSERT_TRUE(a->BeginTurn().ok());
    std::thread waiting([&] { EXPECT_TRUE(b.Put("others").ok()); });
    ASSERT_TRUE(ComesTrue([&] { return SomebodyWaits(); }));
    proxy.CutAfterText(word, c.message, c.cut);
    const absl::Status committed = a.PutInTurn(c.what);
    waiting.join();
    ASSERT_TRUE(proxy.has_cut());
    // One that was not made is made now, if the other has not been quicker after all.
    EXPECT_TRUE(committed.ok() || (!c.is_made && absl::IsAborted(committed))) << committed;
    b->NewSnapshot();
    const std::vector<std::string> heard = b.heard();
    EXPECT_EQ(std::count(heard.begin(), heard.end(), c.what), committed.ok() ? 1 : 0);
    EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "others");
  }
  EXPECT_FALSE(a->Stats().failed);
}

TEST_F(PostgresTurnsTest, AnotherHistoryOfTheSameLengthIsNotFollowed) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("1").ok());
  b->NewSnapshot();
  Run("update halfterm_row set value = '\\x1111111111111111' where family = 102");
  ASSERT_TRUE(a.Put("2").ok());
  const absl::Status refused = b->NewSnapshot()->Get(Family::kMeta, kKey).status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("does not hold the history"));
  EXPECT_TRUE(b->Stats().failed);
}

TEST_F(PostgresTurnsTest, OthersWaitUntilAServerHasStarted) {
  Server a(conninfo_, kSeldom);
  auto starting = OpenPostgresEngine(SharedOptions());
  ASSERT_TRUE(starting.ok()) << starting.status();
  std::thread waiting([&] { EXPECT_TRUE(a.Put("3").ok()); });
  EXPECT_TRUE(ComesTrue([&] { return SomebodyWaits(); }));
  for (const char* const value : {"1", "2"}) {
    EXPECT_TRUE((*starting)->Commit(PutOf(Family::kMeta, {{kKey, value}})).ok());
    EXPECT_EQ(ValueOf((*starting)->Get(Family::kMeta, kKey)), value);
  }
  ASSERT_TRUE(
      (*starting)->Follow([](const News&, const Snapshot&) { return absl::OkStatus(); }).ok());
  waiting.join();
  EXPECT_EQ(ValueOf((*starting)->Get(Family::kMeta, kKey)), "3");
  EXPECT_GE(a.all_new(), 2) << "it has seen what the start wrote";
}

TEST_F(PostgresTurnsTest, TwoServersDoNotStartAtOnce) {
  auto starting = OpenPostgresEngine(SharedOptions());
  ASSERT_TRUE(starting.ok()) << starting.status();
  PostgresEngineOptions options = SharedOptions();
  options.wait_for_others = std::chrono::milliseconds(50);
  const absl::Status refused = OpenPostgresEngine(options).status();
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has been starting"));
}

TEST_F(PostgresTurnsTest, AServerThatIsStartingIsToldWhenOthersWroteAllTheSame) {
  Server a(conninfo_, kSeldom);
  auto starting = OpenPostgresEngine(SharedOptions());
  ASSERT_TRUE(starting.ok()) << starting.status();
  // Its connection is lost, and so it keeps nobody out any more.
  CutWhere(
      "pid = (select pid from pg_locks where locktype = 'advisory' and mode = "
      "'ExclusiveLock' and database = (select oid from pg_database where datname = "
      "current_database()))");
  ASSERT_TRUE(a.Put("1").ok());
  EXPECT_TRUE(absl::IsAborted((*starting)->Commit(PutOf(Family::kMeta, {{kKey, "2"}}))));
  EXPECT_EQ(a.value(), "1");
}

TEST_F(PostgresTurnsTest, AServerThatIsAloneAndThoseThatShareAreNotSideBySide) {
  PostgresEngineOptions alone;
  alone.conninfo = conninfo_;
  alone.wait_for_others = std::chrono::milliseconds(50);
  {
    Server a(conninfo_, kSeldom);
    const absl::Status refused = OpenPostgresEngine(alone).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("--ledger"));
  }
  alone.wait_for_others = std::chrono::minutes(2);  // PostgreSQL notices a departure late.
  auto one = OpenPostgresEngine(alone);
  ASSERT_TRUE(one.ok()) << one.status();
  PostgresEngineOptions shared = SharedOptions();
  shared.wait_for_others = std::chrono::milliseconds(50);
  const absl::Status refused = OpenPostgresEngine(shared).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--ledger"));
}

// Locks are courtesies: with --take-over nobody waits for them.
TEST_F(PostgresTurnsTest, WhoeverShareAStoreThatOneServerTookLeaveIt) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("1").ok());
  PostgresEngineOptions options;
  options.conninfo = conninfo_;
  options.take_over = true;
  auto taken = OpenPostgresEngine(options);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_TRUE(absl::IsAborted(a.Put("late")));
  EXPECT_TRUE(absl::IsAborted(b->NewSnapshot()->Get(Family::kMeta, kKey).status()));
  EXPECT_TRUE(a->Stats().failed);
  EXPECT_TRUE(b->Stats().failed);
  EXPECT_EQ(ValueOf((*taken)->Get(Family::kMeta, kKey)), "1");
}

// What goes before a commit is done in the turn, or not at all.
TEST_F(PostgresTurnsTest, NothingIsCommittedBeforeItIsAgreedTo) {
  Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
  ASSERT_TRUE(a.Put("1").ok());
  const auto commit = [&](const std::string& value, const SharedEngine::Agree& agree) {
    EXPECT_TRUE(a->BeginTurn().ok());
    return a->CommitTurn(
        PutOf(Family::kMeta, {{kKey, value}}), "", [] {}, agree);
  };
  const absl::Status refused = commit("no", [&]() -> absl::StatusOr<bool> {
    EXPECT_TRUE(a->HasTurn());
    return absl::UnavailableError("not now");
  });
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_FALSE(a->HasTurn());
  EXPECT_FALSE(a->Stats().failed);
  EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "1");

  // What it did stands: it is not done again on another connection.
  int asked = 0;
  EXPECT_TRUE(commit("2", [&] {
                ++asked;
                CutWhere("state = 'idle in transaction'");
                EXPECT_FALSE(a->HasTurn());
                return true;
              }).ok());
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "2");
  // It has only looked: what it saw may not be so any more.
  asked = 0;
  EXPECT_TRUE(commit("3", [&] {
                if (++asked == 1) CutWhere("state = 'idle in transaction'");
                EXPECT_EQ(a->HasTurn(), asked == 2);
                return false;
              }).ok());
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "3");
}

TEST_F(PostgresTurnsTest, WhoeverDidWhatStandsAndCannotCommitLeaves) {
  for (const bool stands : {false, true}) {
    Server a(conninfo_, kSeldom), b(conninfo_, kSeldom);
    ASSERT_TRUE(a->BeginTurn().ok());
    const absl::Status late = a->CommitTurn(
        PutOf(Family::kMeta, {{kKey, "late"}}), "", [] { ADD_FAILURE() << "it was too late"; },
        [&] {
          CutWhere("state = 'idle in transaction'");
          EXPECT_TRUE(b.Put("quicker").ok());
          return stands;
        });
    EXPECT_EQ(absl::IsAborted(late), !stands) << late;
    EXPECT_EQ(a->Stats().failed, stands);
    EXPECT_EQ(ValueOf(b->Get(Family::kMeta, kKey)), "quicker");
  }
}

TEST_F(PostgresTurnsTest, WhereTurnsAreNotMendedALostOneIsOver) {
  PostgresEngineOptions options = SharedOptions();
  options.mends_turns = false;
  auto engine = OpenPostgresEngine(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  SharedEngine& a = **engine;
  ASSERT_TRUE(a.Follow([](const News&, const Snapshot&) { return absl::OkStatus(); }).ok());
  const auto put = [&](const std::string& value) {
    return a.CommitTurn(PutOf(Family::kMeta, {{kKey, value}}), "", [] {});
  };
  ASSERT_TRUE(a.BeginTurn().ok());
  ASSERT_TRUE(put("1").ok());
  ASSERT_TRUE(a.BeginTurn().ok());
  CutWhere("state = 'idle in transaction'");
  const absl::Status lost = put("2");
  EXPECT_TRUE(absl::IsAborted(lost)) << lost;
  EXPECT_FALSE(a.Stats().failed);
  ASSERT_TRUE(a.BeginTurn().ok()) << "on a new connection";
  CutWhere("state = 'idle in transaction'");
  EXPECT_FALSE(a.HasTurn());
  EXPECT_TRUE(absl::IsAborted(put("3"))) << "also where it was noticed";
  EXPECT_EQ(ValueOf(a.Get(Family::kMeta, kKey)), "1");
}

// A head of the first schema says who writes, then how far the store has come.
TEST_F(PostgresTurnsTest, AStoreOfTheFirstSchemaGoesOnFromItsHead) {
  { Server(conninfo_, kSeldom).Put("1").IgnoreError(); }
  Run("delete from halfterm_schema where version = 2;"
      "delete from halfterm_row where family = 102;"
      "update halfterm_row set value = '\\x00000000000000050000000000000063' where family = 100;"
      "insert into halfterm_row values (7, 100, '', '\\x00000000000000050000000000000009')");
  Server again(conninfo_, kSeldom);
  EXPECT_EQ(again.value(), "1");
  ASSERT_TRUE(again.Put("2").ok());
  EXPECT_EQ(Run("select string_agg(encode(substring(value for 8), 'hex'), ' ') from halfterm_row "
                "where family = 100"),
            "0000000000000064");
}

}  // namespace
}  // namespace halfterm::storage
