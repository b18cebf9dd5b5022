// Shows that the PostgreSQL engine is an engine, and that it refuses a database that could lose
// commits, or that another server or a newer Halfterm has.

#include "storage/postgres/postgres_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/engine_conformance.h"
#include "storage/keys.h"
#include "tests/support/engine_rows.h"
#include "tests/support/own_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::OwnPostgres;

class PostgresUnderTest final : public EngineUnderTest {
 public:
  PostgresUnderTest() : conninfo_(OwnPostgres::Shared().NewDatabase()) {}

  std::unique_ptr<Engine> Open() override {
    PostgresEngineOptions options;
    options.conninfo = conninfo_;
    options.wait_for_others = std::chrono::minutes(1);
    auto engine = OpenPostgresEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }

  // As PostgreSQL itself says it, at the first row that it has no room for.
  void SetDiskFull(bool is_full) override {
    OwnPostgres::Shared().Run(
        conninfo_, is_full ? "create function full_disk() returns trigger language plpgsql as "
                             "$$ begin raise exception 'no room' using errcode = '53100'; end $$; "
                             "create trigger full_disk before insert or update on halfterm_row "
                             "for each statement execute function full_disk()"
                           : "drop trigger full_disk on halfterm_row; drop function full_disk()");
  }

 private:
  const std::string conninfo_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, EngineConformanceTest,
                         ::testing::Values(EngineKind{
                             "Postgres", [] { return std::make_unique<PostgresUnderTest>(); }}),
                         NameOfEngine);

class PostgresEngineTest : public ::testing::Test {
 protected:
  PostgresEngineOptions Options() const {
    PostgresEngineOptions options;
    options.conninfo = conninfo_;
    options.wait_for_others = std::chrono::minutes(1);  // PostgreSQL notices a departure late.
    return options;
  }
  std::unique_ptr<Engine> OpenedWith(const PostgresEngineOptions& options) const {
    auto engine = OpenPostgresEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  std::unique_ptr<Engine> Opened() const { return OpenedWith(Options()); }
  absl::Status WhyNotOpened(const PostgresEngineOptions& options) const {
    return OpenPostgresEngine(options).status();
  }
  std::string Run(const std::string& sql) const {
    return OwnPostgres::Shared().Run(conninfo_, sql);
  }

  const std::string conninfo_ = OwnPostgres::Shared().NewDatabase();
};

TEST_F(PostgresEngineTest, ADatabaseThatLosesCommitsIsRefused) {
  Run("do $$ begin execute format('alter database %I set synchronous_commit = off', "
      "current_database()); end $$");
  const absl::Status refused = WhyNotOpened(Options());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("synchronous_commit = off"));

  const OwnPostgres forgetful({"fsync=off"});
  PostgresEngineOptions options = Options();
  options.conninfo =
      OwnPostgres::Through(forgetful.folder(), "host=x user=halfterm dbname=postgres");
  const absl::Status without_fsync = WhyNotOpened(options);
  EXPECT_TRUE(absl::IsFailedPrecondition(without_fsync)) << without_fsync;
  EXPECT_THAT(std::string(without_fsync.message()), HasSubstr("fsync = off"));
}

TEST_F(PostgresEngineTest, TablesOfANewerHalftermAreRefusedAndLeftAlone) {
  Opened();
  Run("insert into halfterm_schema (tenant, version) values (0, 99)");
  const absl::Status refused = WhyNotOpened(Options());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("version 99"));
  EXPECT_EQ(Run("select max(version) from halfterm_schema"), "99");
}

TEST_F(PostgresEngineTest, TablesAreMadeOnceAndOnlyWhereTheyMayBe) {
  PostgresEngineOptions options = Options();
  options.may_create = false;
  EXPECT_TRUE(absl::IsNotFound(WhyNotOpened(options)));
  EXPECT_EQ(Run("select to_regclass('halfterm_row') is null"), "t");
  Opened();
  Opened();
  EXPECT_NE(OpenedWith(options), nullptr);
  EXPECT_EQ(Run("select string_agg(version::text, ' ') from halfterm_schema"), "1 2");
}

