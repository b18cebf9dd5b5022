// What people and administrators do with accounts, tablets and roles, as rows of the audit.

#ifndef HALFTERM_STORAGE_AUDIT_ACCOUNT_ACTS_H_
#define HALFTERM_STORAGE_AUDIT_ACCOUNT_ACTS_H_
#include <cstdint>

#include "absl/status/status.h"
#include "halfterm/v1/audit.pb.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/commit/batch.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// Ids of zeros: nobody, no tablet. `by` of nobody is whoever administers this machine.
struct AccountAct {
  v1::AuditAct act;
  core::Id16 by{}, about{}, device{};
  uint64_t count = 0;
};

// In the batch's own atomic write; errors as AppendAudit's. For the committer's thread.
absl::Status NoteAccountAct(Batch& batch, Tenant tenant, const AccountAct& done);

// A grant as it is written now.
absl::Status NoteGrant(Batch& batch, Tenant tenant, const v1::RoleGrant& grant);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_ACCOUNT_ACTS_H_
