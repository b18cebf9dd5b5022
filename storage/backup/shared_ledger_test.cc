// Several servers share a store and its ledger, both in PostgreSQL: their steps are one order,
// whoever dies between the two, and whichever of the two databases is put back or away.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/backup/copy_ledger.h"
#include "storage/backup/fill_ledger.h"
#include "storage/backup/history.h"
#include "storage/backup/ledger.h"
#include "storage/backup/replay.h"
#include "storage/commit/commit_batch.h"
#include "storage/commit/ledger_step.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/postgres/which_database.h"
#include "tests/support/await.h"
#include "tests/support/fake_clock.h"
#include "tests/support/ledger_rows.h"
#include "tests/support/memory_engine.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using testing::ComesTrue;
using ::testing::HasSubstr;
using testing::OwnPostgres;

constexpr Tenant kSchool(1);

std::string SessionName() {
  core::Id16 id;
  id.bytes[15] = 7;
  return SessionKey(kSchool, id);
}

std::unique_ptr<SharedEngine> Opened(const std::string& conninfo, bool mends_turns) {
  PostgresEngineOptions options = testing::PatientOptions(conninfo);
  options.is_shared = true;
  options.mends_turns = mends_turns;
  options.look_every = std::chrono::hours(1);
  return testing::OpenedPostgres(options);
}

// One server, from its start to its end.
class Server {
 public:
  Server(const std::string& rows, const std::string& beside, std::mt19937_64& random,
         const testing::FakeClock& clock)
      : random_(random), store(Opened(rows, true)), ledger_engine(Opened(beside, false)) {
    auto opened = Ledger::Open(*ledger_engine);
    EXPECT_TRUE(opened.ok()) << opened.status();
    ledger = *std::move(opened);
    history = OpenHistory(*store, *ledger, secrets_, clock, Random());
    EXPECT_TRUE(history.ok()) << history.status();
    if (!history.ok()) return;
    EXPECT_TRUE(directories_.Load(*store).ok());
    context_.reset(new BatchContext{*store, clock, directories_, sessions_, changes_, secrets_,
                                    history->epochs, Random(), ledger.get()});
    if (history->needs_replay) {
      const auto replayed = Replay(*context_, *ledger);
      EXPECT_TRUE(replayed.ok()) << replayed.status();
    }
    if (history->needs_filling) {
      const auto filled = FillLedger(*store, *ledger);
      EXPECT_TRUE(filled.ok()) << filled.status();
    }
    const absl::Status follows =
        store->Follow([](const News&, const Snapshot&) { return absl::OkStatus(); });
    EXPECT_TRUE(follows.ok()) << follows;
  }

  // As the committer does it.
  absl::Status Commit(const std::function<void(Batch&)>& fill) {
    if (const auto begun = store->BeginTurn(); !begun.ok()) return begun.status();
    Batch batch(*context_, rollups_);
    fill(batch);
    const absl::Status done = CommitBatch(*context_, batch);
    store->EndTurn();
    return done;
  }
  // A group of the school.
  absl::Status Work() {
    return Commit([](Batch& batch) { EXPECT_TRUE(batch.NextSeq(kSchool).ok()); });
  }
  // One that the server decides with a dot of its own, and that nothing else must remember.
  absl::Status WorkWithADot() {
    return Commit([](Batch& batch) {
      EXPECT_TRUE(batch.NextSeq(kSchool).ok());
      EXPECT_TRUE(batch.ServerDot(kSchool).ok());
    });
  }
  // A decision: a row that no restore may take back.
  absl::Status Decide(const std::string& value) {
    return Commit([&](Batch& batch) { Fill(batch, value); });
  }
  // Takes the step of that decision and dies before it commits it.
  void DecideAndDie(const std::string& value) {
    ASSERT_TRUE(store->BeginTurn().ok());
    Batch batch(*context_, rollups_);
    Fill(batch, value);
    ASSERT_TRUE(batch.Settle().ok());
    const auto step = NextLedgerStep(batch);
    const auto writes = batch.ForLedger();
    ASSERT_TRUE(step.ok() && writes.ok());
    const absl::Status taken =
        ledger->TakeStep(*writes, *step, [this] { return store->HasTurn(); });
    ASSERT_TRUE(taken.ok()) << taken;
    store->EndTurn();
    batch.Forget();
  }