TEST_F(PostgresEngineTest, AMessageNeverHoldsThePassword) {
  PostgresEngineOptions options = Options();
  options.conninfo = "host=/nowhere dbname=halfterm password=hush-hush";
  const absl::Status nobody = WhyNotOpened(options);
  EXPECT_TRUE(absl::IsUnavailable(nobody)) << nobody;
  EXPECT_THAT(std::string(nobody.message()), Not(HasSubstr("hush")));
  options.conninfo = "host=/nowhere password=hush hush";
  const absl::Status unreadable = WhyNotOpened(options);
  EXPECT_TRUE(absl::IsInvalidArgument(unreadable)) << unreadable;
  EXPECT_THAT(std::string(unreadable.message()), Not(HasSubstr("hush")));
}

TEST_F(PostgresEngineTest, AServerThatIsConnectedIsNotPushedAside) {
  const auto first = Opened();
  PostgresEngineOptions options = Options();
  options.wait_for_others = std::chrono::milliseconds(50);
  const absl::Status refused = WhyNotOpened(options);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Another halftermd"));
  EXPECT_TRUE(first->Commit(PutOf(Family::kState, {{"a", "1"}})).ok());
}

TEST_F(PostgresEngineTest, AServerThatWasOvertakenNeitherCommitsNorReads) {
  int fatal = 0;
  PostgresEngineOptions options = Options();
  options.on_fatal = [&fatal](const absl::Status& why) {
    EXPECT_TRUE(absl::IsAborted(why)) << why;
    ++fatal;
  };
  const Tenant school(7);
  const auto put = [&](const std::string& value) {
    return PutOf(Family::kMeta, {{HeadKey(school), value}});
  };
  const auto first = OpenedWith(options);
  ASSERT_TRUE(first->Commit(put("first")).ok());

  options = Options();
  options.take_over = true;
  const auto second = OpenedWith(options);
  // Before the second has written anything: to a school that both know, to a new one, to none.
  EXPECT_TRUE(absl::IsAborted(first->Commit(put("late")))) << "the first goes on";
  EXPECT_TRUE(absl::IsAborted(first->Commit(PutOf(Family::kMeta, {{HeadKey(Tenant(8)), "late"}}))));
  EXPECT_TRUE(absl::IsAborted(first->Commit(PutOf(Family::kMeta, {{EpochKey(), "late"}}))));
  EXPECT_TRUE(absl::IsAborted(first->NewSnapshot()->Get(Family::kMeta, HeadKey(school)).status()));
  EXPECT_EQ(fatal, 1);

  EXPECT_EQ(ValueOf(second->Get(Family::kMeta, HeadKey(school))), "first");
  EXPECT_TRUE(second->Commit(put("second")).ok());
  EXPECT_EQ(RowsOf(*second, Family::kMeta), (Rows{{HeadKey(school), "second"}}));
}

// Each of them alone, before the other two have shut the latch.
TEST_F(PostgresEngineTest, EveryWayToWriteIsFenced) {
  const struct {
    const char* what;
    std::string key;
  } cases[] = {{"a school that it knows", HeadKey(Tenant(7))},
               {"a school that is new", HeadKey(Tenant(8))},
               {"no school", EpochKey()}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    PostgresEngineOptions options = Options();
    options.take_over = true;
    const auto first = OpenedWith(options);
    ASSERT_TRUE(first->Commit(PutOf(Family::kMeta, {{HeadKey(Tenant(7)), "1"}})).ok());
    const auto second = OpenedWith(options);
    EXPECT_TRUE(absl::IsAborted(first->Commit(PutOf(Family::kMeta, {{c.key, "late"}}))));
    EXPECT_THAT(ValueOf(second->Get(Family::kMeta, c.key)), Not("late"));
  }
}

