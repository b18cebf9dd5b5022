// Opening a store's files where they lie, without the right to change them.

#ifndef HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_FILES_H_
#define HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_FILES_H_
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace halfterm::storage {

// `directory` by the names of `env`, which the engine keeps; null: the system's. Takes no lock and
// writes nothing, so it may be used beside a running server, and sees the store as it is at this
// moment: where the server puts other files in the place of some meanwhile, it looks again. Every
// commit fails. Errors as OpenRocksEngine; Unavailable where they change too fast.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksReadOnly(const std::string& directory,
                                                          std::shared_ptr<rocksdb::Env> env);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROCKS_ROCKS_ENGINE_FILES_H_