  std::string Row() const {
    const auto row = store->Get(Family::kState, SessionName());
    return row.ok() ? *row : "";
  }
  std::string KeptRow() const { return testing::KeptValue(*ledger); }
  disk::HeadRow Head() const { return testing::HeadOf(*store, kSchool); }
  uint64_t StoresStep() const {
    const auto facts = ReadStore(*store);
    return facts.ok() ? facts->step : 0;
  }
  uint64_t LedgersStep() const {
    const auto facts = ReadLedger(*ledger_engine->NewSnapshot());
    return facts.ok() ? facts->step.step() : 0;
  }
  int Epochs() const { return history->epochs.row().epochs_size(); }

 private:
  void Fill(Batch& batch, const std::string& value) {
    EXPECT_TRUE(batch.NextSeq(kSchool).ok());
    EXPECT_TRUE(batch.ServerDot(kSchool).ok());
    batch.Put(Family::kState, SessionName(), value);
  }
  std::function<std::string(size_t)> Random() {
    return [this](size_t bytes) {
      std::string text(bytes, '\0');
      for (char& byte : text) byte = static_cast<char>(random_());
      return text;
    };
  }

  std::mt19937_64& random_;

 public:
  std::unique_ptr<SharedEngine> store, ledger_engine;
  std::unique_ptr<Ledger> ledger;
  absl::StatusOr<OpenedHistory> history = absl::UnavailableError("not opened");

 private:
  Secrets secrets_{std::string(32, 'k')};
  Directories directories_;
  Sessions sessions_;
  Changes changes_;
  RollupCache rollups_;
  std::unique_ptr<BatchContext> context_;
};

class SharedLedgerTest : public ::testing::Test {
 protected:
  // The first server, with a school.
  void SetUp() override {
    const auto first = Start();
    ASSERT_TRUE(testing::BeginSchool(*first->store, kSchool).ok());
  }
  std::unique_ptr<Server> Start() {
    return std::make_unique<Server>(rows_, beside_, random_, clock_);
  }
  std::string NameOf(const std::string& conninfo) {
    return postgres_.Run(conninfo, "select current_database()");
  }
  // In the cluster's own database. Whoever is connected to the one that is meant is cut off.
  void RunBeside(const std::string& sql) const {
    postgres_.Run(absl::StrCat("host=", postgres_.folder(), " user=halfterm dbname=postgres"), sql);
  }
  void CutOffFrom(const std::string& name) const {
    RunBeside("select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '" +
              name + "'");
  }

  OwnPostgres& postgres_ = OwnPostgres::Shared();
  std::string rows_ = postgres_.NewDatabase();
  std::string beside_ = postgres_.NewDatabase();
  testing::FakeClock clock_;
  std::mt19937_64 random_{testing::TestSeed()};
};

TEST_F(SharedLedgerTest, StepsOfAllServersAreOneOrder) {
  const auto a = Start(), b = Start();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(a->Decide("a" + std::to_string(i)).ok());
    ASSERT_TRUE(b->WorkWithADot().ok());
    ASSERT_TRUE(b->Decide("b" + std::to_string(i)).ok());
    ASSERT_TRUE(a->Work().ok());
  }
  EXPECT_EQ(a->StoresStep(), 8u);
  EXPECT_EQ(a->LedgersStep(), 8u);
  EXPECT_EQ(a->KeptRow(), "b3");
  EXPECT_EQ(a->Row(), "b3");
  EXPECT_EQ(a->Head().replica_n(), 12u) << "each dot was given out once";
}

TEST_F(SharedLedgerTest, AStepWhoseServerDiedIsReplayedAndNobodyStepsOverIt) {
  auto a = Start(), b = Start(), c = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  const uint64_t replica = a->Head().replica();
  a->DecideAndDie("ended");
  a.reset();
  EXPECT_EQ(b->LedgersStep(), 2u);

  // Work that gives out no dots goes on; nothing is decided over the step.
  EXPECT_TRUE(b->Work().ok());
  EXPECT_FALSE(b->Decide("over it").ok());
  EXPECT_TRUE(b->store->Stats().failed) << "it leaves";
  EXPECT_FALSE(c->WorkWithADot().ok()) << "dots of the step would be given out twice";
  EXPECT_TRUE(c->store->Stats().failed);
  EXPECT_EQ(c->LedgersStep(), 2u);
  b.reset();
  c.reset();

  b = Start();
  EXPECT_TRUE(b->history->needs_replay);
  EXPECT_EQ(b->history->restored, "");
  EXPECT_EQ(b->Epochs(), 1);
  EXPECT_EQ(b->Row(), "ended");
  EXPECT_EQ(b->StoresStep(), 2u);
  EXPECT_NE(b->Head().replica(), replica);
  c = Start();
  EXPECT_FALSE(c->history->needs_replay) << "once is enough";
  ASSERT_TRUE(c->Decide("after it").ok());
  ASSERT_TRUE(b->Decide("and after that").ok());
  EXPECT_EQ(c->Row(), "and after that");
  EXPECT_EQ(c->LedgersStep(), 4u);
}

