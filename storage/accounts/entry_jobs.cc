// How tablets and people get in: MakeEnrol, MakeEntry and MakeRenewal of account_jobs.h.

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/p256.h"
#include "storage/accounts/provider_sessions.h"
#include "storage/accounts/session_terms.h"
#include "storage/accounts/tickets.h"
#include "storage/audit/account_acts.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr size_t kTokenBytes = 32, kMacKeyBytes = 32;
constexpr int kKnownDevices = 64;
constexpr int kPastTokens = 8;

absl::Status NotTheTablet() {
  return absl::PermissionDeniedError("this tablet is not enrolled here, or not in use any more");
}

std::string NewToken(Batch& batch) {
  std::string token;
  absl::WebSafeBase64Escape(batch.context().random(kTokenBytes), &token);
  return token;
}

std::string HashOf(const std::string& token) { return std::string(core::Sha256(token).view()); }

absl::Status ApplyEnrol(Batch& batch, const AccountKeys& keys, const Enrolment& enrolment,
                        v1::EnrolReply& reply) {
  const auto& [request, device, point, guesses] = enrolment;
  std::optional<Tenant> named;
  if (!request.school().empty()) {
    named = batch.TenantNamed(request.school());
    if (!named) return absl::NotFoundError("there is no such invitation");
  }
  absl::StatusOr<FoundInvitation> found =
      FindInvitation(batch, keys, named ? &*named : nullptr, request.invitation());
  if (!found.ok()) return found.status();
  if (absl::Status may = MayUse(found->row, device, batch.now_ms()); !may.ok()) return may;
  const Tenant tenant = found->tenant;

  disk::DeviceRow tablet;
  const absl::StatusOr<disk::DeviceRow> held = TabletOf(FromBatch(batch), tenant, device);
  if (held.ok()) {
    // Only the answer to an enrolment that was lost is given again.
    if (held->public_key() != point || held->revoked_ms() != 0 ||
        found->row.used_by() != device.view()) {
      return absl::AlreadyExistsError("this tablet is enrolled already; enrol with another id");
    }
    tablet = *held;
  } else if (!absl::IsNotFound(held.status())) {
    return held.status();
  }
  const sync::Directory& directory = batch.DirectoryOf(tenant);
  const core::Id16 person = core::Id16::FromBytes(found->row.person()).value_or(core::Id16{});
  const absl::StatusOr<disk::CredentialRow> credential =
      CredentialOf(FromBatch(batch), tenant, person);
  if (!credential.ok()) return credential.status();
  if (!found->row.person().empty() && !MaySignIn(directory, *credential, person)) {
    return absl::NotFoundError("there is no such invitation");
  }
  const absl::StatusOr<SchoolName> school = NameOfSchool(batch, tenant);
  if (!school.ok()) return school.status();
  if (absl::Status used = UseNonce(batch, tenant, device, request.proof().nonce()); !used.ok()) {
    return used;
  }
  if (!found->row.person().empty()) {
    *reply.mutable_person() = InvitedPersonOf(directory, *credential, person);
  }
  if (!held.ok()) {
    tablet.set_public_key(point);
    tablet.set_enrolled_ms(batch.now_ms());
    tablet.set_label(request.device_label());
    if (tablet.label().empty()) {
      tablet.set_label(reply.has_person()
                           ? absl::StrCat("Tablet of ", reply.person().display_name())
                           : "Tablet");
    }
    if (tablet.label().size() > 64) tablet.set_label("Tablet");
    batch.Put(Family::kState, DeviceKey(tenant, device), tablet.SerializeAsString());
    found->row.set_used_ms(batch.now_ms());
    found->row.set_used_by(std::string(device.view()));
    const absl::Status noted = NoteAccountAct(
        batch, tenant, {v1::AUDIT_ACT_INVITATION_USED, core::Id16{}, person, device});
    if (!noted.ok()) return noted;
  }
  if (reply.has_person()) {
    absl::StatusOr<std::string> ticket = NewTicket(batch, *found);
    if (!ticket.ok()) return ticket.status();
    reply.set_ticket(*std::move(ticket));
  }
  batch.Put(Family::kState, found->key, found->row.SerializeAsString());
  const absl::StatusOr<disk::ProviderRow> provider = ProviderOf(FromBatch(batch), tenant);
  if (!provider.ok()) return provider.status();
  reply.set_school(school->handle);
  reply.set_school_name(school->display_name);
  reply.set_time_zone(ZoneNameFor(directory, person));
  reply.set_device(std::string(device.view()));
  reply.set_device_label(tablet.label());
  reply.set_server_sealing_key(keys.sealing_point());
  reply.set_lease_days(kLeaseDays);
  reply.set_has_provider(!provider->issuer().empty());
  reply.set_provider_name(provider->name());
  return absl::OkStatus();
}

