// PostgreSQL is killed, and connections are cut at every single message of a commit. Whatever was
// committed is there, once; and a commit whose answer was lost is neither forgotten nor done twice,
// as the number in the head of the store shows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/postgres/postgres_engine.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using testing::CuttingProxy;
using testing::OpenedPostgres;
using testing::OwnPostgres;
using testing::RowsOf;
using testing::ValueOf;

constexpr uint32_t kSchool = 7;

// The n-th commit: rows of a school, of none, and of a new school; each names it.
WriteSet CommitNumber(uint64_t n) {
  const std::string value = std::to_string(n);
  WriteSet writes;
  writes.Put(Family::kMeta, HeadKey(Tenant(kSchool)), value);
  writes.Put(Family::kMeta, EpochKey(), value);
  for (uint64_t i = 0; i < 5; ++i) {
    writes.Put(Family::kLog, OplogKey(Tenant(kSchool), 10 * n + i), value);
  }
  if (n > 1) writes.Delete(Family::kLog, OplogKey(Tenant(kSchool), 10 * (n - 1)));
  if (n % 2 == 0) writes.Put(Family::kMeta, HeadKey(Tenant(static_cast<uint32_t>(100 + n))), value);
  return writes;
}

class PostgresFaultsTest : public ::testing::Test {
 protected:
  // How many commits the head of the store has counted since a server opened it for the first time,
  // which is one too.
  static uint64_t CountedCommits(const OwnPostgres& postgres, const std::string& conninfo) {
    const std::string hex =
        postgres.Run(conninfo,
                     "select encode(substring(value for 8), 'hex') from halfterm_row "
                     "where family = 100 and tenant = 0");
    return std::stoull(hex, nullptr, 16) - 1;
  }

  // After commits 1 to n, each made once.
  static void ExpectThatAllAreThereOnce(const Engine& engine, uint64_t n) {
    EXPECT_EQ(ValueOf(engine.Get(Family::kMeta, HeadKey(Tenant(kSchool)))), std::to_string(n));
    EXPECT_EQ(ValueOf(engine.Get(Family::kMeta, EpochKey())), std::to_string(n));
    testing::Rows expected;
    for (uint64_t i = 1; i <= n; ++i) {
      for (uint64_t row = i == n ? 0 : 1; row < 5; ++row) {
        expected.emplace_back(OplogKey(Tenant(kSchool), 10 * i + row), std::to_string(i));
      }
      if (i % 2 == 0) {
        const Tenant school(static_cast<uint32_t>(100 + i));
        EXPECT_EQ(ValueOf(engine.Get(Family::kMeta, HeadKey(school))), std::to_string(i));
      }
    }
    EXPECT_EQ(RowsOf(engine, Family::kLog), expected);
  }
};

TEST_F(PostgresFaultsTest, AConnectionCutAtAnyMessageOfACommitCostsNothing) {
  OwnPostgres& postgres = OwnPostgres::Shared();
  const std::string direct = postgres.NewDatabase();
  CuttingProxy proxy(postgres.folder());
  const auto engine = OpenedPostgres(OwnPostgres::Through(proxy.folder(), direct));
  uint64_t n = 0, cuts = 0;
  for (const CuttingProxy::Cut cut : {CuttingProxy::Cut::kBefore, CuttingProxy::Cut::kAfter}) {
    // Odd and even commits differ; both are cut at every message, and at last not any more.
    for (uint64_t parity = 0; parity < 2; ++parity) {
      bool has_cut = true;
      for (uint64_t message = 1; has_cut; ++message) {
        for (uint64_t i = 0; i < 2; ++i) {
          const bool is_meant = ++n % 2 == parity;
          SCOPED_TRACE(absl::StrCat("message ", message, " of commit ", n));
          proxy.CutAt(is_meant ? message : 0, cut);
          const absl::Status committed = engine->Commit(CommitNumber(n));
          ASSERT_TRUE(committed.ok()) << committed;
          if (is_meant) has_cut = proxy.has_cut();
          cuts += is_meant && has_cut ? 1 : 0;
          ASSERT_EQ(CountedCommits(postgres, direct), n);
        }
      }
    }
  }
  proxy.CutAt(0, CuttingProxy::Cut::kBefore);
  ExpectThatAllAreThereOnce(*engine, n);
  EXPECT_GT(cuts, 60u);
  std::printf("%llu commits, cut %llu times, 0 lost, 0 doubled\n",
              static_cast<unsigned long long>(n), static_cast<unsigned long long>(cuts));
}

