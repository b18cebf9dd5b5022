#include "service/sign_in/entrance.h"

#include <algorithm>
#include <utility>

#include "service/caller_of.h"
#include "service/limits.h"
#include "service/sign_in/guess_limits.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/p256.h"
#include "storage/accounts/tickets.h"
#include "storage/sign_in/guess_jobs.h"
#include "storage/sign_in/used_nonces.h"
#include "sync/core/sha256.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxWaitingChecks = 256, kMaxWaitingHashes = 32;
constexpr size_t kEntryBytes = 1024;

absl::Status WrongProof() {
  return absl::PermissionDeniedError("this tablet is not enrolled here, or its proof is wrong");
}

absl::Status WrongPassphrase() {
  return absl::UnauthenticatedError("the sign-in name or the passphrase is not right");
}

absl::Status Busy() { return Later("the server is busy; try again", kOverloadPushbackMs); }

bool IsTyped(const v1::InvitationKey& invitation) {
  return invitation.key_case() == v1::InvitationKey::kCode;
}

absl::string_view BytesOf(const core::Id16& id) {
  return absl::string_view(id.view().data(), id.view().size());
}

// Empty is none.
absl::Status CheckNew(const std::string& new_passphrase) {
  return new_passphrase.empty() ? absl::OkStatus() : storage::CheckNewPassphrase(new_passphrase);
}

}  // namespace

// A guess that was counted. It is given back when this goes, unless it is to stay or another batch
// sees to it.
class Entrance::Guess {
 public:
  Guess(const EntranceParts& parts, storage::CountedGuess counted)
      : parts_(parts), counted_(std::move(counted)) {}
  Guess(const Guess&) = delete;
  Guess& operator=(const Guess&) = delete;
  ~Guess() {
    if (counted_.buckets.empty()) return;
    parts_.committer.Submit(storage::MakeGiveBack(parts_.keys, std::move(counted_)));
  }

  void StaysCounted() { counted_ = {}; }
  storage::CountedGuess Take() { return std::exchange(counted_, {}); }

 private:
  const EntranceParts& parts_;
  storage::CountedGuess counted_;
};

Entrance::Entrance(EntranceParts parts, storage::PassphraseCost cost)
    : parts_(std::move(parts)),
      passphrases_(cost),
      checks_(1, kMaxWaitingChecks),
      hashing_(1, kMaxWaitingHashes) {}

void Entrance::Close() {
  checks_.Close();
  hashing_.Close();
}

namespace {

void RunIn(WorkerPool& pool, const Answer& answer, WorkerPool::Work work) {
  WorkerPool::Work wanted = [answer, work = std::move(work)]() mutable {
    if (absl::Status still = answer.Wanted(); !still.ok()) {
      answer.Refuse(still);
    } else {
      work();
    }
  };
  if (!pool.Submit(Urgency::kInteractive, std::move(wanted))) answer.Refuse(Busy());
}

}  // namespace

void Entrance::Queue(const Answer& answer, WorkerPool::Work work) {
  RunIn(checks_, answer, std::move(work));
}

template <class Reply, class Check>
std::unique_ptr<storage::Job> Entrance::GuessAndCheck(const Answer& answer,
                                                      std::optional<storage::ShownTablet> tablet,
                                                      storage::GuessBuckets buckets,
                                                      storage::ReplyTo<Reply> done, Check check) {
  auto counted = [this, answer, done = std::move(done),
                  check = std::move(check)](absl::StatusOr<storage::CountedGuess> guess) {
    if (!guess.ok()) return done(guess.status());
    WorkerPool::Work work = [answer, done, check,
                             held = std::make_unique<Guess>(parts_, *std::move(guess))] {
      if (absl::Status still = answer.Wanted(); !still.ok()) {
        // Else whoever hangs up in time would make the server write without end.
        if (absl::IsCancelled(still)) held->StaysCounted();
        return done(still);
      }
      check(*held, done);
    };
    if (!hashing_.Submit(Urgency::kInteractive, std::move(work))) done(Busy());
  };
  return storage::MakeGuess(parts_.keys, std::move(tablet), std::move(buckets), std::move(counted));
}

absl::Status Entrance::MayGuess(const storage::GuessBuckets& buckets) const {
  return storage::MayGuess(storage::AnyFromEngine(parts_.engine), parts_.keys, buckets,
                           parts_.clock.NowMs());
}

std::string Entrance::NewNonce() {
  return storage::MakeNonce(parts_.keys, parts_.epochs.current(),
                            parts_.random(storage::kNonceRandomBytes), parts_.clock.NowMs());
}