// The connection to the rows is lost when the step is taken, and with it the turn.
TEST_F(SharedLedgerTest, WithoutItsTurnAServerTakesNoStep) {
  const auto a = Start(), b = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  ASSERT_TRUE(a->store->BeginTurn().ok());
  CutOffFrom(NameOf(rows_));
  disk::LedgerStepRow step;
  step.set_step(2);
  WriteSet writes;
  Ledger::PutStep(step, writes);
  const absl::Status late = a->ledger->TakeStep(writes, 2, [&a] { return a->store->HasTurn(); });
  EXPECT_TRUE(absl::IsAborted(late)) << late;
  EXPECT_EQ(b->LedgersStep(), 1u);
  a->store->EndTurn();
  EXPECT_TRUE(b->Decide("b").ok());
  EXPECT_TRUE(a->Decide("a").ok());
  EXPECT_EQ(b->Row(), "a");
}

TEST_F(SharedLedgerTest, ATurnAtTheLedgerThatIsLostTakesNoStep) {
  const auto a = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  // Whoever has the ledger's turn when its connection goes has nothing there, and the rows have not
  // changed either.
  ASSERT_TRUE(a->store->BeginTurn().ok());
  disk::LedgerStepRow step;
  step.set_step(2);
  WriteSet writes;
  Ledger::PutStep(step, writes);
  const absl::Status lost = a->ledger->TakeStep(writes, 2, [this] {
    CutOffFrom(NameOf(beside_));
    return true;
  });
  EXPECT_TRUE(absl::IsAborted(lost)) << lost;
  a->store->EndTurn();
  EXPECT_EQ(a->LedgersStep(), 1u);
  EXPECT_TRUE(a->Decide("again").ok());
  EXPECT_EQ(a->StoresStep(), 2u);
}

// A11, for several servers: nothing has to be taken back.
TEST_F(SharedLedgerTest, WhatTheFullDiskOfTheRowsRefusesIsNoStep) {
  const auto a = Start(), b = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  postgres_.Run(rows_,
                "create function full_disk() returns trigger language plpgsql as $$ begin "
                "raise exception using errcode = '53100'; end $$;"
                "create trigger full_disk before insert on halfterm_row for each row when "
                "(new.family < 100) execute function full_disk()");
  const absl::Status refused = a->Decide("ended");
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_EQ(a->KeptRow(), "begun");
  EXPECT_EQ(a->LedgersStep(), 1u);
  EXPECT_FALSE(a->store->Stats().failed);
  postgres_.Run(rows_, "drop function full_disk cascade");
  EXPECT_TRUE(b->Decide("by b").ok());
  EXPECT_TRUE(a->Decide("ended").ok());
  EXPECT_EQ(a->LedgersStep(), 3u);
}

TEST_F(SharedLedgerTest, WithoutTheLedgerDecisionsWaitAndPlainWorkGoesOn) {
  OwnPostgres other;
  beside_ = other.NewDatabase();
  // The rows know another ledger, which is gone: a new one is filled from them.
  const auto a = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  other.Kill();
  EXPECT_TRUE(a->Work().ok());
  const absl::Status refused = a->Decide("ended");
  EXPECT_TRUE(absl::IsUnavailable(refused) || absl::IsAborted(refused)) << refused;
  EXPECT_EQ(a->Row(), "begun");
  EXPECT_FALSE(a->WorkWithADot().ok());
  EXPECT_TRUE(a->Work().ok());
  EXPECT_FALSE(a->store->Stats().failed);
  EXPECT_FALSE(a->ledger_engine->Stats().failed);
  other.Start();
  EXPECT_TRUE(ComesTrue([&] { return a->Decide("ended").ok(); }));
  EXPECT_EQ(a->Row(), "ended");
  EXPECT_EQ(a->StoresStep(), a->LedgersStep());
}

