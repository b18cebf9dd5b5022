// The audit against its own chain.

#ifndef HALFTERM_STORAGE_VERIFY_AUDIT_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_AUDIT_CHECK_H_
#include "absl/status/status.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"

namespace halfterm::storage {

// That the rows are numbered without a gap, that each follows from the one before, and that the
// last one is the one that the head names. Errors as Cursor::status(); Cancelled: whoever asked has
// had enough.
absl::Status CheckAudit(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                        Findings& findings);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_AUDIT_CHECK_H_
