// Open doors: each row can be read, is of somebody whom the school knows, and promises no more
// places than there are.

#ifndef HALFTERM_STORAGE_VERIFY_DOOR_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_DOOR_CHECK_H_
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"
#include "sync/directory.h"

namespace halfterm::storage {

// An error is the engine's.
absl::Status CheckDoors(const Snapshot& snapshot, Tenant tenant, const sync::Directory& directory,
                        Findings& findings);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_DOOR_CHECK_H_