// A code that leads nowhere is a guess.
absl::Status JudgeEnrol(Batch& batch, const AccountKeys& keys, const Enrolment& enrolment,
                        Judged<v1::EnrolReply>& judged) {
  const absl::Status may = MayGuess(AnyFromBatch(batch), keys, enrolment.guesses, batch.now_ms());
  if (!may.ok()) return may;
  const absl::Status applied = ApplyEnrol(batch, keys, enrolment, judged.reply);
  if (!absl::IsNotFound(applied)) return applied;
  judged.refused = applied;
  return CountGuess(batch, keys, enrolment.guesses);
}

class EntryApplication {
 public:
  EntryApplication(Batch& batch, const AccountKeys& keys, const Entry& entry,
                   v1::SignInReply& reply)
      : batch_(batch), keys_(keys), entry_(entry), reply_(reply) {}

  absl::Status Apply() {
    const absl::StatusOr<disk::DeviceRow> tablet =
        TabletOf(FromBatch(batch_), entry_.tablet.tenant, entry_.tablet.device);
    if (absl::IsNotFound(tablet.status())) return NotTheTablet();
    if (!tablet.ok()) return tablet.status();
    if (tablet->public_key().empty() || tablet->revoked_ms() != 0) return NotTheTablet();
    if (absl::Status who = FindOut(); !who.ok()) return who;
    if (absl::Status linked = Link(); !linked.ok()) return linked;
    const absl::StatusOr<SchoolName> school = NameOfSchool(batch_, entry_.tablet.tenant);
    if (!school.ok()) return school.status();
    const absl::StatusOr<disk::ProviderRow> provider =
        ProviderOf(FromBatch(batch_), entry_.tablet.tenant);
    if (!provider.ok()) return provider.status();
    reply_.set_has_provider(!provider->issuer().empty());
    reply_.set_provider_name(provider->name());
    // From here on nothing may fail for a reason of the caller's.
    if (absl::Status ended = EndOthers(); !ended.ok()) return ended;
    if (invitation_) {
      invitation_->row.set_used_ms(batch_.now_ms());
      invitation_->row.set_used_by(std::string(entry_.tablet.device.view()));
      batch_.Put(Family::kState, invitation_->key, invitation_->row.SerializeAsString());
    }
    if (ticket_) TakeTicket(batch_, *ticket_);
    session_ = *core::Id16::FromBytes(batch_.context().random(16));
    KeepCredential();
    if (absl::Status noted = Note(); !noted.ok()) return noted;
    return Open(*school);
  }

