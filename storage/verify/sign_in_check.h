// Rows of people on their way in: each can be read, is of a tablet that is known, and holds nothing
// in clear.

#ifndef HALFTERM_STORAGE_VERIFY_SIGN_IN_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_SIGN_IN_CHECK_H_
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"

namespace halfterm::storage {

// Of a school. Names rows by what kind they are and by tablets. An error is the engine's.
absl::Status CheckSignIns(const Snapshot& snapshot, Tenant tenant, Findings& findings);

// The counts of no school.
absl::Status CheckGuesses(const Snapshot& snapshot, Findings& findings);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_SIGN_IN_CHECK_H_
