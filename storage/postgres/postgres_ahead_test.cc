// What a batch has decided is written before its commit is asked for: it is there with the commit
// and not before, or not at all, whatever becomes of the connection; and a row that was said to be
// new is replaced where it is there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/keys.h"
#include "storage/shared_engine.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/patient_postgres.h"

namespace halfterm::storage {
namespace {

using testing::CuttingProxy;
using testing::OpenedPostgres;
using testing::OwnPostgres;
using testing::RowsOf;
using testing::ValueOf;

const Tenant kSchool(7), kOther(8);

// Rows `from` to `until` of the school's log, in the order of their numbers.
void Add(WriteSet& writes, uint64_t from, uint64_t until, const std::string& value,
         Tenant school = kSchool) {
  for (uint64_t n = from; n < until; ++n) writes.PutNew(Family::kLog, OplogKey(school, n), value);
}
testing::Rows RowsFrom(uint64_t from, uint64_t until, const std::string& value) {
  testing::Rows rows;
  for (uint64_t n = from; n < until; ++n) rows.emplace_back(OplogKey(kSchool, n), value);
  return rows;
}

class PostgresAheadTest : public ::testing::Test {
 protected:
  const std::string conninfo_ = OwnPostgres::Shared().NewDatabase();
};

TEST_F(PostgresAheadTest, ItIsThereWithItsCommitAndNotBefore) {
  const auto engine = OpenedPostgres(conninfo_);
  WriteSet writes;
  for (uint64_t n = 0; n < 1000; n += 100) {
    Add(writes, n, n + 100, "1");
    engine->WriteAhead(writes);
    EXPECT_EQ(ValueOf(engine->Get(Family::kLog, OplogKey(kSchool, n))), "(none)");
  }
  Add(writes, 1000, 1003, "1");
  Add(writes, 0, 100, "1", kOther);  // A school that the store did not have.
  engine->WriteAhead(writes);
  ASSERT_TRUE(engine->Commit(writes).ok());
  testing::Rows expected = RowsFrom(0, 1003, "1");
  for (uint64_t n = 0; n < 100; ++n) expected.emplace_back(OplogKey(kOther, n), "1");
  EXPECT_EQ(RowsOf(*engine, Family::kLog), expected);
  ASSERT_TRUE(engine->Commit(testing::PutOf(Family::kMeta, {{EpochKey(), "2"}})).ok());
}

TEST_F(PostgresAheadTest, InATurnToo) {
  PostgresEngineOptions options = testing::PatientOptions(conninfo_);
  options.is_shared = true;
  const auto engine = OpenedPostgres(options);
  ASSERT_TRUE(engine->Follow([](const News&, const Snapshot&) { return absl::OkStatus(); }).ok());
  for (const uint64_t turn : {0u, 1u}) {
    ASSERT_TRUE(engine->BeginTurn().ok());
    WriteSet writes;
    Add(writes, 1000 * turn, 1000 * turn + 200, "1");
    engine->WriteAhead(writes);
    Add(writes, 1000 * turn + 200, 1000 * turn + 210, "1");
    bool is_published = false;
    ASSERT_TRUE(engine->CommitTurn(writes, "", [&] { is_published = true; }).ok());
    EXPECT_TRUE(is_published);
    EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 210 * (turn + 1));
  }
  // A turn that ends without a commit takes it back.
  ASSERT_TRUE(engine->BeginTurn().ok());
  WriteSet dropped;
  Add(dropped, 5000, 5200, "no");
  engine->WriteAhead(dropped);
  engine->EndTurn();
  ASSERT_TRUE(engine->BeginTurn().ok());
  WriteSet writes;
  Add(writes, 6000, 6001, "1");
  ASSERT_TRUE(engine->CommitTurn(writes, "", [] {}).ok());
  EXPECT_EQ(RowsOf(*engine, Family::kLog).size(), 421u);
}

TEST_F(PostgresAheadTest, WhatIsNotCommittedIsTakenBack) {
  const auto engine = OpenedPostgres(conninfo_);
  WriteSet dropped;
  Add(dropped, 0, 300, "no");
  engine->WriteAhead(dropped);
  engine->EndTurn();
  EXPECT_TRUE(RowsOf(*engine, Family::kLog).empty());
  WriteSet writes;
  Add(writes, 100, 101, "1");
  ASSERT_TRUE(engine->Commit(writes).ok());
  EXPECT_EQ(RowsOf(*engine, Family::kLog), RowsFrom(100, 101, "1"));
}

TEST_F(PostgresAheadTest, ALaterWriteOfTheSetReplacesAnEarlierOne) {
  const auto engine = OpenedPostgres(conninfo_);
  WriteSet writes;
  Add(writes, 0, 200, "1");
  engine->WriteAhead(writes);
  writes.Put(Family::kLog, OplogKey(kSchool, 5), "2");
  writes.Delete(Family::kLog, OplogKey(kSchool, 199));
  ASSERT_TRUE(engine->Commit(writes).ok());
  testing::Rows expected = RowsFrom(0, 199, "1");
  expected[5].second = "2";
  EXPECT_EQ(RowsOf(*engine, Family::kLog), expected);
}

TEST_F(PostgresAheadTest, ARowThatIsThereThoughItWasSaidToBeNewIsReplaced) {
  const auto engine = OpenedPostgres(conninfo_);
  for (const bool is_ahead : {false, true}) {
    SCOPED_TRACE(is_ahead);
    const std::string value = is_ahead ? "2" : "1";
    ASSERT_TRUE(
        engine->Commit(testing::PutOf(Family::kLog, {{OplogKey(kSchool, 150), "was there"}})).ok());
    WriteSet writes;
    Add(writes, 0, 200, value);
    if (is_ahead) engine->WriteAhead(writes);
    Add(writes, 200, 203, value);
    ASSERT_TRUE(engine->Commit(writes).ok());
    EXPECT_EQ(RowsOf(*engine, Family::kLog), RowsFrom(0, 203, value));
  }
  EXPECT_EQ(engine->Stats().commits, 4u);
}

TEST_F(PostgresAheadTest, ADiskThatIsFullRefusesTheCommitAndNotTheNext) {
  const auto engine = OpenedPostgres(conninfo_);
  OwnPostgres& postgres = OwnPostgres::Shared();
  postgres.Run(conninfo_,
               "create function full_disk() returns trigger language plpgsql as "
               "$$ begin raise exception 'no room' using errcode = '53100'; end $$; "
               "create trigger full_disk before insert on halfterm_row "
               "for each statement execute function full_disk()");
  WriteSet writes;
  Add(writes, 0, 200, "1");
  engine->WriteAhead(writes);
  EXPECT_TRUE(absl::IsResourceExhausted(engine->Commit(writes)));
  postgres.Run(conninfo_, "drop trigger full_disk on halfterm_row");
  EXPECT_TRUE(RowsOf(*engine, Family::kLog).empty());
  engine->WriteAhead(writes);
  ASSERT_TRUE(engine->Commit(writes).ok());
  EXPECT_EQ(RowsOf(*engine, Family::kLog), RowsFrom(0, 200, "1"));
}

TEST_F(PostgresAheadTest, AConnectionCutAtAnyMessageCostsNothing) {
  CuttingProxy proxy(OwnPostgres::Shared().folder());
  const auto engine = OpenedPostgres(OwnPostgres::Through(proxy.folder(), conninfo_));
  uint64_t n = 0, cuts = 0;
  for (const CuttingProxy::Cut cut : {CuttingProxy::Cut::kBefore, CuttingProxy::Cut::kAfter}) {
    bool has_cut = true;
    for (uint64_t message = 1; has_cut; ++message, ++n) {
      SCOPED_TRACE(absl::StrCat("message ", message, " of commit ", n));
      proxy.CutAt(message, cut);
      WriteSet writes;
      Add(writes, 200 * n, 200 * n + 80, "1");
      engine->WriteAhead(writes);
      Add(writes, 200 * n + 80, 200 * n + 160, "1");
      engine->WriteAhead(writes);
      Add(writes, 200 * n + 160, 200 * n + 161, "1");
      const absl::Status committed = engine->Commit(writes);
      ASSERT_TRUE(committed.ok()) << committed;
      has_cut = proxy.has_cut();
      cuts += has_cut ? 1 : 0;
    }
  }
  proxy.CutAt(0, CuttingProxy::Cut::kBefore);
  EXPECT_GT(cuts, 20u);
  EXPECT_EQ(engine->Stats().commits, n);
  testing::Rows expected;
  for (uint64_t i = 0; i < n; ++i) {
    for (auto& row : RowsFrom(200 * i, 200 * i + 161, "1")) expected.push_back(std::move(row));
  }
  EXPECT_EQ(RowsOf(*engine, Family::kLog), expected);
}

}  // namespace
}  // namespace halfterm::storage
