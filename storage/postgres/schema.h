// The tables, and how they came to be so. A migration, once shipped, is never changed: another one
// follows it.

#ifndef HALFTERM_STORAGE_POSTGRES_SCHEMA_H_
#define HALFTERM_STORAGE_POSTGRES_SCHEMA_H_
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "storage/postgres/connection.h"

namespace halfterm::storage::postgres {

// Migration n, from 1, is element n - 1; each is one transaction.
const std::vector<std::string>& Migrations();

// Brings the database to the newest schema that this program knows: nothing to do, mostly. Two
// servers that start at once do it one after the other.
//
// FailedPrecondition: a newer program made the schema. NotFound: there is none, and `may_create` is
//   false. PermissionDenied: the role may not create tables. Unavailable: the database failed.
absl::Status BringUpToDate(Connection& connection, bool may_create);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_SCHEMA_H_
