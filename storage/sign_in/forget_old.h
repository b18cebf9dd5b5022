// Clears what people on their way in left behind.

#ifndef HALFTERM_STORAGE_SIGN_IN_FORGET_OLD_H_
#define HALFTERM_STORAGE_SIGN_IN_FORGET_OLD_H_
#include "absl/status/status.h"
#include "storage/commit/batch.h"
#include "storage/keys.h"

namespace halfterm::storage {

// Of one school: nonces that were made kUsedNonceMs ago, sign-ins that have ended, counts in which
// nothing counts any more. A row that cannot be read goes too. Safe to run on several servers.
// `stored`: what the batch found.
absl::Status ForgetOldSignIns(Batch& batch, const Snapshot& stored, Tenant tenant);

// The counts of no school.
absl::Status ForgetOldGuesses(Batch& batch, const Snapshot& stored);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_FORGET_OLD_H_