// The rows are put back to an older copy, once while servers run and once while none does.
TEST_F(SharedLedgerTest, OlderRowsBesideTheLedgerBeginOneEpochForAllServers) {
  const std::string name = NameOf(rows_), copy = name + "_copy";
  const auto put_back = [&] {
    RunBeside("drop database " + name + " with (force)");
    RunBeside("create database " + name + " template " + copy);
  };
  auto a = Start(), b = Start();
  ASSERT_TRUE(a->Decide("begun").ok());
  a.reset();
  b.reset();
  CutOffFrom(name);
  RunBeside("create database " + copy + " template " + name);

  for (const bool while_they_run : {true, false}) {
    SCOPED_TRACE(while_they_run ? "while they run" : "while none runs");
    a = Start();
    b = Start();
    const int epochs = a->Epochs();
    ASSERT_TRUE(a->Decide("ended").ok());
    ASSERT_TRUE(b->Work().ok());
    ASSERT_TRUE(b->Decide("and gone").ok());
    if (!while_they_run) a.reset(), b.reset();
    put_back();
    if (while_they_run) {
      EXPECT_FALSE(a->Work().ok());
      EXPECT_TRUE(a->store->Stats().failed) << "it is not the history that it knew";
      a.reset();
    }
    a = Start();
    EXPECT_NE(a->history->restored, "");
    EXPECT_EQ(a->Row(), "and gone");
    EXPECT_EQ(a->Epochs(), epochs + 1);
    if (while_they_run) {
      EXPECT_FALSE(b->Decide("of the history before").ok());
      EXPECT_TRUE(b->store->Stats().failed);
    }
    b.reset();
    b = Start();
    EXPECT_EQ(b->history->restored, "") << "it begins once";
    EXPECT_EQ(b->Epochs(), a->Epochs());
    ASSERT_TRUE(b->Decide("new").ok());
    ASSERT_TRUE(a->Decide("newer").ok());
    EXPECT_EQ(a->StoresStep(), a->LedgersStep());
    EXPECT_EQ(a->KeptRow(), "newer");
    a.reset();
    b.reset();
  }
}

TEST_F(SharedLedgerTest, TheWitnessSaysWhatTheServersTogetherHaveSeen) {
  const auto a = Start(), b = Start();
  ASSERT_TRUE(a->ledger->Witness(1, {{1, 10}, {2, 3}}).ok());
  ASSERT_TRUE(b->ledger->Witness(1, {{1, 7}, {3, 4}}).ok());
  ASSERT_TRUE(a->ledger->WriteWitness().ok());
  ASSERT_TRUE(b->ledger->WriteWitness().ok());
  const auto seen = [&] {
    Heads heads;
    const auto facts = ReadLedger(*a->ledger_engine->NewSnapshot());
    for (const auto& head : facts->witness->heads()) heads[head.tenant()] = head.seq();
    return std::pair(facts->witness->epoch(), heads);
  };
  EXPECT_EQ(seen(), (std::pair<uint32_t, Heads>(1, {{1, 10}, {2, 3}, {3, 4}})));
  // A server that has not heard of an epoch does not take back what is known of that.
  ASSERT_TRUE(b->ledger->Witness(2, {{1, 2}}).ok());
  ASSERT_TRUE(b->ledger->WriteWitness().ok());
  ASSERT_TRUE(a->ledger->Witness(1, {{1, 99}}).ok());
  ASSERT_TRUE(a->ledger->WriteWitness().ok());
  EXPECT_EQ(seen(), (std::pair<uint32_t, Heads>(2, {{1, 2}})));
}

TEST_F(SharedLedgerTest, TheLedgerOfAServerThatWasAloneIsCopiedOnce) {
  testing::MemoryDisk disk;
  const auto from = testing::OpenMemoryEngine(disk);
  WriteSet writes;
  writes.Put(Family::kMeta, "i", "identity");
  writes.Put(Family::kMeta, "n", "step");
  writes.Put(Family::kState, "srow", "kept");
  writes.Put(Family::kErased, "erased", "");
  ASSERT_TRUE(from->Commit(writes).ok());
  const auto to = Opened(postgres_.NewDatabase(), false);
  auto copied = CopyLedger(*from, *to);
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(*copied, 4u);
  for (size_t i = 0; i < writes.Count(); ++i) {
    const auto value = to->Get(writes.At(i).family, writes.At(i).key);
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(*value, writes.At(i).value);
  }
  copied = CopyLedger(*from, *to);
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(*copied, 0u) << "it is in use";
  EXPECT_TRUE(to->Close().ok());
}

TEST_F(SharedLedgerTest, WhichDatabaseIsWhichIsAsked) {
  const auto rows = AskWhichDatabase(rows_), ledger = AskWhichDatabase(beside_);
  ASSERT_TRUE(rows.ok() && ledger.ok());
  EXPECT_NE(rows->cluster, "");
  EXPECT_EQ(rows->cluster, ledger->cluster);
  EXPECT_NE(rows->name, ledger->name);
}

}  // namespace
}  // namespace halfterm::storage
