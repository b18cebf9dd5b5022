#include "storage/audit/audit_log.h"

#include <string>
#include <utility>

#include "halfterm/disk/audit.pb.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::storage {

core::Digest32 AuditChain(const core::Digest32& before, uint64_t n, absl::string_view event) {
  std::string bytes(before.view());
  core::AppendBig64(bytes, n);
  bytes.append(event.data(), event.size());
  return core::Sha256(bytes);
}

absl::Status AppendAudit(Batch& batch, Tenant tenant, v1::AuditEvent event) {
  const absl::StatusOr<disk::HeadRow*> head = batch.Head(tenant);
  if (!head.ok()) return head.status();
  event.set_at_ms(batch.now_ms());
  disk::AuditRow row;
  row.set_event(event.SerializeAsString());
  const uint64_t n = (*head)->audit_n() + 1;
  const core::Digest32 before =
      core::Digest32::FromBytes((*head)->audit_chain()).value_or(core::Digest32{});
  row.set_chain(std::string(AuditChain(before, n, row.event()).view()));
  (*head)->set_audit_n(n);
  (*head)->set_audit_chain(row.chain());
  batch.PutUnread(Family::kLog, AuditKey(tenant, n), row.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace halfterm::storage
