// The ledger beside its store: each of them an old copy, or a crash or a full disk between the two.
//
// Both on disks that are values, so that putting back an old one is an assignment.

#include "storage/backup/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>

#include "storage/backup/fill_ledger.h"
#include "storage/backup/history.h"
#include "storage/backup/replay.h"
#include "storage/commit/commit_batch.h"
#include "storage/commit/erasure.h"
#include "sync/core/delta.h"
#include "tests/support/fake_clock.h"
#include "tests/support/ledger_rows.h"
#include "tests/support/memory_engine.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using ::testing::HasSubstr;
using testing::MemoryDisk;
using testing::OpenMemoryEngine;

constexpr Tenant kSchool(1);

core::Id16 IdOf(uint8_t number) {
  core::Id16 id;
  id.bytes[15] = number;
  return id;
}

// A server's store and ledger while it runs.
class Running {
 public:
  Running(MemoryDisk& store, MemoryDisk& beside, std::mt19937_64& random,
          const testing::FakeClock& clock)
      : random_(random), engine(OpenMemoryEngine(store)), ledger_engine_(OpenMemoryEngine(beside)) {
    auto opened = Ledger::Open(*ledger_engine_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    ledger = *std::move(opened);
    history = OpenHistory(*engine, *ledger, secrets_, clock, Random());
    if (!history.ok()) return;
    EXPECT_TRUE(directories_.Load(*engine).ok());
    context_.reset(new BatchContext{*engine, clock, directories_, sessions_, changes_, secrets_,
                                    history->epochs, Random(), ledger.get()});
    if (history->needs_replay) {
      const auto replayed = Replay(*context_, *ledger);
      EXPECT_TRUE(replayed.ok()) << replayed.status();
    }
    if (history->needs_filling) {
      const auto filled = FillLedger(*engine, *ledger);
      EXPECT_TRUE(filled.ok()) << filled.status();
    }
  }
  ~Running() {
    if (engine != nullptr) Stop();
  }
  // As a kill, but for the files' being closed.
  void Stop() {
    EXPECT_TRUE(engine->Close().ok());
    EXPECT_TRUE(ledger_engine_->Close().ok());
  }

  absl::Status Commit(const std::function<void(Batch&)>& fill) {
    Batch batch(*context_, rollups_);
    fill(batch);
    return CommitBatch(*context_, batch);
  }
  // One group of the school, and the session's row where `value` is given.
  absl::Status Work(const std::string& value = "") {
    return Commit([&](Batch& batch) {
      EXPECT_TRUE(batch.NextSeq(kSchool).ok());
      if (!value.empty()) batch.Put(Family::kState, SessionKey(kSchool, IdOf(7)), value);
    });
  }
  void Import() { ASSERT_TRUE(testing::BeginSchool(*engine, kSchool).ok()); }
  std::string SessionRow() const {
    const auto row = engine->Get(Family::kState, SessionKey(kSchool, IdOf(7)));
    return row.ok() ? *row : "";
  }
  std::string KeptSession() const { return testing::KeptValue(*ledger); }
  // Of the server itself in the school.
  uint64_t Replica() const { return testing::HeadOf(*engine, kSchool).replica(); }
  disk::EpochRow Epoch() const {
    const disk::EpochsRow row = history->epochs.row();
    return row.epochs(row.epochs_size() - 1);
  }

  // A copy: the history's own goes with it.
  std::function<std::string(size_t)> Random() {
    return [this](size_t bytes) {
      std::string text(bytes, '\0');
      for (char& byte : text) byte = static_cast<char>(random_());
      return text;
    };
  }

 private:
  std::mt19937_64& random_;

 public:
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Ledger> ledger;
  absl::StatusOr<OpenedHistory> history = absl::UnavailableError("not opened");

 private:
  std::unique_ptr<Engine> ledger_engine_;
  Secrets secrets_{std::string(32, 'k')};
  Directories directories_;
  Sessions sessions_;
  Changes changes_;
  RollupCache rollups_;
  std::unique_ptr<BatchContext> context_;
};

class LedgerTest : public ::testing::Test {
 protected:
  // Starts it for the first time, with a school.
  std::unique_ptr<Running> Begin() {
    auto running = Start();
    running->Import();
    running.reset();
    return Start();
  }
  std::unique_ptr<Running> Start() {
    return std::make_unique<Running>(store, ledger, random, clock);
  }

