// What people and administrators do with accounts, sessions and tablets: the rest of
// account_jobs.h.

#include <utility>

#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/provider_sessions.h"
#include "storage/accounts/provider_url.h"
#include "storage/accounts/session_terms.h"
#include "storage/audit/account_acts.h"

namespace halfterm::storage {
namespace {

constexpr size_t kGcmNonceBytes = 12;

// "Not yours" and "not there" say the same.
absl::Status NoSuchSession() { return absl::NotFoundError("there is no such session"); }
absl::Status NoSuchTablet() { return absl::NotFoundError("there is no such tablet"); }
absl::Status NoSuchPerson() { return absl::NotFoundError("no such person at this school"); }

absl::StatusOr<Tenant> SchoolNamed(Batch& batch, const std::string& name) {
  const std::optional<Tenant> tenant = batch.TenantNamed(name);
  if (!tenant) return absl::NotFoundError("no such school; see `halfterm import`");
  return *tenant;
}

absl::StatusOr<uint32_t> EndTablet(Batch& batch, Tenant tenant, const core::Id16& device,
                                   const core::Id16& by) {
  absl::StatusOr<disk::DeviceRow> row = TabletOf(FromBatch(batch), tenant, device);
  if (absl::IsNotFound(row.status())) return NoSuchTablet();
  if (!row.ok()) return row.status();
  if (row->revoked_ms() == 0) row->set_revoked_ms(batch.now_ms());
  batch.Put(Family::kState, DeviceKey(tenant, device), row->SerializeAsString());
  const absl::StatusOr<uint32_t> ended =
      EndSessions(batch, tenant, v1::SESSION_END_TABLET,
                  [&](const Session& s) { return s.caller.device == device; });
  if (!ended.ok()) return ended.status();
  const absl::Status noted =
      NoteAccountAct(batch, tenant, {v1::AUDIT_ACT_TABLET_ENDED, by, core::Id16{}, device, *ended});
  if (!noted.ok()) return noted;
  return *ended;
}

// Where a session of somebody's ends that had not ended.
absl::Status EndOneSession(Batch& batch, const Session& session, v1::SessionEnd why,
                           const core::Id16& by) {
  const Caller& whose = session.caller;
  const bool is_new = session.ended_ms == 0 && why == v1::SESSION_END_REVOKED;
  const core::Id16 person = whose.person, device = whose.device;
  const absl::Status ended = EndSession(batch, whose.tenant, whose.session, why);
  if (!ended.ok() || !is_new) return ended;
  return NoteAccountAct(batch, whose.tenant, {v1::AUDIT_ACT_SESSION_ENDED, by, person, device, 1});
}

absl::Status ApplySetAccount(Batch& batch, const v1::SetAccountRequest& request,
                             v1::SetAccountReply& reply) {
  const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, request.tenant());
  if (!tenant.ok()) return tenant.status();
  const auto person = core::Id16::FromBytes(request.person());
  if (!person || batch.DirectoryOf(*tenant).Person(*person) == nullptr) return NoSuchPerson();
  absl::StatusOr<disk::CredentialRow> credential = CredentialOf(FromBatch(batch), *tenant, *person);
  if (!credential.ok()) return credential.status();
  credential->set_ended_ms(request.ended() ? batch.now_ms() : 0);
  if (request.ended()) {
    if (absl::Status done = EndInvitationsOf(batch, *tenant, *person); !done.ok()) return done;
    const absl::StatusOr<uint32_t> ended =
        EndSessions(batch, *tenant, v1::SESSION_END_ACCOUNT,
                    [&](const Session& s) { return s.caller.person == *person; });
    if (!ended.ok()) return ended.status();
    reply.set_sessions(*ended);
  }
  batch.Put(Family::kState, CredentialKey(*tenant, *person), credential->SerializeAsString());
  return NoteAccountAct(
      batch, *tenant,
      {request.ended() ? v1::AUDIT_ACT_ACCOUNT_ENDED : v1::AUDIT_ACT_ACCOUNT_OPENED, core::Id16{},
       *person, core::Id16{}, reply.sessions()});
}

absl::Status ApplySetProvider(Batch& batch, const AccountKeys& keys,
                              const v1::SetProviderRequest& request) {
  const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, request.tenant());
  if (!tenant.ok()) return tenant.status();
  const absl::StatusOr<disk::ProviderRow> before = ProviderOf(FromBatch(batch), *tenant);
  if (!before.ok()) return before.status();
  AccountAct act{v1::AUDIT_ACT_PROVIDER_SET};
  const auto end_sessions = [&]() -> absl::Status {
    if (before->issuer().empty() || before->issuer() == request.issuer()) return absl::OkStatus();
    const absl::StatusOr<uint32_t> ended = EndSessionsByIssuer(batch, *tenant, before->issuer());
    if (ended.ok()) act.count = *ended;
    return ended.status();
  };
  if (request.issuer().empty()) {
    if (absl::Status ended = end_sessions(); !ended.ok()) return ended;
    batch.Delete(Family::kState, ProviderKey(*tenant));
    return NoteAccountAct(batch, *tenant, act);
  }
  const std::optional<ProviderUrl> issuer = ParseProviderUrl(request.issuer());
  if (!issuer) {
    return absl::InvalidArgumentError(
        "issuer must be an https URL without query (http only for this machine)");
  }
  if (request.client_id().empty() || request.redirect_uri().empty()) {
    return absl::InvalidArgumentError("client_id and redirect_uri are needed with an issuer");
  }
  disk::ProviderRow row;
  row.set_issuer(request.issuer());
  row.set_name(request.name().empty() ? issuer->host : request.name());
  row.set_client_id(request.client_id());
  row.set_redirect_uri(request.redirect_uri());
  if (!request.client_secret().empty()) {
    row.set_sealed_client_secret(
        keys.Seal(batch.context().random(kGcmNonceBytes), request.client_secret()));
  }
  if (absl::Status ended = end_sessions(); !ended.ok()) return ended;
  batch.Put(Family::kState, ProviderKey(*tenant), row.SerializeAsString());
  return NoteAccountAct(batch, *tenant, act);
}