absl::StatusOr<storage::ShownTablet> Entrance::Show(const std::string& school,
                                                    const v1::DeviceProof& proof, bool also_ended) {
  const std::optional<storage::Tenant> tenant = parts_.directories.TenantNamed(school);
  const auto device = core::Id16::FromBytes(proof.device());
  if (!tenant || !device) return WrongProof();
  const storage::ReadRow read = storage::FromEngine(parts_.engine);
  const absl::StatusOr<disk::DeviceRow> row = storage::TabletOf(read, *tenant, *device);
  if (absl::IsNotFound(row.status())) return WrongProof();
  if (!row.ok()) return row.status();
  const bool in_use = row->revoked_ms() == 0;
  if (!in_use && !also_ended) return WrongProof();
  if (!storage::SignatureIsRight(row->public_key(), storage::ProofText(*device, proof.nonce()),
                                 proof.signature()) ||
      !storage::IsFreshNonce(parts_.keys, parts_.epochs.current(), proof.nonce(),
                             parts_.clock.NowMs())) {
    return WrongProof();
  }
  const absl::StatusOr<bool> used = storage::WasUsed(read, *tenant, proof.nonce());
  if (!used.ok()) return used.status();
  if (*used) return WrongProof();
  return storage::ShownTablet{*tenant, *device, in_use, proof.nonce()};
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
  const v1::DeviceProof& proof = request.proof();
  if (!storage::SignatureIsRight(point, storage::ProofText(*device, proof.nonce()),
                                 proof.signature()) ||
      !storage::IsFreshNonce(parts_.keys, parts_.epochs.current(), proof.nonce(),
                             parts_.clock.NowMs())) {
    answer.Refuse(WrongProof());
    return;
  }
  storage::Enrolment enrolment{std::move(request), *device, std::move(point), {}};
  std::shared_ptr<Throttle::Try> search;
  if (IsTyped(enrolment.request.invitation())) {
    enrolment.guesses = CodeBuckets(address);
    if (absl::Status may = MayGuess(enrolment.guesses); !may.ok()) {
      answer.Refuse(may);
      return;
    }
  } else {
    absl::StatusOr<std::shared_ptr<Throttle::Try>> taken =
        secrets_.Take(SecretBuckets(address), parts_.clock.MonotonicMs());
    if (!taken.ok()) {
      answer.Refuse(taken.status());
      return;
    }
    search = *std::move(taken);
  }
  parts_.writes.Submit<v1::EnrolReply>(answer, enrolment.request.ByteSizeLong(), [&](auto done) {
    auto enrolled = [this, search, done = std::move(done)](absl::StatusOr<v1::EnrolReply> reply) {
      if (search != nullptr && absl::IsNotFound(reply.status())) {
        search->Wrong(parts_.clock.MonotonicMs());
      }
      done(std::move(reply));
    };
    return storage::MakeEnrol(parts_.keys, std::move(enrolment), std::move(enrolled));
  });
}

void Entrance::SignIn(const Answer& answer, const std::string& address, v1::SignInRequest request) {
  absl::Status fit;
  if (request.has_invitation()) fit = CheckNew(request.invitation().new_passphrase());
  if (request.has_ticket()) fit = CheckNew(request.ticket().new_passphrase());
  if (request.how_case() == v1::SignInRequest::HOW_NOT_SET) {
    fit = absl::InvalidArgumentError("how is missing");
  }
  if (!fit.ok()) {
    answer.Refuse(fit);
    return;
  }
  absl::StatusOr<storage::ShownTablet> tablet = Show(request.school(), request.proof());
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  if (request.has_passphrase()) {
    SignInByPassphrase(answer, address, *std::move(tablet),
                       std::move(*request.mutable_passphrase()));
  } else if (request.has_invitation()) {
    SignInByInvitation(answer, *std::move(tablet), std::move(*request.mutable_invitation()));
  } else {
    SignInByTicket(answer, *std::move(tablet), std::move(*request.mutable_ticket()));
  }
}

void Entrance::SignInByPassphrase(const Answer& answer, const std::string& address,
                                  storage::ShownTablet tablet, v1::PassphraseSignIn request) {
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
  storage::GuessBuckets buckets =
      PassphraseBuckets(tablet.tenant, name, tablet.device, knows_tablet, address);
  if (absl::Status allowed = MayGuess(buckets); !allowed.ok()) {
    answer.Refuse(allowed);
    return;
  }
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(tablet.tenant);
  const bool may =
      person.ok() && directory != nullptr && storage::MaySignIn(*directory, *credential, *person);
  parts_.writes.Submit<v1::SignInReply>(answer, kEntryBytes, [&](auto done) {
    auto check = [this, tablet, person = may ? *person : core::Id16{},
                  hash = may ? credential->passphrase_hash() : std::string(),
                  passphrase = std::move(*request.mutable_passphrase())](
                     Guess& guess, const storage::ReplyTo<v1::SignInReply>& answered) {
      if (!passphrases_.IsRight(hash, passphrase)) {
        guess.StaysCounted();
        return answered(WrongPassphrase());
      }
      storage::Entry entry;
      entry.tablet = tablet;
      entry.tablet.nonce.clear();  // The batch that counted the guess has used it.
      entry.person = person;
      entry.checked_hash = hash;
      entry.counted = guess.Take();
      parts_.committer.Submit(storage::MakeEntry(parts_.keys, std::move(entry), answered));
    };
    return GuessAndCheck<v1::SignInReply>(answer, tablet, std::move(buckets), std::move(done),
                                          std::move(check));
  });
}

