// Every statement that touches rows, and there are no others: each is bound to one tenant, its
// first parameter, so that Citus can send it to the one shard that holds that tenant.
// statements_test.cc holds the list to it. Beside them stand what makes the tables
// (schema.cc) and VACUUM, which Citus sends round by itself.

#ifndef HALFTERM_STORAGE_POSTGRES_STATEMENTS_H_
#define HALFTERM_STORAGE_POSTGRES_STATEMENTS_H_
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace halfterm::storage::postgres {

// Parameters are binary: tenant int8, family int2, keys and values bytea, numbers int8.
enum class Statement {
  kGet,        // tenant, family, key -> value
  kLock,       // The same, and holds the row until the transaction ends.
  kGetSome,    // tenant, family, keys bytea[] -> key, value or null; in no order
  kWalk,       // tenant, family, from, most -> key, value; ascending, from included
  kWalkTo,     // tenant, family, from, until, most -> the same; until excluded
  kMeasure,    // tenant, family, from -> bytes of keys and values
  kMeasureTo,  // tenant, family, from, until -> the same
  kPut1,       // tenant, then family, key, value of each row
  kPut4,
  kPut16,
  kPut64,
  kPut256,
  kInsert1,  // The same of rows that are not there; fails where one is.
  kInsert4,
  kInsert16,
  kInsert64,
  kInsert256,
  kDelete,   // tenant, family, key
  kAdd,      // tenant, family, key, value; does nothing where the row exists
  kReplace,  // tenant, family, key, new value, old value; does nothing where another value stands
  kCount,    // How many there are.
};

struct PutSize {
  size_t rows;
  Statement put, insert;
};
// Largest first: a commit of any number of rows is made of these.
constexpr std::array<PutSize, 5> kPutSizes = {{{256, Statement::kPut256, Statement::kInsert256},
                                               {64, Statement::kPut64, Statement::kInsert64},
                                               {16, Statement::kPut16, Statement::kInsert16},
                                               {4, Statement::kPut4, Statement::kInsert4},
                                               {1, Statement::kPut1, Statement::kInsert1}}};

struct StatementText {
  std::string name;  // Under which each connection prepares it.
  std::string sql;
  bool reads;  // Without locks or changes: all that a connection for reading prepares.
};

// By number of the statement.
const std::vector<StatementText>& Statements();

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_STATEMENTS_H_
