// Accounts, tablets and sessions, against each other.
//
// No log holds them, so nothing can make them anew: what is checked is that each row can be read,
// is of this school, and agrees with the rows that name it. A name or a provider's account that
// leads to somebody who does not have it would sign in the wrong person.

#ifndef HALFTERM_STORAGE_VERIFY_ACCOUNT_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_ACCOUNT_CHECK_H_
#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"

namespace halfterm::storage {

// Names rows by ids and by what kind they are, and no name, hash or secret. An error is the
// engine's.
absl::Status CheckAccounts(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                           Findings& findings);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_ACCOUNT_CHECK_H_
