// A standby takes the place of a primary that is killed while a server commits. With
// synchronous_commit=remote_apply nothing that was committed is missing there, and nothing is there
// twice: what became of the commit whose answer was lost is looked up on the new primary.

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "storage/keys.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"
#include "tests/support/replicated_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using testing::OpenedPostgres;
using testing::OwnPostgres;
using testing::Rows;
using testing::RowsOf;
using testing::ValueOf;

constexpr uint64_t kCommitsAfter = 10;
const Tenant kSchool(7);

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

}  // namespace
}  // namespace halfterm::storage