TEST_F(PostgresEngineTest, ADatabaseThatWentBackIsNoticed) {
  PostgresEngineOptions options = Options();
  const auto engine = OpenedWith(options);
  const std::string key = HeadKey(Tenant(7));
  ASSERT_TRUE(engine->Commit(PutOf(Family::kMeta, {{key, "1"}})).ok());
  Run("create table kept as select * from halfterm_row");
  ASSERT_TRUE(engine->Commit(PutOf(Family::kMeta, {{key, "2"}})).ok());
  Run("delete from halfterm_row; insert into halfterm_row select * from kept");
  const absl::Status refused = engine->Commit(PutOf(Family::kMeta, {{key, "3"}}));
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("no longer holds what was committed"));
  EXPECT_EQ(ValueOf(engine->Get(Family::kMeta, key)), "1");
  EXPECT_TRUE(engine->Stats().failed);
}

TEST_F(PostgresEngineTest, AKeyTooLongForTheIndexIsRefusedAndTheNextCommitIsNot) {
  const auto engine = Opened();
  std::mt19937_64 random(testing::TestSeed());
  std::string key(2600, '\0');
  for (char& byte : key) byte = static_cast<char>(random());
  EXPECT_TRUE(engine->Commit(PutOf(Family::kState, {{key, "1"}})).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(engine->Commit(PutOf(Family::kState, {{key + "x", "1"}}))));
  EXPECT_TRUE(engine->Commit(PutOf(Family::kState, {{"a", "1"}})).ok());
}

// Rows of many schools in one family, in the order of their keys; and each school's own.
TEST_F(PostgresEngineTest, AWalkOverSeveralSchoolsIsOneOrder) {
  std::mt19937_64 random(testing::TestSeed());
  const auto engine = Opened();
  std::vector<std::pair<std::string, std::string>> rows;
  for (int i = 0; i < 600; ++i) {
    const Tenant school(static_cast<uint32_t>(1 + random() % 9));
    switch (random() % 3) {
      case 0:
        rows.emplace_back(OplogKey(school, random() % 100'000), std::to_string(i));
        break;
      case 1:
        rows.emplace_back(AuditKey(school, random() % 100'000), std::to_string(i));
        break;
      default:  // Short ones belong to no school, and lie between.
        rows.emplace_back(OplogKey(school, 0).substr(0, random() % 5), std::to_string(i));
    }
  }
  for (size_t done = 0; done < rows.size(); done += 50) {
    const Rows some(rows.begin() + static_cast<ptrdiff_t>(done),
                    rows.begin() + static_cast<ptrdiff_t>(done) + 50);
    ASSERT_TRUE(engine->Commit(PutOf(Family::kLog, some)).ok());
  }
  std::map<std::string, std::string> expected;
  for (const auto& [key, value] : rows) expected[key] = value;
  EXPECT_EQ(RowsOf(*engine, Family::kLog), Rows(expected.begin(), expected.end()));

  const auto snapshot = engine->NewSnapshot();
  for (uint32_t handle = 1; handle <= 9; ++handle) {
    const std::string begin = OplogPrefix(Tenant(handle)), end = EndOfPrefix(begin);
    const Rows one(expected.lower_bound(begin), expected.lower_bound(end));
    EXPECT_EQ(RowsOf(*snapshot, Family::kLog, begin, end), one);
  }
  const auto cursor = snapshot->NewCursor(Family::kLog, {}, {});
  for (int i = 0; i < 200; ++i) {
    const std::string target =
        OplogKey(Tenant(static_cast<uint32_t>(random() % 11)), random() % 100'000)
            .substr(0, random() % 14);
    cursor->Seek(target);
    auto at = expected.lower_bound(target);
    for (uint64_t steps = random() % 30; steps > 0 && at != expected.end(); --steps, ++at) {
      ASSERT_TRUE(cursor->Valid());
      ASSERT_EQ(cursor->key(), at->first);
      ASSERT_EQ(cursor->value(), at->second);
      cursor->Next();
    }
    ASSERT_EQ(cursor->Valid(), at != expected.end());
  }
}

}  // namespace
}  // namespace halfterm::storage
