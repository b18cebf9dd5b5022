#include "storage/accounts/provider_sessions.h"

#include <algorithm>

#include "storage/accounts/account_rows.h"
#include "storage/accounts/session_terms.h"

namespace halfterm::storage {
namespace {

constexpr int kMostSessions = 64;

bool Names(const disk::SubjectLink& link, const core::Id16& session) {
  return std::any_of(link.sessions().begin(), link.sessions().end(),
                     [&session](const std::string& one) { return one == session.view(); });
}

}  // namespace

disk::SubjectLink* LinkOf(disk::CredentialRow& credential, const std::string& issuer,
                          const std::string& subject) {
  for (disk::SubjectLink& link : *credential.mutable_links()) {
    if (link.issuer() == issuer && link.subject() == subject) return &link;
  }
  return nullptr;
}

void AddSession(Batch& batch, Tenant tenant, const core::Id16& session, disk::SubjectLink& link) {
  auto& sessions = *link.mutable_sessions();
  const auto is_over = [&](const std::string& bytes) {
    const auto id = core::Id16::FromBytes(bytes);
    const auto found = id ? batch.SessionOf(tenant, *id) : nullptr;
    return found == nullptr || found->ended_ms != 0;
  };
  sessions.erase(std::remove_if(sessions.begin(), sessions.end(), is_over), sessions.end());
  if (sessions.size() >= kMostSessions) sessions.erase(sessions.begin());
  link.add_sessions(std::string(session.view()));
}

bool IsByProvider(const disk::CredentialRow& credential, const core::Id16& session) {
  return std::any_of(credential.links().begin(), credential.links().end(),
                     [&session](const disk::SubjectLink& link) { return Names(link, session); });
}

absl::StatusOr<uint32_t> EndSessionsByProvider(Batch& batch, Tenant tenant,
                                               const disk::CredentialRow& credential) {
  return EndSessions(batch, tenant, v1::SESSION_END_REVOKED, [&credential](const Session& session) {
    return IsByProvider(credential, session.caller.session);
  });
}

absl::StatusOr<uint32_t> EndSessionsByIssuer(Batch& batch, Tenant tenant,
                                             const std::string& issuer) {
  absl::Status read;
  const absl::StatusOr<uint32_t> ended =
      EndSessions(batch, tenant, v1::SESSION_END_REVOKED, [&](const Session& session) {
        const absl::StatusOr<disk::CredentialRow> credential =
            CredentialOf(FromBatch(batch), tenant, session.caller.person);
        read.Update(credential.status());
        return credential.ok() &&
               std::any_of(credential->links().begin(), credential->links().end(),
                           [&](const disk::SubjectLink& link) {
                             return link.issuer() == issuer && Names(link, session.caller.session);
                           });
      });
  if (!read.ok()) return read;
  return ended;
}

}  // namespace halfterm::storage