 private:
  absl::Status FindOut() {
    if (entry_.invitation) {
      absl::StatusOr<FoundInvitation> found =
          FindInvitation(batch_, keys_, &entry_.tablet.tenant, *entry_.invitation);
      if (!found.ok()) return found.status();
      // A used one lets nobody in, also on the same tablet: whoever found it there must not.
      if (found->row.used_ms() != 0) {
        return absl::AlreadyExistsError("this invitation was used already");
      }
      if (absl::Status may = MayUse(found->row, entry_.tablet.device, batch_.now_ms()); !may.ok()) {
        return may;
      }
      const auto person = core::Id16::FromBytes(found->row.person());
      if (!person) return absl::NotFoundError("there is no such invitation for a person");
      person_ = *person;
      invitation_ = *std::move(found);
    } else if (!entry_.ticket.empty()) {
      absl::StatusOr<FoundInvitation> found =
          FindTicket(batch_, entry_.tablet.tenant, entry_.tablet.device, entry_.ticket);
      if (!found.ok()) return found.status();
      person_ = core::Id16::FromBytes(found->row.person()).value_or(core::Id16{});
      ticket_ = *std::move(found);
    } else {
      person_ = *entry_.person;
    }
    absl::StatusOr<disk::CredentialRow> credential =
        CredentialOf(FromBatch(batch_), entry_.tablet.tenant, person_);
    if (!credential.ok()) return credential.status();
    credential_ = *std::move(credential);
    const bool changed =
        !entry_.checked_hash.empty() && credential_.passphrase_hash() != entry_.checked_hash;
    if (changed || !MaySignIn(batch_.DirectoryOf(entry_.tablet.tenant), credential_, person_)) {
      return absl::UnauthenticatedError("the sign-in name or the passphrase is not right");
    }
    if (credential_.passphrase_hash().empty() && entry_.new_hash.empty() &&
        entry_.subject.empty()) {
      return absl::InvalidArgumentError("new_passphrase is missing: this person has none yet");
    }
    return absl::OkStatus();
  }

  absl::Status Link() {
    if (entry_.subject.empty()) return absl::OkStatus();
    const std::string key = SubjectKeyOf(entry_.tablet.tenant, entry_.issuer, entry_.subject);
    const absl::StatusOr<core::Id16> linked =
        PersonOfSubject(FromBatch(batch_), entry_.tablet.tenant, entry_.issuer, entry_.subject);
    if (linked.ok()) {
      if (*linked == person_) return absl::OkStatus();
      return absl::UnauthenticatedError("that account is linked to somebody else");
    }
    if (!absl::IsNotFound(linked.status())) return linked.status();
    if (!entry_.may_link) {  // The link was taken away since the provider was asked.
      return absl::UnauthenticatedError("nobody at the school is linked to that account");
    }
    disk::SubjectLink& link = *credential_.add_links();
    link.set_issuer(entry_.issuer);
    link.set_subject(entry_.subject);
    link.set_linked_ms(batch_.now_ms());
    is_new_link_ = true;
    batch_.Put(Family::kState, key, std::string(person_.view()));
    return absl::OkStatus();
  }

  absl::Status EndOthers() {
    const absl::StatusOr<uint32_t> replaced = EndSessions(
        batch_, entry_.tablet.tenant, v1::SESSION_END_REPLACED, [this](const Session& s) {
          return s.caller.person == person_ && s.caller.device == entry_.tablet.device &&
                 s.expires_ms != 0;
        });
    if (!replaced.ok()) return replaced.status();
    if (entry_.new_hash.empty()) return absl::OkStatus();
    return EndSessions(
               batch_, entry_.tablet.tenant, v1::SESSION_END_PASSPHRASE,
               [this](const Session& s) { return s.caller.person == person_ && s.expires_ms != 0; })
        .status();
  }

  void KeepCredential() {
    if (!entry_.new_hash.empty()) {
      credential_.set_passphrase_hash(entry_.new_hash);
      credential_.set_passphrase_set_ms(batch_.now_ms());
    }
    const std::string device(entry_.tablet.device.view());
    auto& known = *credential_.mutable_known_devices();
    if (std::find(known.begin(), known.end(), device) == known.end()) {
      if (known.size() >= kKnownDevices) known.erase(known.begin());
      credential_.add_known_devices(device);
    }
    if (disk::SubjectLink* link = LinkOf(credential_, entry_.issuer, entry_.subject)) {
      AddSession(batch_, entry_.tablet.tenant, session_, *link);
    }
    batch_.Put(Family::kState, CredentialKey(entry_.tablet.tenant, person_),
               credential_.SerializeAsString());
  }

