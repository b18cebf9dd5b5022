#include "storage/postgres/statements.h"

#include "absl/strings/str_cat.h"

namespace halfterm::storage::postgres {
namespace {

constexpr char kOneRow[] = " where tenant = $1 and family = $2 and key = $3";
constexpr char kFrom[] = " where tenant = $1 and family = $2 and key >= $3";
constexpr char kFromTo[] = " where tenant = $1 and family = $2 and key >= $3 and key < $4";
constexpr char kInsert[] = "insert into halfterm_row (tenant, family, key, value) values ";
constexpr char kReplacing[] =
    " on conflict (tenant, family, key) do update set value = excluded.value";

std::string InsertOf(size_t rows) {
  std::string sql = kInsert;
  for (size_t row = 0; row < rows; ++row) {
    const size_t first = 2 + 3 * row;
    absl::StrAppend(&sql, row == 0 ? "" : ", ", "($1, $", first, ", $", first + 1, ", $", first + 2,
                    ")");
  }
  return sql;
}

std::vector<StatementText> Made() {
  std::vector<StatementText> made(static_cast<size_t>(Statement::kCount));
  const auto set = [&](Statement statement, const char* name, std::string sql) {
    const bool reads = sql.compare(0, 6, "select") == 0 && statement != Statement::kLock;
    made[static_cast<size_t>(statement)] = {name, std::move(sql), reads};
  };
  const std::string rows = "select key, value from halfterm_row";
  const std::string bytes =
      "select coalesce(sum(octet_length(key) + octet_length(value)), 0)::int8 from halfterm_row";
  set(Statement::kGet, "get", absl::StrCat("select value from halfterm_row", kOneRow));
  set(Statement::kLock, "lock",
      absl::StrCat("select value from halfterm_row", kOneRow, " for update"));
  // Not `key = any($3)`: of a young table PostgreSQL believes that a family has a row or two, walks
  // the whole family and compares each row with each key.
  set(Statement::kGetSome, "get_some",
      "select wanted.key, (select value from halfterm_row where tenant = $1 and family = $2 and "
      "key "
      "= wanted.key) from unnest($3::bytea[]) as wanted(key)");
  set(Statement::kWalk, "walk", absl::StrCat(rows, kFrom, " order by key limit $4"));
  set(Statement::kWalkTo, "walk_to", absl::StrCat(rows, kFromTo, " order by key limit $5"));
  set(Statement::kMeasure, "measure", absl::StrCat(bytes, kFrom));
  set(Statement::kMeasureTo, "measure_to", absl::StrCat(bytes, kFromTo));
  for (const PutSize& size : kPutSizes) {
    const std::string insert = InsertOf(size.rows);
    set(size.put, absl::StrCat("put_", size.rows).c_str(), insert + kReplacing);
    set(size.insert, absl::StrCat("insert_", size.rows).c_str(), insert);
  }
  set(Statement::kDelete, "delete", absl::StrCat("delete from halfterm_row", kOneRow));
  set(Statement::kAdd, "add",
      absl::StrCat(kInsert, "($1, $2, $3, $4) on conflict (tenant, family, key) do nothing"));
  set(Statement::kReplace, "replace",
      absl::StrCat("update halfterm_row set value = $4", kOneRow, " and value = $5"));
  return made;
}

}  // namespace

const std::vector<StatementText>& Statements() {
  static const std::vector<StatementText>* const statements =
      new std::vector<StatementText>(Made());
  return *statements;
}

}  // namespace halfterm::storage::postgres
