// A school's directory: that its index names what is there, and that its grants are those of the
// log.

#ifndef HALFTERM_STORAGE_VERIFY_DIRECTORY_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_DIRECTORY_CHECK_H_
#include <cstdint>

#include "absl/status/status.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"
#include "storage/verify/log_check.h"

namespace halfterm::storage {

// `references`: how many reference records have their row in the index.
absl::Status CheckDirectory(const Snapshot& snapshot, Tenant tenant, uint64_t references,
                            LoggedGrants logged, Findings& findings);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_DIRECTORY_CHECK_H_