// Cuts also fall into the looking up of what an earlier cut left open.
TEST_F(PostgresFaultsTest, ConnectionsCutAgainAndAgainCostNothing) {
  std::mt19937_64 random(testing::TestSeed());
  OwnPostgres& postgres = OwnPostgres::Shared();
  const std::string direct = postgres.NewDatabase();
  CuttingProxy proxy(postgres.folder());
  const auto engine = OpenedPostgres(OwnPostgres::Through(proxy.folder(), direct));
  int cuts = 0;
  std::thread cutter([&] {
    do {
      const bool after = random() % 2 == 0;
      proxy.CutAt(1 + random() % 200,
                  after ? CuttingProxy::Cut::kAfter : CuttingProxy::Cut::kBefore);
      ++cuts;
    } while (proxy.AwaitCut());
  });
  uint64_t n = 0;
  while (n < 60) {
    const absl::Status committed = engine->Commit(CommitNumber(++n));
    if (!committed.ok()) {
      ADD_FAILURE() << committed;
      break;
    }
  }
  proxy.StopCutting();
  cutter.join();
  EXPECT_EQ(CountedCommits(postgres, direct), n);
  ExpectThatAllAreThereOnce(*engine, n);
  EXPECT_GT(cuts, 5);
}

TEST_F(PostgresFaultsTest, ReadsSurviveACutAndASnapshotSaysThatItIsGone) {
  OwnPostgres& postgres = OwnPostgres::Shared();
  CuttingProxy proxy(postgres.folder());
  const auto engine = OpenedPostgres(OwnPostgres::Through(proxy.folder(), postgres.NewDatabase()));
  ASSERT_TRUE(engine->Commit(CommitNumber(1)).ok());
  ASSERT_TRUE(engine->Get(Family::kMeta, EpochKey()).ok());
  for (const CuttingProxy::Cut cut : {CuttingProxy::Cut::kBefore, CuttingProxy::Cut::kAfter}) {
    proxy.CutAt(2, cut);
    EXPECT_EQ(ValueOf(engine->Get(Family::kMeta, EpochKey())), "1");
    EXPECT_TRUE(proxy.has_cut());
    proxy.CutAt(2, cut);
    EXPECT_EQ(ValueOf(engine->NewSnapshot()->Get(Family::kMeta, EpochKey())), "1");
    EXPECT_TRUE(proxy.has_cut());

    const auto snapshot = engine->NewSnapshot();
    proxy.CutAt(1, cut);
    const auto cursor = snapshot->NewCursor(Family::kLog, {}, {});
    EXPECT_FALSE(cursor->Valid());
    EXPECT_TRUE(absl::IsUnavailable(cursor->status())) << cursor->status();
    EXPECT_TRUE(absl::IsUnavailable(snapshot->Get(Family::kMeta, EpochKey()).status()));
    EXPECT_EQ(ValueOf(engine->Get(Family::kMeta, EpochKey())), "1");
  }
}

TEST_F(PostgresFaultsTest, AConflictIsTriedAgain) {
  OwnPostgres& postgres = OwnPostgres::Shared();
  const std::string conninfo = postgres.NewDatabase();
  const auto engine = OpenedPostgres(conninfo);
  uint64_t n = 0;
  for (const char* const state : {"40001", "40P01"}) {
    // A sequence forgets nothing when a transaction is taken back.
    postgres.Run(conninfo,
                 absl::StrCat("create sequence if not exists tries; "
                              "create or replace function conflict() returns trigger language "
                              "plpgsql as $$ begin if nextval('tries') % 4 <> 0 then "
                              "raise exception 'conflict' using errcode = '",
                              state,
                              "'; end if; return null; end $$; "
                              "create or replace trigger conflict before delete on halfterm_row "
                              "for each statement execute function conflict()"));
    for (int i = 0; i < 5; ++i) {
      const absl::Status committed = engine->Commit(CommitNumber(++n));
      ASSERT_TRUE(committed.ok()) << state << " " << committed;
    }
    EXPECT_EQ(CountedCommits(postgres, conninfo), n);
  }
  postgres.Run(conninfo, "drop trigger conflict on halfterm_row");
  ExpectThatAllAreThereOnce(*engine, n);
}

