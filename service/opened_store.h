// What a server finds on its disk when it starts: the store that its options name, the ledger and
// the keys beside it, and whether they belong together.
//
// The keys are read first and the ledger before the store, because a store whose keys are gone, or
// which the ledger knows and which is not there, must stay as it is.

#ifndef HALFTERM_SERVICE_OPENED_STORE_H_
#define HALFTERM_SERVICE_OPENED_STORE_H_
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "service/server.h"
#include "storage/accounts/account_keys.h"
#include "storage/backup/ledger.h"
#include "storage/commit/changes.h"
#include "storage/commit/epochs.h"
#include "storage/commit/following.h"
#include "storage/commit/secrets.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"
#include "storage/postgres/stop_signal.h"
#include "storage/shared_engine.h"

namespace halfterm::service {

// Each part needs those above it.
struct Stored {
  Stored() = default;
  // Nobody heeds a shared engine after this.
  ~Stored() {
    if (engine != nullptr) engine->Close().IgnoreError();
  }

  // Once it is sent, nothing waits for a database that is away.
  const std::shared_ptr<storage::StopSignal> stop = std::make_shared<storage::StopSignal>();
  std::unique_ptr<storage::Engine> ledger_engine;
  std::unique_ptr<storage::Ledger> ledger;
  std::unique_ptr<storage::Engine> engine;
  std::optional<storage::Secrets> secrets;
  std::optional<storage::AccountKeys> account_keys;
  std::optional<storage::Epochs> epochs;
  storage::Directories directories;
  storage::Sessions sessions;
  storage::Changes changes;
  // Of an engine that several servers share; it is heeding already.
  std::unique_ptr<storage::Following> following;
};

// Whatever the ledger knows and the store does not is in the store when this returns; and where the
// ledger is an old copy, or new, it has what it must keep of the store.
//
// Errors of OpenRocksEngine or OpenPostgresEngine, Secrets::Open, OpenHistory, Replay and
// FillLedger. FailedPrecondition: the store is gone that the ledger tells of; or a database holds
// nothing while the data directory holds a store; or keys of a database that several servers share
// are missing. The log must outlive what was opened.
absl::StatusOr<std::unique_ptr<Stored>> OpenStored(const ServerOptions& options,
                                                   const Server::World& world);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_OPENED_STORE_H_
