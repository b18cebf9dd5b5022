#include "storage/postgres/which_database.h"

#include <memory>

#include "storage/postgres/connection.h"

namespace halfterm::storage {

absl::StatusOr<WhichDatabase> AskWhichDatabase(const std::string& conninfo) {
  using postgres::Answer;
  const absl::StatusOr<std::unique_ptr<postgres::Connection>> connection =
      postgres::Connection::Open(conninfo, postgres::Purpose::kReading);
  if (!connection.ok()) return connection.status();
  WhichDatabase which;
  const Answer name = (*connection)->Ask("select current_database()");
  if (!name.ok()) return name.AsStatus("asking for its name");
  which.name = std::string(name.results.front().Text(0, 0));
  const Answer cluster = (*connection)->Ask("select system_identifier from pg_control_system()");
  if (cluster.ok()) which.cluster = std::string(cluster.results.front().Text(0, 0));
  return which;
}

}  // namespace halfterm::storage
