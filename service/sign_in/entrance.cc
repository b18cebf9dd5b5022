#include "service/sign_in/entrance.h"

#include <algorithm>
#include <utility>

#include "service/caller_of.h"
#include "service/limits.h"
#include "service/sign_in/guess_limits.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/p256.h"
#include "sync/core/sha256.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxWaitingChecks = 256, kMaxWaitingHashes = 32;

absl::Status WrongProof() {
  return absl::PermissionDeniedError("this tablet is not enrolled here, or its proof is wrong");
}

absl::Status WrongPassphrase() {
  return absl::UnauthenticatedError("the sign-in name or the passphrase is not right");
}

absl::string_view BytesOf(const core::Id16& id) {
  return absl::string_view(id.view().data(), id.view().size());
}

bool NoSuchInvitation(const absl::Status& status) { return absl::IsNotFound(status); }

}  // namespace

Entrance::Entrance(EntranceParts parts, storage::PassphraseCost cost)
    : parts_(std::move(parts)),
      passphrases_(cost),
      nonces_(parts_.random(32)),
      checks_(1, kMaxWaitingChecks),
      hashing_(1, kMaxWaitingHashes) {}

void Entrance::Close() {
  checks_.Close();
  hashing_.Close();
}

void Entrance::Queue(const Answer& answer, WorkerPool::Work work) {
  WorkerPool::Work wanted = [answer, work = std::move(work)]() mutable {
    if (absl::Status still = answer.Wanted(); !still.ok()) {
      answer.Refuse(still);
    } else {
      work();
    }
  };
  if (!checks_.Submit(Urgency::kInteractive, std::move(wanted))) {
    answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  }
}

void Entrance::QueueHashing(const Answer& answer, WorkerPool::Work work) {
  WorkerPool::Work wanted = [answer, work = std::move(work)]() mutable {
    if (absl::Status still = answer.Wanted(); !still.ok()) {
      answer.Refuse(still);
    } else {
      work();
    }
  };
  if (!hashing_.Submit(Urgency::kInteractive, std::move(wanted))) {
    answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  }
}

std::string Entrance::NewNonce() {
  return nonces_.Make(parts_.random(8), parts_.clock.MonotonicMs());
}

absl::StatusOr<ShownTablet> Entrance::Show(const std::string& school, const v1::DeviceProof& proof,
                                           bool also_ended) {
  const std::optional<storage::Tenant> tenant = parts_.directories.TenantNamed(school);
  const auto device = core::Id16::FromBytes(proof.device());
  if (!tenant || !device) return WrongProof();
  const absl::StatusOr<disk::DeviceRow> row =
      storage::TabletOf(storage::FromEngine(parts_.engine), *tenant, *device);
  if (absl::IsNotFound(row.status())) return WrongProof();
  if (!row.ok()) return row.status();
  const bool in_use = row->revoked_ms() == 0;
  if (!in_use && !also_ended) return WrongProof();
  if (!storage::SignatureIsRight(row->public_key(), storage::ProofText(*device, proof.nonce()),
                                 proof.signature()) ||
      !nonces_.Use(proof.nonce(), parts_.clock.MonotonicMs())) {
    return WrongProof();
  }
  return ShownTablet{*tenant, *device, in_use};
}

