// Each statement that touches rows is bound to one tenant, as its text shows: Citus then sends it
// to one shard, and no statement can reach into another school's rows.

#include "storage/postgres/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace halfterm::storage::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatementsTest, EachIsBoundToOneTenant) {
  ASSERT_EQ(Statements().size(), static_cast<size_t>(Statement::kCount));
  for (const StatementText& statement : Statements()) {
    SCOPED_TRACE(statement.name);
    const std::string& sql = statement.sql;
    EXPECT_THAT(sql, HasSubstr("halfterm_row"));
    if (sql.rfind("insert", 0) == 0) {
      // Every row of the list begins with the one tenant.
      ASSERT_THAT(sql, HasSubstr("(tenant, family, key, value) values ("));
      const std::string rows = sql.substr(sql.find("values ") + 7);
      const std::string tuples = rows.substr(0, rows.find(" on conflict"));
      for (size_t row = 0; (row = tuples.find('(', row)) != std::string::npos; ++row) {
        EXPECT_EQ(tuples.compare(row, 5, "($1, "), 0) << "row at byte " << row;
      }
      const std::string after = rows.substr(tuples.size());
      EXPECT_TRUE(after.empty() || after.rfind(" on conflict (tenant, family, key) do ", 0) == 0)
          << after;
    } else {
      EXPECT_THAT(sql, HasSubstr(" where tenant = $1 and family = $2 and key "));
      EXPECT_THAT(sql, Not(HasSubstr(" or ")));
    }
    EXPECT_THAT(sql, Not(HasSubstr(" join ")));
    EXPECT_THAT(sql, Not(HasSubstr("with ")));
    EXPECT_THAT(sql, Not(HasSubstr(";")));
  }
}

TEST(StatementsTest, NamesAreDifferent) {
  std::set<std::string> names;
  for (const StatementText& statement : Statements()) names.insert(statement.name);
  EXPECT_EQ(names.size(), Statements().size());
  EXPECT_EQ(names.count(""), 0u);
}

TEST(StatementsTest, WhoeverReadsPreparesNothingThatWrites) {
  for (const StatementText& statement : Statements()) {
    const std::string& sql = statement.sql;
    const bool is_lock = sql.find("for update") != std::string::npos;
    EXPECT_EQ(statement.reads, sql.rfind("select", 0) == 0 && !is_lock) << statement.name;
  }
}

TEST(StatementsTest, AnyNumberOfRowsIsMadeOfTheSizes) {
  EXPECT_EQ(kPutSizes.back().rows, 1u);
  for (size_t i = 1; i < kPutSizes.size(); ++i) {
    EXPECT_GT(kPutSizes[i - 1].rows, kPutSizes[i].rows);
  }
}

}  // namespace
}  // namespace halfterm::storage::postgres