absl::Status ApplyLinkSubject(Batch& batch, const v1::LinkSubjectRequest& request) {
  const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, request.tenant());
  if (!tenant.ok()) return tenant.status();
  const auto person = core::Id16::FromBytes(request.person());
  if (!person || batch.DirectoryOf(*tenant).Person(*person) == nullptr) return NoSuchPerson();
  const ReadRow read = FromBatch(batch);
  absl::StatusOr<disk::CredentialRow> credential = CredentialOf(read, *tenant, *person);
  if (!credential.ok()) return credential.status();
  uint32_t sessions = 0;
  if (request.subject().empty()) {
    const absl::StatusOr<uint32_t> ended = EndSessionsByProvider(batch, *tenant, *credential);
    if (!ended.ok()) return ended.status();
    sessions = *ended;
    for (const disk::SubjectLink& link : credential->links()) {
      batch.Delete(Family::kState, SubjectKeyOf(*tenant, link.issuer(), link.subject()));
    }
    credential->clear_links();
  } else {
    const absl::StatusOr<disk::ProviderRow> provider = ProviderOf(read, *tenant);
    if (!provider.ok()) return provider.status();
    if (provider->issuer().empty()) {
      return absl::FailedPreconditionError("the school has no provider; set it first");
    }
    const absl::StatusOr<core::Id16> linked =
        PersonOfSubject(read, *tenant, provider->issuer(), request.subject());
    if (linked.ok()) {
      return *linked == *person
                 ? absl::OkStatus()
                 : absl::AlreadyExistsError("that account is linked to somebody else");
    }
    if (!absl::IsNotFound(linked.status())) return linked.status();
    disk::SubjectLink& link = *credential->add_links();
    link.set_issuer(provider->issuer());
    link.set_subject(request.subject());
    link.set_linked_ms(batch.now_ms());
    batch.Put(Family::kState, SubjectKeyOf(*tenant, provider->issuer(), request.subject()),
              request.person());
  }
  batch.Put(Family::kState, CredentialKey(*tenant, *person), credential->SerializeAsString());
  return NoteAccountAct(
      batch, *tenant,
      {v1::AUDIT_ACT_SUBJECT_LINKED, core::Id16{}, *person, core::Id16{}, sessions});
}