  absl::Status Note() {
    const auto note = [this](v1::AuditAct act) {
      return NoteAccountAct(batch_, entry_.tablet.tenant,
                            {act, person_, person_, entry_.tablet.device});
    };
    if (invitation_) {
      if (absl::Status noted = note(v1::AUDIT_ACT_INVITATION_USED); !noted.ok()) return noted;
    }
    if (!entry_.new_hash.empty()) {
      if (absl::Status noted = note(v1::AUDIT_ACT_PASSPHRASE_SET); !noted.ok()) return noted;
    }
    if (!is_new_link_) return absl::OkStatus();
    return note(v1::AUDIT_ACT_SUBJECT_LINKED);
  }

  absl::Status Open(const SchoolName& school) {
    const sync::Directory& directory = batch_.DirectoryOf(entry_.tablet.tenant);
    const SessionTerms terms = TermsFor(directory, person_);
    disk::SessionRow row;
    row.set_tenant(entry_.tablet.tenant.handle());
    row.set_person(std::string(person_.view()));
    row.set_device(std::string(entry_.tablet.device.view()));
    row.set_key(batch_.context().random(kMacKeyBytes));
    reply_.set_token(NewToken(batch_));
    row.set_token_hash(HashOf(reply_.token()));
    row.set_opened_ms(batch_.now_ms());
    row.set_expires_ms(batch_.now_ms() + terms.lasts_ms);
    row.set_idle_ms(terms.idle_ms);
    batch_.Put(Family::kState, SessionKey(entry_.tablet.tenant, session_), row.SerializeAsString());
    batch_.PutSession(row.token_hash(), *SessionFromRow(entry_.tablet.tenant, session_, row));

    const v1::InvitedPerson person = InvitedPersonOf(directory, credential_, person_);
    reply_.set_session(std::string(session_.view()));
    reply_.set_key(row.key());
    reply_.set_person(person.person());
    reply_.set_display_name(person.display_name());
    if (person.has_passphrase()) reply_.set_sign_in_name(person.sign_in_name());
    for (const v1::Role role : LiveRolesOf(directory, person_)) {
      reply_.add_roles(static_cast<uint32_t>(role));
    }
    reply_.set_expires_ms(row.expires_ms());
    reply_.set_idle_ms(static_cast<uint64_t>(terms.idle_ms));
    reply_.set_server_time_ms(batch_.now_ms());
    reply_.set_server_sealing_key(keys_.sealing_point());
    reply_.set_lease_days(kLeaseDays);
    reply_.set_school_name(school.display_name);
    reply_.set_time_zone(ZoneNameFor(directory, person_));
    return absl::OkStatus();
  }

  Batch& batch_;
  const AccountKeys& keys_;
  const Entry& entry_;
  v1::SignInReply& reply_;
  core::Id16 person_, session_;
  std::optional<FoundInvitation> invitation_, ticket_;
  bool is_new_link_ = false;
  disk::CredentialRow credential_;
};

// Whether it is the caller's doing, so that what was decided holds: anything else changes nothing.
bool IsDecision(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return status.ok();
  }
}

absl::Status JudgeEntry(Batch& batch, const AccountKeys& keys, const Entry& entry,
                        Judged<v1::SignInReply>& judged) {
  absl::Status may = MayGuess(AnyFromBatch(batch), keys, entry.guesses, batch.now_ms());
  if (!may.ok()) return may;
  if (!entry.tablet.nonce.empty()) {
    const absl::Status used =
        UseNonce(batch, entry.tablet.tenant, entry.tablet.device, entry.tablet.nonce);
    if (!used.ok()) return used;
  }
  judged.refused = EntryApplication(batch, keys, entry, judged.reply).Apply();
  if (!IsDecision(judged.refused)) return judged.refused;
  // Whoever is in is in, also where their count cannot be read: `halfterm verify` names it.
  if (judged.refused.ok()) GiveBack(batch, keys, entry.counted).IgnoreError();
  if (!entry.invitation || !absl::IsNotFound(judged.refused)) return absl::OkStatus();
  return CountGuess(batch, keys, entry.guesses);
}

