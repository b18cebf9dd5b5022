// A standby takes the place of a primary that is killed while a server commits. With
// synchronous_commit=remote_apply nothing that was committed is missing there, and nothing is there
// twice: what became of the commit whose answer was lost is looked up on the new primary.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "storage/keys.h"
#include "tests/support/await.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"
#include "tests/support/replicated_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using testing::ComesTrue;
using testing::OpenedPostgres;
using testing::OwnPostgres;
using testing::Rows;
using testing::RowsOf;
using testing::ValueOf;

constexpr uint64_t kCommitsAfter = 10;
const Tenant kSchool(7);

// After "select ...": the servers whose commit waits for the standby.
constexpr char kWhoWaits[] =
    " from pg_stat_activity where wait_event = 'SyncRep' and application_name = 'halftermd'";

// One of several servers, and what has it wait no longer.
auto OpenedShared(const std::string& where) {
  PostgresEngineOptions options = testing::PatientOptions(where);
  options.is_shared = true;
  options.look_every = std::chrono::hours(1);
  auto engine = OpenedPostgres(options);
  EXPECT_TRUE(engine->Follow([](const News&, const Snapshot&) { return absl::OkStatus(); }).ok());
  return std::pair(std::move(engine), options.stop);
}
absl::Status Put(SharedEngine& engine, const std::string& value) {
  if (const auto begun = engine.BeginTurn(); !begun.ok()) return begun.status();
  return engine.CommitTurn(testing::PutOf(Family::kMeta, {{EpochKey(), value}}), "", [] {});
}
std::string Said(SharedEngine& engine) {
  return ValueOf(engine.NewSnapshot()->Get(Family::kMeta, EpochKey()));
}

TEST(PostgresFailoverTest, WhatWasAnsweredIsOnTheStandbyOnce) {
  std::mt19937_64 random(testing::TestSeed());
  testing::ReplicatedPostgres postgres;
  const std::string conninfo = postgres.NewDatabase();
  std::unique_ptr<Engine> engine = OpenedPostgres(conninfo);
  ASSERT_NE(engine, nullptr);
  std::mutex mutex;
  std::condition_variable progress;
  uint64_t answered = 0;
  bool is_over = false;
  std::thread server([&] {
    for (uint64_t n = 1;; ++n) {
      WriteSet writes;
      writes.Put(Family::kMeta, HeadKey(kSchool), std::to_string(n));
      writes.Put(Family::kLog, OplogKey(kSchool, n), std::to_string(n));
      const absl::Status done = engine->Commit(writes);
      const std::lock_guard<std::mutex> lock(mutex);
      if (done.ok()) {
        answered = n;
      } else {
        ADD_FAILURE() << done;
        is_over = true;
      }
      progress.notify_all();
      if (is_over) return;
    }
  });
  const auto await = [&](uint64_t more) {
    std::unique_lock<std::mutex> lock(mutex);
    const uint64_t until = answered + more;
    progress.wait(lock, [&] { return answered >= until || is_over; });
  };
  await(5 + random() % 20);
  postgres.FailOver();
  await(kCommitsAfter);
  {
    const std::lock_guard<std::mutex> lock(mutex);
    is_over = true;
  }
  server.join();
  engine.reset();

  engine = OpenedPostgres(OwnPostgres::Through(postgres.primary().folder(), conninfo));
  ASSERT_NE(engine, nullptr);
  EXPECT_EQ(ValueOf(engine->Get(Family::kMeta, HeadKey(kSchool))), std::to_string(answered));
  Rows expected;
  for (uint64_t n = 1; n <= answered; ++n) {
    expected.emplace_back(OplogKey(kSchool, n), std::to_string(n));
  }
  EXPECT_EQ(RowsOf(*engine, Family::kLog), expected);
  std::printf("%llu commits, failed over once, 0 lost, 0 doubled\n",
              static_cast<unsigned long long>(answered));
}

