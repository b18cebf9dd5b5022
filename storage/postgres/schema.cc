#include "storage/postgres/schema.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage::postgres {
namespace {

// Of the database, for the time of one migration; "Half" in ASCII.
constexpr char kLockSchema[] = "select pg_advisory_xact_lock(1214344294)";

// 0: there is no schema yet.
absl::StatusOr<int> VersionOf(Connection& connection) {
  const Answer exists = connection.Ask("select to_regclass('halfterm_schema') is not null");
  if (!exists.ok()) return exists.AsStatus("looking for the tables");
  if (exists.results.front().Text(0, 0) != "t") return 0;
  const Answer version =
      connection.Ask("select max(version) from halfterm_schema where tenant = 0");
  if (!version.ok()) return version.AsStatus("reading the version of the tables");
  int number = 0;
  if (!absl::SimpleAtoi(version.results.front().Text(0, 0), &number) || number < 1) {
    return absl::DataLossError(
        "The table halfterm_schema is there and holds no version. Restore the database from its "
        "backup, or name an empty one.");
  }
  return number;
}

absl::Status Migrate(Connection& connection, int from, const std::string& sql) {
  for (const std::string& step :
       {sql,
        absl::StrCat("insert into halfterm_schema (tenant, version) values (0, ", from + 1, ")"),
        std::string("commit")}) {
    const Answer done = connection.AskAll(step);
    if (!done.ok()) return done.AsStatus("bringing the tables up to date");
  }
  return absl::OkStatus();
}

// One migration, if one is missing. True: nothing is.
absl::StatusOr<bool> Step(Connection& connection, bool may_create) {
  const absl::StatusOr<int> version = VersionOf(connection);
  if (!version.ok()) return version.status();
  const int newest = static_cast<int>(Migrations().size());
  if (*version > newest) {
    return absl::FailedPreconditionError(
        absl::StrCat("The database ", connection.place(), " has tables of version ", *version,
                     ", and this halftermd knows versions up to ", newest,
                     ". A newer Halfterm made them; use that version. Nothing was changed."));
  }
  if (*version == newest) return true;
  if (*version == 0 && !may_create) {
    return absl::NotFoundError(absl::StrCat("There are no tables of Halfterm's in the database ",
                                            connection.place(), "."));
  }
  const std::string& sql = Migrations()[static_cast<size_t>(*version)];
  if (absl::Status done = Migrate(connection, *version, sql); !done.ok()) return done;
  return false;
}

}  // namespace

const std::vector<std::string>& Migrations() {
  // Rows are rewritten more often than they are made: room on each page keeps a new version of a
  // row beside the old one and out of the index.
  static const std::vector<std::string>* const migrations = new std::vector<std::string>{
      "create table halfterm_schema ("
      " tenant bigint not null, version int not null,"
      " made timestamptz not null default now(), primary key (tenant, version));"
      "create table halfterm_row ("
      " tenant bigint not null, family smallint not null, key bytea not null, value bytea not null,"
      " primary key (tenant, family, key))"
      " with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)",
      // One head for all servers, which says how far the store has come and not who writes it:
      // those of version 1 held who, then how far.
      "delete from halfterm_row where family = 100 and tenant <> 0;"
      "update halfterm_row set value = substring(value from 9) || '\\x0000000000000000'"
      " where family = 100 and tenant = 0",
  };
  return *migrations;
}

absl::Status BringUpToDate(Connection& connection, bool may_create) {
  for (;;) {
    const Answer locked = connection.AskAll(absl::StrCat("begin; ", kLockSchema));
    if (!locked.ok()) return locked.AsStatus("bringing the tables up to date");
    const absl::StatusOr<bool> is_newest = Step(connection, may_create);
    if (!is_newest.ok() || *is_newest) {
      connection.Ask("rollback");
      return is_newest.status();
    }
  }
}

}  // namespace halfterm::storage::postgres