// When a session ends however often it is renewed.
absl::StatusOr<int64_t> LatestEnd(Batch& batch, const Caller& caller, const disk::SessionRow& row,
                                  const SessionTerms& terms) {
  const absl::StatusOr<disk::CredentialRow> credential =
      CredentialOf(FromBatch(batch), caller.tenant, caller.person);
  if (!credential.ok()) return credential.status();
  int64_t ends = std::numeric_limits<int64_t>::max();
  if (terms.in_all_ms != 0) ends = row.opened_ms() + terms.in_all_ms;
  if (IsByProvider(*credential, caller.session)) {
    ends = std::min(ends, row.opened_ms() + kProvidersWordMs);
  }
  return ends;
}

absl::Status ApplyRenewal(Batch& batch, const Caller& caller, const std::string& token_hash,
                          v1::RenewSessionReply& reply) {
  const absl::Status over = absl::UnauthenticatedError("no such session, or it has ended");
  const std::string key = SessionKey(caller.tenant, caller.session);
  const absl::StatusOr<std::string> bytes = batch.Get(Family::kState, key);
  if (absl::IsNotFound(bytes.status())) return over;
  if (!bytes.ok()) return bytes.status();
  disk::SessionRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("a session's row cannot be read");
  auto& past = *row.mutable_past_token_hashes();
  if (row.ended_ms() != 0) return over;
  const SessionTerms terms = TermsFor(batch.DirectoryOf(caller.tenant), caller.person);
  const absl::StatusOr<int64_t> ends = LatestEnd(batch, caller, row, terms);
  if (!ends.ok()) return ends.status();
  if (*ends <= batch.now_ms()) return over;
  if (row.token_hash() != token_hash) {
    // The answer to the last renewal was not heard; its token goes below the one that comes again.
    if (past.empty() || past[past.size() - 1] != token_hash) return over;
    past.RemoveLast();
  }
  if (row.token_hash() != token_hash) *past.Add() = row.token_hash();
  *past.Add() = token_hash;
  while (past.size() > kPastTokens) past.erase(past.begin());
  reply.set_token(NewToken(batch));
  row.set_token_hash(HashOf(reply.token()));
  row.set_expires_ms(std::min(batch.now_ms() + terms.lasts_ms, *ends));
  row.set_idle_ms(terms.idle_ms);
  row.set_seen_ms(batch.now_ms());
  reply.set_expires_ms(row.expires_ms());
  batch.Put(Family::kState, key, row.SerializeAsString());
  batch.PutSession(row.token_hash(), *SessionFromRow(caller.tenant, caller.session, row));
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Job> MakeEnrol(const AccountKeys& keys, Enrolment enrolment,
                               ReplyTo<v1::EnrolReply> done) {
  return MakeJudgement<v1::EnrolReply>(
      [&keys, enrolment = std::move(enrolment)](Batch& batch, Judged<v1::EnrolReply>& judged) {
        return JudgeEnrol(batch, keys, enrolment, judged);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeEntry(const AccountKeys& keys, Entry entry,
                               ReplyTo<v1::SignInReply> done) {
  return MakeJudgement<v1::SignInReply>(
      [&keys, entry = std::move(entry)](Batch& batch, Judged<v1::SignInReply>& judged) {
        return JudgeEntry(batch, keys, entry, judged);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeRenewal(const Caller& caller, std::string token_hash, std::string nonce,
                                 ReplyTo<v1::RenewSessionReply> done) {
  return MakeJudgement<v1::RenewSessionReply>(
      [caller, token_hash = std::move(token_hash), nonce = std::move(nonce)](
          Batch& batch, Judged<v1::RenewSessionReply>& judged) -> absl::Status {
        const absl::Status used = UseNonce(batch, caller.tenant, caller.device, nonce);
        if (!used.ok()) return used;
        judged.refused = ApplyRenewal(batch, caller, token_hash, judged.reply);
        return IsDecision(judged.refused) ? absl::OkStatus() : judged.refused;
      },
      std::move(done));
}

}  // namespace halfterm::storage
