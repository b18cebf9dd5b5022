// The store that the server's options name, opened.

#ifndef HALFTERM_SERVICE_OPENED_ENGINE_H_
#define HALFTERM_SERVICE_OPENED_ENGINE_H_
#include <memory>

#include "absl/status/statusor.h"
#include "service/log.h"
#include "service/server.h"
#include "storage/engine.h"

namespace halfterm::service {

// Errors of OpenRocksEngine or OpenPostgresEngine; NotFound: there is no store in the directory, and
// it must not be begun. The log must outlive the engine.
absl::StatusOr<std::unique_ptr<storage::Engine>> OpenEngine(const ServerOptions& options,
                                                            bool may_create, Log& log);

// Whether the directory under `data` holds rows of an engine in this process.
bool HasStoreDirectory(const ServerOptions& options);

// Whether anything was ever committed to a database. FailedPrecondition: nothing was, while the
// data directory holds a store: started so, the server would tell every tablet that nothing of its
// work is held.
absl::StatusOr<bool> HasHistory(const ServerOptions& options, const storage::Engine& database);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_OPENED_ENGINE_H_