void Entrance::Enrol(const Answer& answer, const std::string& address, v1::EnrolRequest request) {
  const auto device = core::Id16::FromBytes(request.proof().device());
  if (!device || device->IsZero()) {
    answer.Refuse(absl::InvalidArgumentError("proof.device must have 16 bytes"));
    return;
  }
  std::string point = storage::PointOfExported(request.device_key());
  if (point.empty()) {
    answer.Refuse(absl::InvalidArgumentError("device_key is not a P-256 key (65 bytes, or SPKI)"));
    return;
  }
  const int64_t now_ms = parts_.clock.MonotonicMs();
  const v1::DeviceProof& proof = request.proof();
  if (!storage::SignatureIsRight(point, storage::ProofText(*device, proof.nonce()),
                                 proof.signature()) ||
      !nonces_.Use(proof.nonce(), now_ms)) {
    answer.Refuse(WrongProof());
    return;
  }
  const bool typed = request.invitation().key_case() == v1::InvitationKey::kCode;
  absl::StatusOr<std::shared_ptr<Throttle::Try>> tried =
      throttle_.Take(EnrolBuckets(typed, address), now_ms);
  if (!tried.ok()) {
    answer.Refuse(tried.status());
    return;
  }
  parts_.writes.Submit<v1::EnrolReply>(answer, request.ByteSizeLong(), [&](auto done) {
    auto enrolled = [this, device = *device, tried = *std::move(tried),
                     done = std::move(done)](absl::StatusOr<storage::Enrolled> result) {
      const int64_t at_ms = parts_.clock.MonotonicMs();
      if (!result.ok()) {
        if (NoSuchInvitation(result.status())) tried->Wrong(at_ms);
        return done(result.status());
      }
      if (result->reply.has_person()) {
        result->reply.set_ticket(parts_.random(kTicketBytes));
        tickets_.Put(
            result->reply.ticket(),
            {result->tenant, device, *core::Id16::FromBytes(result->reply.person().person()), 0},
            at_ms);
      }
      done(std::move(result->reply));
    };
    return storage::MakeEnrol(parts_.keys, std::move(request), *device, std::move(point),
                              std::move(enrolled));
  });
}

void Entrance::SignIn(const Answer& answer, const std::string& address, v1::SignInRequest request) {
  const absl::StatusOr<ShownTablet> tablet = Show(request.school(), request.proof());
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  switch (request.how_case()) {
    case v1::SignInRequest::kPassphrase:
      return SignInByPassphrase(answer, address, *tablet, std::move(*request.mutable_passphrase()));
    case v1::SignInRequest::kInvitation:
      return SignInByInvitation(answer, *tablet, std::move(*request.mutable_invitation()));
    case v1::SignInRequest::kTicket:
      return SignInByTicket(answer, *tablet, std::move(*request.mutable_ticket()));
    case v1::SignInRequest::HOW_NOT_SET:
      answer.Refuse(absl::InvalidArgumentError("how is missing"));
  }
}

void Entrance::SignInByPassphrase(const Answer& answer, const std::string& address,
                                  const ShownTablet& tablet, v1::PassphraseSignIn request) {
  const storage::ReadRow read = storage::FromEngine(parts_.engine);
  const absl::StatusOr<core::Id16> person =
      storage::PersonNamed(read, tablet.tenant, request.sign_in_name());
  if (!person.ok() && !absl::IsNotFound(person.status())) {
    answer.Refuse(person.status());
    return;
  }
  const absl::StatusOr<disk::CredentialRow> credential =
      storage::CredentialOf(read, tablet.tenant, person.ok() ? *person : core::Id16{});
  if (!credential.ok()) {
    answer.Refuse(credential.status());
    return;
  }
  // Where the person has signed in before, tries are counted apart: guesses made on another tablet
  // lock nobody out of their own.
  const auto& known = credential->known_devices();
  const bool knows_tablet =
      std::find(known.begin(), known.end(), BytesOf(tablet.device)) != known.end();
  const std::string name = storage::NormalName(request.sign_in_name());
  absl::StatusOr<std::shared_ptr<Throttle::Try>> tried =
      throttle_.Take(PassphraseBuckets(tablet.tenant, name, tablet.device, knows_tablet, address),
                     parts_.clock.MonotonicMs());
  if (!tried.ok()) {
    answer.Refuse(tried.status());
    return;
  }
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(tablet.tenant);
  const bool may =
      person.ok() && directory != nullptr && storage::MaySignIn(*directory, *credential, *person);
  QueueHashing(answer, [this, answer, tablet, tried = *std::move(tried),
                        person = may ? *person : core::Id16{},
                        hash = may ? credential->passphrase_hash() : std::string(),
                        passphrase = std::move(*request.mutable_passphrase())]() mutable {
    if (!passphrases_.IsRight(hash, passphrase)) {
      tried->Wrong(parts_.clock.MonotonicMs());
      answer.Refuse(WrongPassphrase());
      return;
    }
    storage::Entry entry{tablet.tenant, tablet.device, person, std::nullopt, hash, "", "", "",
                         false};
    Enter(answer, std::move(entry), std::move(tried));
  });
}

