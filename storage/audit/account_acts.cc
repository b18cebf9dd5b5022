#include "storage/audit/account_acts.h"

#include <string>
#include <utility>

#include "storage/audit/audit_log.h"

namespace halfterm::storage {

absl::Status NoteAccountAct(Batch& batch, Tenant tenant, const AccountAct& done) {
  const auto bytes = [](const core::Id16& id) {
    return id.IsZero() ? std::string() : std::string(id.view());
  };
  v1::AuditEvent event;
  event.set_act(done.act);
  event.set_person(bytes(done.by));
  event.set_subject(bytes(done.about));
  event.set_device(bytes(done.device));
  event.set_count(done.count);
  return AppendAudit(batch, tenant, std::move(event));
}

absl::Status NoteGrant(Batch& batch, Tenant tenant, const v1::RoleGrant& grant) {
  v1::AuditEvent event;
  event.set_act(grant.state() == v1::GRANT_STATE_ENDED ? v1::AUDIT_ACT_ROLE_ENDED
                                                       : v1::AUDIT_ACT_ROLE_GIVEN);
  event.set_subject(grant.person());
  event.set_org(grant.org());
  event.set_role(static_cast<uint32_t>(grant.role()));
  return AppendAudit(batch, tenant, std::move(event));
}

}  // namespace halfterm::storage