// A server dies while its commit waits for the standby, and PostgreSQL ends its session: the commit
// is on one disk, and there to be read. Whoever answered from it would promise what the standby
// does not have.
TEST(PostgresFailoverTest, WhatOthersCommittedIsAnsweredFromWhenTheStandbyHasIt) {
  testing::ReplicatedPostgres postgres;
  const std::string conninfo = postgres.NewDatabase();
  const std::string direct = OwnPostgres::Through(postgres.primary().folder(), conninfo);
  testing::CuttingProxy proxy(postgres.primary().folder());
  const auto [dying, its_stop] = OpenedShared(OwnPostgres::Through(proxy.folder(), conninfo));
  const auto [other, unused] = OpenedShared(direct);
  ASSERT_TRUE(Put(*dying, "1").ok());

  postgres.standby().Kill();
  proxy.CutAfterText(std::string("\0commit\0", 8), 4, testing::CuttingProxy::Cut::kAfter,
                     testing::CuttingProxy::Then::kRefuse);
  std::thread last([&dying = dying] { EXPECT_FALSE(Put(*dying, "2").ok()); });
  const auto waiting = [&] {
    return postgres.primary().Run(direct, "select count(*)" + std::string(kWhoWaits)) == "1";
  };
  ASSERT_TRUE(ComesTrue(waiting));
  its_stop->Send();
  last.join();
  postgres.primary().Run(direct, "select pg_terminate_backend(pid)" + std::string(kWhoWaits));

  ASSERT_TRUE(ComesTrue([&, &engine = *other] { return Said(engine) == "2"; }));
  ASSERT_TRUE(other->BeginTurn().ok());
  std::atomic<bool> is_answered{false};
  std::thread answering([&, &engine = *other] {
    const absl::Status sure = engine.CommitTurn(WriteSet(), "", [&] { is_answered = true; });
    EXPECT_TRUE(sure.ok()) << sure;
  });
  EXPECT_TRUE(ComesTrue(waiting));
  EXPECT_FALSE(is_answered);
  postgres.standby().Start();
  answering.join();
  EXPECT_TRUE(is_answered);
  // Nothing is new to it: nobody is asked.
  postgres.standby().Kill();
  ASSERT_TRUE(other->BeginTurn().ok());
  EXPECT_TRUE(other->CommitTurn(WriteSet(), "", [] {}).ok());
}

// The standby is promoted while the primary lives on, cut off: there are two that take writes. What
// the old one is given it can give nobody an answer to, and so nothing is missing when it goes.
TEST(PostgresFailoverTest, APrimaryThatLivesOnCutOffAnswersNothing) {
  testing::ReplicatedPostgres postgres;
  const std::string conninfo = postgres.NewDatabase();
  const OwnPostgres& old = postgres.primary();
  const std::string there = OwnPostgres::Through(old.folder(), conninfo);
  const auto [cut_off, unused] = OpenedShared(conninfo);
  ASSERT_TRUE(Put(*cut_off, "1").ok());

  postgres.standby().Promote();
  std::atomic<bool> is_over{false};
  absl::Status answer;
  std::thread writing([&, &engine = *cut_off] {
    answer = Put(engine, "lost");
    is_over = true;
  });
  ASSERT_TRUE(
      ComesTrue([&] { return old.Run(there, "select count(*)" + std::string(kWhoWaits)) == "1"; }));
  const auto [other, unused_too] =
      OpenedShared(OwnPostgres::Through(postgres.standby().folder(), conninfo));
  EXPECT_EQ(Said(*other), "1");
  EXPECT_TRUE(Put(*other, "2").ok());
  EXPECT_FALSE(is_over);
  EXPECT_EQ(Said(*cut_off), "1") << "nor is it shown to anybody";

  postgres.primary().Kill();
  writing.join();
  EXPECT_FALSE(answer.ok()) << "it is on no disk that anybody will see again";
  EXPECT_EQ(Said(*other), "2");
  EXPECT_TRUE(Put(*other, "3").ok());
  // It has told nobody anything that is not so, and goes on where the others are, or leaves.
  const absl::Status next = Put(*cut_off, "4");
  EXPECT_EQ(Said(*other), next.ok() ? "4" : "3") << next;
}

}  // namespace
}  // namespace halfterm::storage
