// The audit: who read what about whom, and what administrators did.
//
// Rows are only ever added, here and nowhere else, each hash-chained to the one before; the head of
// the school keeps the last number and hash, so that `halfterm verify` notices a row that was
// changed, moved, put in or taken out, the last one too. Ids and numbers only: no names, nothing
// that anybody wrote.

#ifndef HALFTERM_STORAGE_AUDIT_AUDIT_LOG_H_
#define HALFTERM_STORAGE_AUDIT_AUDIT_LOG_H_
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "halfterm/v1/audit.pb.h"
#include "storage/commit/batch.h"
#include "sync/core/types.h"

namespace halfterm::storage {

constexpr int kMaxAuditRecords = 64;

// The chain after row `n`.
core::Digest32 AuditChain(const core::Digest32& before, uint64_t n, absl::string_view event);

// Adds a row with the batch's moment, in the same atomic write. On the committer's thread.
absl::Status AppendAudit(Batch& batch, Tenant tenant, v1::AuditEvent event);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_AUDIT_LOG_H_