  testing::FakeClock clock;
  std::mt19937_64 random{testing::TestSeed()};
  MemoryDisk store, ledger;
};

TEST_F(LedgerTest, WhatTheStoreLacksComesFromTheLedgerAndWhatItKnowsBetterStays) {
  auto running = Begin();
  ASSERT_TRUE(running->Work("begun").ok());
  running.reset();
  const MemoryDisk old_ledger = ledger, old_store = store;
  running = Start();
  ASSERT_TRUE(running->Work("ended").ok());
  ASSERT_TRUE(running->Work("and gone").ok());
  running.reset();
  const MemoryDisk new_ledger = ledger, new_store = store;

  store = old_store;
  running = Start();
  EXPECT_THAT(running->history->restored, HasSubstr("step 3"));
  EXPECT_EQ(running->SessionRow(), "and gone");
  running.reset();

  // A2. The store is right; and from then on the ledger is, for the next restore.
  store = new_store;
  ledger = old_ledger;
  running = Start();
  EXPECT_EQ(running->history->restored, "");
  EXPECT_EQ(running->SessionRow(), "and gone");
  EXPECT_EQ(running->KeptSession(), "and gone");
  running.reset();
  store = old_store;
  running = Start();
  EXPECT_EQ(running->SessionRow(), "and gone");
}

TEST_F(LedgerTest, WithNoLedgerAtAllItIsFilledFromTheStore) {
  auto running = Begin();
  ASSERT_TRUE(running->Work("ended").ok());
  const core::Id16 erased = IdOf(9);
  ASSERT_TRUE(running
                  ->Commit([&](Batch& batch) {
                    EXPECT_TRUE(batch.NextSeq(kSchool).ok());
                    batch.Put(Family::kErased, ErasedKey(kSchool, erased), "");
                  })
                  .ok());
  running.reset();
  ledger = MemoryDisk();
  running = Start();
  EXPECT_THAT(running->history->restored, HasSubstr("no ledger"));
  EXPECT_EQ(running->KeptSession(), "ended");
  int found = 0;
  EXPECT_TRUE(running->ledger
                  ->ForEachErased([&](Tenant, const core::Id16& record) {
                    found += record == erased ? 1 : 0;
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(found, 1);
}

// A6, and the crash that is none.
TEST_F(LedgerTest, ACrashBetweenTheTwoIsNoRestoreAndTakesEffectAtOnce) {
  auto running = Begin();
  ASSERT_TRUE(running->Work("begun").ok());
  running.reset();
  const MemoryDisk before = store;
  running = Start();
  const uint64_t replica = running->Replica();
  ASSERT_TRUE(running->Work("ended").ok());
  running.reset();
  store = before;
  running = Start();
  EXPECT_EQ(running->history->restored, "");
  EXPECT_EQ(running->Epoch().id(), 1u);
  EXPECT_EQ(running->SessionRow(), "ended");
  // The decisions of that step have dots that the store does not know to be given.
  EXPECT_NE(running->Replica(), replica);
  running.reset();
  running = Start();  // Once is enough.
  EXPECT_FALSE(running->history->needs_replay);
}

// A6: it is one step, as after a crash; but work that everybody was told of lies between.
TEST_F(LedgerTest, AStoreThatIsBehindTheWorkBeforeTheLastDecisionIsARestoredOne) {
  auto running = Begin();
  ASSERT_TRUE(running->Work("begun").ok());
  running.reset();
  const MemoryDisk before = store;
  running = Start();
  ASSERT_TRUE(running->Work().ok());
  ASSERT_TRUE(running->Work("ended").ok());
  running.reset();
  store = before;
  running = Start();
  EXPECT_THAT(running->history->restored, HasSubstr("had been seen to reach group 2"));
  EXPECT_EQ(running->Epoch().id(), 2u);
  EXPECT_EQ(running->SessionRow(), "ended");
}

// A11.
TEST_F(LedgerTest, WhatTheStoreRefusedTheLedgerGivesBack) {
  auto running = Begin();
  ASSERT_TRUE(running->Work("begun").ok());
  store.is_full = true;
  EXPECT_TRUE(absl::IsResourceExhausted(running->Work("ended")));
  EXPECT_EQ(running->KeptSession(), "begun");
  EXPECT_EQ(running->ledger->step(), 1u);
  store.is_full = false;
  ASSERT_TRUE(running->Work().ok());
  const MemoryDisk backup = store;
  running.reset();
  store = backup;
  running = Start();
  EXPECT_EQ(running->SessionRow(), "begun");
}

// A8: a version was shared and its visit erased by the time of one commit.
TEST_F(LedgerTest, WordsThatWereErasedInTheBatchThatWroteThemAreNotInTheLedger) {
  auto running = Begin();
  const core::Id16 gone = IdOf(20), stays = IdOf(21);
  const auto share = [&](Batch& batch, const core::Id16& id, const std::string& words) {
    const absl::StatusOr<RecordState*> record = batch.Record(kSchool, id);
    ASSERT_TRUE(record.ok());
    const absl::StatusOr<core::Dot> dot = batch.ServerDot(kSchool);
    const absl::StatusOr<uint64_t> seq = batch.NextSeq(kSchool);
    core::Facet delta;
    core::Put(delta,
              core::Written({}, core::Path::Field(1, core::Kind::kReg), *dot, IdOf(3), words));
    disk::LogRow log;
    const core::FacetId version{id, core::kVersion, IdOf(1)};
    ASSERT_TRUE(batch.ServerWrite(**record, version, std::move(delta), *seq, log).ok());
    batch.PutUnread(Family::kLog, OplogKey(kSchool, *seq), log.SerializeAsString());
  };
  const absl::Status done = running->Commit([&](Batch& batch) {
    share(batch, gone, "words to be erased");
    share(batch, stays, "words to be kept");
    const absl::StatusOr<RecordState*> record = batch.Record(kSchool, gone);
    ASSERT_TRUE(EraseRecord(batch, **record, *batch.NextSeq(kSchool)).ok());
  });
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_TRUE(ledger.Mentions("words to be kept"));
  EXPECT_FALSE(ledger.Mentions("words to be erased"));
}

// An engine whose commits wait, or are refused, as a test says.
class HeldEngine final : public Engine {
 public:
  explicit HeldEngine(Engine& engine) : engine_(engine) {}
  std::function<absl::Status()> before_commit = [] { return absl::OkStatus(); };

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    return engine_.Get(family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    return engine_.MultiGet(family, keys);
  }
  std::unique_ptr<Snapshot> NewSnapshot() const override { return engine_.NewSnapshot(); }
  absl::Status Commit(const WriteSet& writes) override {
    const absl::Status may = before_commit();
    return may.ok() ? engine_.Commit(writes) : may;
  }
  uint64_t ApproximateBytes(Family, absl::string_view, absl::string_view) const override {
    return 0;
  }
  EngineStats Stats() const override { return {}; }
  absl::Status CompactRange(Family, absl::string_view, absl::string_view) override {
    return absl::OkStatus();
  }
  absl::Status Close() override { return engine_.Close(); }

 private:
  Engine& engine_;
};

WriteSet BatchOf(uint64_t number, const std::string& value) {
  WriteSet batch;
  disk::KeptStateRow row;
  row.set_value(value);
  Ledger::PutKept(Family::kState, SessionKey(kSchool, IdOf(7)), row, number, batch);
  disk::LedgerStepRow step;
  step.set_step(number);
  Ledger::PutStep(step, batch);
  return batch;
}

TEST_F(LedgerTest, WhatCannotBeGivenBackAtOnceIsGivenBackBeforeWhateverComesNext) {
  const auto disk = OpenMemoryEngine(ledger);
  HeldEngine engine(*disk);
  const auto opened = Ledger::Open(engine);
  ASSERT_TRUE(opened.ok());
  Ledger& kept = **opened;
  ASSERT_TRUE(kept.Take(BatchOf(1, "begun")).ok());
  ASSERT_TRUE(kept.Take(BatchOf(2, "ended")).ok());
  ledger.is_full = true;
  kept.TakeBack();
  EXPECT_EQ(kept.step(), 1u);
  EXPECT_TRUE(ledger.Mentions("ended"));
  EXPECT_FALSE(kept.Take(BatchOf(2, "something else")).ok());
  ledger.is_full = false;
  ASSERT_TRUE(kept.WriteWitness().ok());
  EXPECT_FALSE(ledger.Mentions("ended"));
  EXPECT_TRUE(ledger.Mentions("begun"));
}

// A13: a greeting asks for it on the committer's thread.
TEST_F(LedgerTest, WhatIsDurableIsSaidWhileADiskTakesItsTime) {
  const auto disk = OpenMemoryEngine(ledger);
  HeldEngine engine(*disk);
  const auto opened = Ledger::Open(engine);
  ASSERT_TRUE(opened.ok());
  std::promise<void> begun, go_on;
  engine.before_commit = [&] {
    begun.set_value();
    go_on.get_future().wait();
    return absl::OkStatus();
  };
  auto noting = std::async(std::launch::async, [&] {
    return (*opened)->NoteBackup(disk::BackupRow(), disk::EpochsRow());
  });
  begun.get_future().wait();
  auto asking = std::async(std::launch::async, [&] {
    return (*opened)->DurableSeqOf(disk::EpochsRow(), kSchool) + (*opened)->facts().backups.size();
  });
  EXPECT_EQ(asking.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  go_on.set_value();
  EXPECT_TRUE(noting.get().ok());
  EXPECT_EQ(asking.get(), 0u);
}

// A14.
TEST_F(LedgerTest, ABackupThatIsNotThereCountsForNothingUntilItIs) {
  const auto engine = OpenMemoryEngine(ledger);
  auto opened = Ledger::Open(*engine);
  ASSERT_TRUE(opened.ok());
  disk::EpochsRow epochs;
  epochs.add_epochs()->set_id(1);
  for (const auto& [folder, generation, seq] :
       {std::tuple{"/gone", 1u, 10u}, std::tuple{"/here", 1u, 20u}, std::tuple{"/here", 2u, 30u}}) {
    disk::BackupRow backup;
    backup.set_folder(folder);
    backup.set_generation(generation);
    backup.set_verified_ms(seq);
    backup.set_epoch(1);
    disk::TenantSeq& head = *backup.add_heads();
    head.set_tenant(1);
    head.set_seq(seq);
    ASSERT_TRUE((*opened)->NoteBackup(backup, epochs).ok());
  }
  EXPECT_EQ((*opened)->DurableSeqOf(epochs, kSchool), 20u);
  const auto there = [&](const std::string& folder, uint32_t last) {
    return [folder, last](const disk::BackupRow& backup) {
      return backup.folder() == folder && backup.generation() <= last;
    };
  };
  ASSERT_TRUE((*opened)->NoteWhichAreThere(there("/here", 1)).ok());
  EXPECT_EQ((*opened)->DurableSeqOf(epochs, kSchool), 0u);
  opened = Ledger::Open(*engine);
  EXPECT_EQ((*opened)->DurableSeqOf(epochs, kSchool), 0u);
  ASSERT_TRUE((*opened)->NoteWhichAreThere(there("/here", 2)).ok());
  EXPECT_EQ((*opened)->DurableSeqOf(epochs, kSchool), 20u);
}

// A3: a tablet had shown the store to be another one, and the server died before it had written
// that.
TEST_F(LedgerTest, AnEpochThatTheLedgerAloneKnowsPutsThePresentOneInDoubtFromItsBegin) {
  auto running = Begin();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(running->Work().ok());
  const MemoryDisk before = store;
  ASSERT_TRUE(
      running->Commit([&](Batch& batch) { EXPECT_TRUE(HeedProof(batch, kSchool, 1, 90).ok()); })
          .ok());
  running.reset();
  store = before;
  running = Start();
  EXPECT_NE(running->history->restored, "");
  ASSERT_EQ(running->Epoch().branches_size(), 1);
  EXPECT_EQ(running->Epoch().branches(0).seq(), 0u);
}

// A2: whatever began after the copy was made has a number that the copy does not know.
TEST_F(LedgerTest, AnOldLedgerLeavesAGapBeforeTheNextEpoch) {
  StoreFacts of_backup;
  of_backup.epochs.add_epochs()->set_id(1);
  of_backup.step = 5;
  of_backup.heads[1] = 40;
  LedgerFacts beside;
  beside.epochs = of_backup.epochs;
  beside.identity.emplace();
  beside.step.set_step(5);
  beside.mark.emplace().set_generation(3);
  beside.backups.emplace_back().set_generation(3);
  EXPECT_FALSE(MayBeOld(beside, of_backup));

  LedgerFacts bent = beside;
  bent.identity.reset();
  EXPECT_TRUE(MayBeOld(bent, of_backup)) << "none at all";
  bent = beside;
  bent.step.set_step(4);
  EXPECT_TRUE(MayBeOld(bent, of_backup)) << "fewer steps";
  bent = beside;
  bent.epochs.Clear();
  EXPECT_TRUE(MayBeOld(bent, of_backup)) << "an epoch is missing";
  bent = beside;
  bent.is_on_new_disk = true;
  EXPECT_TRUE(MayBeOld(bent, of_backup)) << "put back on a new disk";
  bent = beside;
  bent.backups.clear();
  EXPECT_TRUE(MayBeOld(bent, of_backup)) << "does not know of the backup";
  disk::TenantSeq& seen = *bent.witness.emplace().add_heads();
  seen.set_tenant(1);
  seen.set_seq(40);
  EXPECT_FALSE(MayBeOld(bent, of_backup)) << "but has seen as much";
}

TEST_F(LedgerTest, ARestoreThatWasCutShortOnANewDiskDoesNotComeUpEmpty) {
  {
    const auto engine = OpenMemoryEngine(ledger);
    const auto opened = Ledger::Open(*engine);
    ASSERT_TRUE((*opened)->NoteRestore(disk::RestoreMarkRow(), false).ok());
  }
  const auto running = Start();
  EXPECT_TRUE(absl::IsFailedPrecondition(running->history.status()));
  EXPECT_THAT(std::string(running->history.status().message()), HasSubstr("restore` again"));
}

}  // namespace
}  // namespace halfterm::storage