absl::StatusOr<std::shared_ptr<Throttle::Try>> Entrance::TryInvitation(const ShownTablet& tablet) {
  return throttle_.Take(InvitationBuckets(tablet.tenant, tablet.device),
                        parts_.clock.MonotonicMs());
}

void Entrance::SignInByInvitation(const Answer& answer, const ShownTablet& tablet,
                                  v1::InvitationSignIn request) {
  if (!request.new_passphrase().empty()) {
    if (absl::Status good = storage::CheckNewPassphrase(request.new_passphrase()); !good.ok()) {
      answer.Refuse(good);
      return;
    }
  }
  absl::StatusOr<std::shared_ptr<Throttle::Try>> tried = TryInvitation(tablet);
  if (!tried.ok()) {
    answer.Refuse(tried.status());
    return;
  }
  QueueHashing(answer, [this, answer, tablet, tried = *std::move(tried),
                        request = std::move(request)]() mutable {
    storage::Entry entry{
        tablet.tenant, tablet.device, std::nullopt, request.invitation(), "", "", "", "", false};
    if (!request.new_passphrase().empty()) {
      entry.new_hash = passphrases_.Hash(request.new_passphrase());
      if (entry.new_hash.empty()) {
        answer.Refuse(Later("the server has no memory for this; try again", kOverloadPushbackMs));
        return;
      }
    }
    Enter(answer, std::move(entry), std::move(tried));
  });
}

void Entrance::SignInByTicket(const Answer& answer, const ShownTablet& tablet,
                              v1::TicketSignIn request) {
  if (!request.new_passphrase().empty()) {
    if (absl::Status good = storage::CheckNewPassphrase(request.new_passphrase()); !good.ok()) {
      answer.Refuse(good);
      return;
    }
  }
  const std::optional<Tickets::For> whom =
      tickets_.Take(request.ticket(), tablet.tenant, tablet.device, parts_.clock.MonotonicMs());
  if (!whom) {
    answer.Refuse(absl::UnauthenticatedError("this ticket has ended; ask for a new invitation"));
    return;
  }
  QueueHashing(
      answer, [this, answer, tablet, whom = *whom, request = std::move(request)]() mutable {
        storage::Entry entry{
            tablet.tenant, tablet.device, whom.person, std::nullopt, "", "", "", "", false};
        if (!request.new_passphrase().empty()) {
          entry.new_hash = passphrases_.Hash(request.new_passphrase());
        }
        auto put_back = [this, whom, ticket = request.ticket()](const absl::Status&) {
          tickets_.PutBack(ticket, whom);
        };
        if (entry.new_hash.empty() != request.new_passphrase().empty()) {
          put_back(absl::OkStatus());
          answer.Refuse(Later("the server has no memory for this; try again", kOverloadPushbackMs));
          return;
        }
        Enter(answer, std::move(entry), nullptr, std::move(put_back));
      });
}