absl::Status ApplySetPassphrase(Batch& batch, const Caller& caller, const std::string& checked_hash,
                                const std::string& new_hash) {
  absl::StatusOr<disk::CredentialRow> credential =
      CredentialOf(FromBatch(batch), caller.tenant, caller.person);
  if (!credential.ok()) return credential.status();
  if (credential->passphrase_hash() != checked_hash) {
    return absl::UnauthenticatedError("the old passphrase is not right");
  }
  const absl::StatusOr<uint32_t> ended =
      EndSessions(batch, caller.tenant, v1::SESSION_END_PASSPHRASE, [&](const Session& s) {
        return s.caller.person == caller.person && !(s.caller.session == caller.session);
      });
  if (!ended.ok()) return ended.status();
  credential->set_passphrase_hash(new_hash);
  credential->set_passphrase_set_ms(batch.now_ms());
  batch.Put(Family::kState, CredentialKey(caller.tenant, caller.person),
            credential->SerializeAsString());
  return NoteAccountAct(
      batch, caller.tenant,
      {v1::AUDIT_ACT_PASSPHRASE_SET, caller.person, caller.person, caller.device, *ended});
}

absl::Status NoteInvited(Batch& batch, Tenant tenant, const core::Id16& by,
                         const v1::InviteRequest& request) {
  return NoteAccountAct(
      batch, tenant,
      {v1::AUDIT_ACT_INVITED, by, core::Id16::FromBytes(request.person()).value_or(core::Id16{})});
}

}  // namespace

