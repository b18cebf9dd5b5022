// The ledger of servers that share their rows: a database that they share too.

#ifndef HALFTERM_SERVICE_LEDGER_DATABASE_H_
#define HALFTERM_SERVICE_LEDGER_DATABASE_H_
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/log.h"
#include "service/server.h"
#include "storage/engine.h"

namespace halfterm::service {

// Opens the database that `options.ledger` names. Where nobody has used it yet and this server was
// alone so far, DIR/ledger is copied to it; its folder is put aside under another name.
//
// FailedPrecondition: it is the database of the rows. One in the same cluster is warned of in the
// log: a restore of that cluster would take both back. Errors of OpenPostgresEngine and
// OpenRocksEngine.
absl::StatusOr<std::unique_ptr<storage::Engine>> OpenLedgerDatabase(
    const ServerOptions& options, std::function<void(const absl::Status&)> on_fatal, Log& log);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_LEDGER_DATABASE_H_