void Entrance::Enter(const Answer& answer, storage::Entry entry,
                     std::shared_ptr<Throttle::Try> tried,
                     std::function<void(const absl::Status&)> failed) {
  constexpr size_t kEntryBytes = 1024;
  parts_.writes.Submit<v1::SignInReply>(answer, kEntryBytes, [&](auto done) {
    auto entered = [this, tried = std::move(tried), failed = std::move(failed),
                    done = std::move(done)](absl::StatusOr<v1::SignInReply> reply) {
      if (!reply.ok() && tried != nullptr && NoSuchInvitation(reply.status())) {
        tried->Wrong(parts_.clock.MonotonicMs());
      }
      if (!reply.ok() && failed) failed(reply.status());
      done(std::move(reply));
    };
    return storage::MakeEntry(parts_.keys, std::move(entry), std::move(entered));
  });
}

void Entrance::Renew(const Answer& answer, const std::string& token,
                     const v1::RenewSessionRequest& request) {
  using State = storage::Sessions::Renewable::State;
  const storage::Sessions::Renewable found =
      parts_.sessions.FindForRenewal(token, parts_.clock.NowMs());
  if (found.state == State::kNone) {
    answer.Refuse(NoSession());
    return;
  }
  const storage::Caller caller = found.session->caller;
  if (found.state == State::kCopied) {
    parts_.writes.Submit<v1::EndSessionReply>(answer, 0, [&](auto done) {
      return storage::MakeEndSession(
          caller, caller.session, v1::SESSION_END_COPIED,
          [done = std::move(done)](const absl::StatusOr<v1::EndSessionReply>& ended) {
            done(ended.ok() ? NoSession() : ended.status());
          });
    });
    return;
  }
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(caller.tenant);
  const v1::Person* const person =
      directory == nullptr ? nullptr : directory->Person(caller.person);
  if (person == nullptr || person->state() == v1::GRANT_STATE_ENDED) {
    answer.Refuse(NoSession());
    return;
  }
  std::string school;
  for (const auto& [name, tenant] : parts_.directories.Tenants()) {
    if (tenant == caller.tenant) school = name;
  }
  const absl::StatusOr<ShownTablet> tablet = Show(school, request.proof());
  if (!tablet.ok() || tablet->device != caller.device) {
    answer.Refuse(tablet.ok() ? WrongProof() : tablet.status());
    return;
  }
  parts_.writes.Submit<v1::RenewSessionReply>(answer, 0, [&](auto done) {
    return storage::MakeRenewal(caller, std::string(core::Sha256(token).view()), std::move(done));
  });
}

void Entrance::SetPassphrase(const Answer& answer, const storage::Caller& caller,
                             v1::SetPassphraseRequest request) {
  if (absl::Status good = storage::CheckNewPassphrase(request.new_passphrase()); !good.ok()) {
    answer.Refuse(good);
    return;
  }
  const absl::StatusOr<disk::CredentialRow> credential =
      storage::CredentialOf(storage::FromEngine(parts_.engine), caller.tenant, caller.person);
  if (!credential.ok()) {
    answer.Refuse(credential.status());
    return;
  }
  absl::StatusOr<std::shared_ptr<Throttle::Try>> tried = throttle_.Take(
      OldPassphraseBuckets(caller.tenant, caller.person), parts_.clock.MonotonicMs());
  if (!tried.ok()) {
    answer.Refuse(tried.status());
    return;
  }
  QueueHashing(
      answer, [this, answer, caller, tried = *std::move(tried),
               hash = credential->passphrase_hash(), request = std::move(request)]() mutable {
        if (!passphrases_.IsRight(hash, request.old_passphrase())) {
          tried->Wrong(parts_.clock.MonotonicMs());
          answer.Refuse(absl::UnauthenticatedError("the old passphrase is not right"));
          return;
        }
        std::string new_hash = passphrases_.Hash(request.new_passphrase());
        if (new_hash.empty()) {
          answer.Refuse(Later("the server has no memory for this; try again", kOverloadPushbackMs));
          return;
        }
        parts_.writes.Submit<v1::SetPassphraseReply>(answer, 0, [&](auto done) {
          return storage::MakeSetPassphrase(caller, std::move(hash), std::move(new_hash),
                                            std::move(done));
        });
      });
}

}  // namespace halfterm::service