std::unique_ptr<Job> MakeEndSession(const Caller& caller, const core::Id16& session,
                                    v1::SessionEnd why, ReplyTo<v1::EndSessionReply> done) {
  return MakeAccountWork<v1::EndSessionReply>(
      [caller, session, why](Batch& batch, v1::EndSessionReply&) {
        const auto found = batch.SessionOf(caller.tenant, session);
        const bool own = found != nullptr && found->caller.person == caller.person;
        if (!own &&
            (found == nullptr || !IsAdmin(batch.DirectoryOf(caller.tenant), caller.person))) {
          return NoSuchSession();
        }
        return EndOneSession(batch, *found, why, caller.person);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeEndSession(std::string school, const core::Id16& session,
                                    ReplyTo<v1::AccountsAdminEndReply> done) {
  return MakeAccountWork<v1::AccountsAdminEndReply>(
      [school = std::move(school), session](Batch& batch, v1::AccountsAdminEndReply& reply) {
        const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, school);
        if (!tenant.ok()) return tenant.status();
        const auto found = batch.SessionOf(*tenant, session);
        if (found == nullptr) return NoSuchSession();
        reply.set_sessions(found->ended_ms == 0 ? 1 : 0);
        return EndOneSession(batch, *found, v1::SESSION_END_REVOKED, core::Id16{});
      },
      std::move(done));
}

std::unique_ptr<Job> MakeSetPassphrase(const AccountKeys& keys, const Caller& caller,
                                       CountedGuess counted, std::string checked_hash,
                                       std::string new_hash, ReplyTo<v1::SetPassphraseReply> done) {
  return MakeJudgement<v1::SetPassphraseReply>(
      [&keys, caller, counted = std::move(counted), checked_hash = std::move(checked_hash),
       new_hash = std::move(new_hash)](Batch& batch,
                                       Judged<v1::SetPassphraseReply>& judged) -> absl::Status {
        if (absl::Status given = GiveBack(batch, keys, counted); !given.ok()) return given;
        judged.refused = ApplySetPassphrase(batch, caller, checked_hash, new_hash);
        return absl::IsUnauthenticated(judged.refused) ? absl::OkStatus() : judged.refused;
      },
      std::move(done));
}

std::unique_ptr<Job> MakeEndTablet(const Caller& admin, const core::Id16& device,
                                   ReplyTo<v1::EndTabletReply> done) {
  return MakeAccountWork<v1::EndTabletReply>(
      [admin, device](Batch& batch, v1::EndTabletReply& reply) {
        if (!IsAdmin(batch.DirectoryOf(admin.tenant), admin.person)) return NoSuchTablet();
        const absl::StatusOr<uint32_t> ended = EndTablet(batch, admin.tenant, device, admin.person);
        if (ended.ok()) reply.set_sessions(*ended);
        return ended.status();
      },
      std::move(done));
}

std::unique_ptr<Job> MakeEndTablet(std::string school, const core::Id16& device,
                                   ReplyTo<v1::AccountsAdminEndReply> done) {
  return MakeAccountWork<v1::AccountsAdminEndReply>(
      [school = std::move(school), device](Batch& batch, v1::AccountsAdminEndReply& reply) {
        const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, school);
        if (!tenant.ok()) return tenant.status();
        const absl::StatusOr<uint32_t> ended = EndTablet(batch, *tenant, device, core::Id16{});
        if (ended.ok()) reply.set_sessions(*ended);
        return ended.status();
      },
      std::move(done));
}

std::unique_ptr<Job> MakeInvitation(const AccountKeys& keys, const Caller& admin,
                                    v1::InviteRequest request, ReplyTo<v1::InviteReply> done) {
  return MakeAccountWork<v1::InviteReply>(
      [&keys, admin, request = std::move(request)](Batch& batch, v1::InviteReply& reply) {
        if (!IsAdmin(batch.DirectoryOf(admin.tenant), admin.person)) return NoSuchPerson();
        const absl::Status made = Invite(batch, keys, admin.tenant, request, reply);
        if (!made.ok()) return made;
        return NoteInvited(batch, admin.tenant, admin.person, request);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeInvitation(const AccountKeys& keys, v1::AccountsAdminInviteRequest request,
                                    ReplyTo<v1::InviteReply> done) {
  return MakeAccountWork<v1::InviteReply>(
      [&keys, request = std::move(request)](Batch& batch, v1::InviteReply& reply) {
        const absl::StatusOr<Tenant> tenant = SchoolNamed(batch, request.tenant());
        if (!tenant.ok()) return tenant.status();
        const absl::Status made = Invite(batch, keys, *tenant, request.invite(), reply);
        if (!made.ok()) return made;
        return NoteInvited(batch, *tenant, core::Id16{}, request.invite());
      },
      std::move(done));
}

std::unique_ptr<Job> MakeSetAccount(v1::SetAccountRequest request,
                                    ReplyTo<v1::SetAccountReply> done) {
  return MakeAccountWork<v1::SetAccountReply>(
      [request = std::move(request)](Batch& batch, v1::SetAccountReply& reply) {
        return ApplySetAccount(batch, request, reply);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeSetProvider(const AccountKeys& keys, v1::SetProviderRequest request,
                                     ReplyTo<v1::SetProviderReply> done) {
  return MakeAccountWork<v1::SetProviderReply>(
      [&keys, request = std::move(request)](Batch& batch, v1::SetProviderReply&) {
        return ApplySetProvider(batch, keys, request);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeLinkSubject(v1::LinkSubjectRequest request,
                                     ReplyTo<v1::LinkSubjectReply> done) {
  return MakeAccountWork<v1::LinkSubjectReply>(
      [request = std::move(request)](Batch& batch, v1::LinkSubjectReply&) {
        return ApplyLinkSubject(batch, request);
      },
      std::move(done));
}

}  // namespace halfterm::storage