void Entrance::SignInByInvitation(const Answer& answer, storage::ShownTablet tablet,
                                  v1::InvitationSignIn request) {
  const absl::Status may =
      MayGuess(InvitationBuckets(tablet.tenant, tablet.device, IsTyped(request.invitation())));
  if (!may.ok()) {
    answer.Refuse(may);
    return;
  }
  storage::Entry entry;
  entry.tablet = std::move(tablet);
  entry.invitation = request.invitation();
  EnterWith(answer, std::move(entry), std::move(*request.mutable_new_passphrase()));
}

void Entrance::SignInByTicket(const Answer& answer, storage::ShownTablet tablet,
                              v1::TicketSignIn request) {
  const absl::Status there = storage::CheckTicket(parts_.engine, tablet.tenant, tablet.device,
                                                  request.ticket(), parts_.clock.NowMs());
  if (!there.ok()) {
    answer.Refuse(there);
    return;
  }
  storage::Entry entry;
  entry.tablet = std::move(tablet);
  entry.ticket = request.ticket();
  EnterWith(answer, std::move(entry), std::move(*request.mutable_new_passphrase()));
}

void Entrance::EnterWith(const Answer& answer, storage::Entry entry, std::string new_passphrase) {
  if (new_passphrase.empty()) return Enter(answer, std::move(entry));
  RunIn(
      hashing_, answer,
      [this, answer, entry = std::move(entry), passphrase = std::move(new_passphrase)]() mutable {
        entry.new_hash = passphrases_.Hash(passphrase);
        if (entry.new_hash.empty()) {
          answer.Refuse(Later("the server has no memory for this; try again", kOverloadPushbackMs));
          return;
        }
        Enter(answer, std::move(entry));
      });
}

void Entrance::Enter(const Answer& answer, storage::Entry entry) {
  if (entry.invitation) {
    entry.guesses =
        InvitationBuckets(entry.tablet.tenant, entry.tablet.device, IsTyped(*entry.invitation));
    if (absl::Status may = MayGuess(entry.guesses); !may.ok()) {
      answer.Refuse(may);
      return;
    }
  }
  parts_.writes.Submit<v1::SignInReply>(answer, kEntryBytes, [&](auto done) {
    return storage::MakeEntry(parts_.keys, std::move(entry), std::move(done));
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
  const std::string school = parts_.directories.NameOf(caller.tenant);
  const absl::StatusOr<storage::ShownTablet> tablet = Show(school, request.proof());
  if (!tablet.ok() || tablet->device != caller.device) {
    answer.Refuse(tablet.ok() ? WrongProof() : tablet.status());
    return;
  }
  parts_.writes.Submit<v1::RenewSessionReply>(answer, 0, [&](auto done) {
    return storage::MakeRenewal(caller, std::string(core::Sha256(token).view()), tablet->nonce,
                                std::move(done));
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
  storage::GuessBuckets buckets = OldPassphraseBuckets(caller.tenant, caller.person);
  if (absl::Status may = MayGuess(buckets); !may.ok()) {
    answer.Refuse(may);
    return;
  }
  using Reply = v1::SetPassphraseReply;
  parts_.writes.Submit<Reply>(answer, kEntryBytes, [&](auto done) {
    auto check = [this, caller, hash = credential->passphrase_hash(), request = std::move(request)](
                     Guess& guess, const storage::ReplyTo<Reply>& answered) {
      if (!passphrases_.IsRight(hash, request.old_passphrase())) {
        guess.StaysCounted();
        return answered(absl::UnauthenticatedError("the old passphrase is not right"));
      }
      std::string new_hash = passphrases_.Hash(request.new_passphrase());
      if (new_hash.empty()) {
        return answered(Later("the server has no memory for this; try again", kOverloadPushbackMs));
      }
      parts_.committer.Submit(storage::MakeSetPassphrase(parts_.keys, caller, guess.Take(), hash,
                                                         std::move(new_hash), answered));
    };
    return GuessAndCheck<Reply>(answer, std::nullopt, std::move(buckets), std::move(done),
                                std::move(check));
  });
}

}  // namespace halfterm::service