// PostgreSQL is killed, with all its processes, while commits follow each other; and starts again.
TEST_F(PostgresFaultsTest, PostgresKilledWhileItCommitsLosesNothing) {
  constexpr int kKills = 3;
  std::mt19937_64 random(testing::TestSeed());
  OwnPostgres postgres;
  const std::string conninfo = postgres.NewDatabase();
  auto engine = OpenedPostgres(conninfo);

  std::mutex mutex;
  std::condition_variable progress;
  uint64_t n = 0;
  bool stop = false;
  std::thread writer([&] {
    for (uint64_t next = 1;; ++next) {
      const absl::Status committed = engine->Commit(CommitNumber(next));
      const std::lock_guard<std::mutex> lock(mutex);
      if (committed.ok()) {
        n = next;
      } else {
        ADD_FAILURE() << committed;
        stop = true;
      }
      progress.notify_all();
      if (stop) return;
    }
  });
  for (int kill = 0; kill < kKills; ++kill) {
    const uint64_t some_more = 5 + random() % 20;
    {
      std::unique_lock<std::mutex> lock(mutex);
      const uint64_t until = n + some_more;
      progress.wait(lock, [&] { return n >= until || stop; });
    }
    postgres.Kill();
    postgres.Start();
  }
  {
    std::unique_lock<std::mutex> lock(mutex);
    const uint64_t until = n + 5;
    progress.wait(lock, [&] { return n >= until || stop; });
    stop = true;
  }
  writer.join();
  EXPECT_EQ(CountedCommits(postgres, conninfo), n);
  ExpectThatAllAreThereOnce(*engine, n);

  postgres.Kill();
  postgres.Start();
  engine.reset();
  engine = OpenedPostgres(conninfo);
  ExpectThatAllAreThereOnce(*engine, n);
  std::printf("%llu commits, %d kills, 0 lost, 0 doubled\n", static_cast<unsigned long long>(n),
              kKills + 1);
}

TEST_F(PostgresFaultsTest, APostgresThatStaysAwayEndsTheServer) {
  OwnPostgres postgres;
  PostgresEngineOptions options = testing::PatientOptions(postgres.NewDatabase());
  options.patience = std::chrono::milliseconds(100);
  int fatal = 0;
  options.on_fatal = [&fatal](const absl::Status&) { ++fatal; };
  auto engine = OpenPostgresEngine(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_TRUE((*engine)->Commit(CommitNumber(1)).ok());
  postgres.Kill();
  EXPECT_TRUE(absl::IsUnavailable((*engine)->Get(Family::kMeta, EpochKey()).status()));
  EXPECT_TRUE(
      absl::IsUnavailable((*engine)->NewSnapshot()->Get(Family::kMeta, EpochKey()).status()));
  EXPECT_EQ(fatal, 0) << "reads alone end nothing";
  EXPECT_TRUE(absl::IsUnavailable((*engine)->Commit(CommitNumber(2))));
  postgres.Start();
  EXPECT_TRUE(absl::IsUnavailable((*engine)->Commit(CommitNumber(2)))) << "it goes on";
  EXPECT_EQ(fatal, 1);
  ExpectThatAllAreThereOnce(**engine, 1);
}

// Nobody who stops halftermd waits for as long as a commit would.
TEST_F(PostgresFaultsTest, WhoeverStopsDoesNotWaitForAPostgresThatIsAway) {
  OwnPostgres postgres;
  PostgresEngineOptions options = testing::PatientOptions(postgres.NewDatabase());
  options.patience = std::chrono::hours(1);
  auto engine = OpenPostgresEngine(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  options.stop->Send();
  ASSERT_TRUE((*engine)->Commit(CommitNumber(1)).ok()) << "it is there";
  postgres.Kill();
  postgres.Start();
  ASSERT_TRUE((*engine)->Commit(CommitNumber(2)).ok()) << "it is there again";
  postgres.Kill();
  const absl::Status away = (*engine)->Commit(CommitNumber(3));
  EXPECT_TRUE(absl::IsUnavailable(away));
  EXPECT_THAT(std::string(away.message()), ::testing::HasSubstr("This process stops"));
  postgres.Start();
  ExpectThatAllAreThereOnce(**engine, 2);
}

TEST_F(PostgresFaultsTest, ACommitThatWaitsForAPostgresHearsOfTheStop) {
  OwnPostgres postgres;
  PostgresEngineOptions options = testing::PatientOptions(postgres.NewDatabase());
  options.patience = std::chrono::hours(1);
  auto engine = OpenPostgresEngine(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_TRUE((*engine)->Commit(CommitNumber(1)).ok());
  postgres.Kill();
  std::future<absl::Status> waiting =
      std::async(std::launch::async, [&] { return (*engine)->Commit(CommitNumber(2)); });
  options.stop->Send();
  EXPECT_TRUE(absl::IsUnavailable(waiting.get()));
  postgres.Start();
  ExpectThatAllAreThereOnce(**engine, 1);
}

}  // namespace
}  // namespace halfterm::storage
