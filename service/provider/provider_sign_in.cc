#include "service/provider/provider_sign_in.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "service/limits.h"
#include "storage/accounts/account_rows.h"
#include "storage/sign_in/begun_sign_ins.h"
#include "sync/core/sha256.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxWaitingCalls = 32;
constexpr size_t kBegunBytes = 1024;

std::string Base64Url(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

}  // namespace

ProviderSignIn::ProviderSignIn(const EntranceParts& parts, Entrance& entrance)
    : parts_(parts), entrance_(entrance), client_(parts.clock), calls_(2, kMaxWaitingCalls) {}

void ProviderSignIn::Queue(const Answer& answer, WorkerPool::Work work) {
  WorkerPool::Work wanted = [answer, work = std::move(work)]() mutable {
    if (absl::Status still = answer.Wanted(); !still.ok()) {
      answer.Refuse(still);
    } else {
      work();
    }
  };
  if (!calls_.Submit(Urgency::kInteractive, std::move(wanted))) {
    answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  }
}

void ProviderSignIn::Begin(const Answer& answer, v1::BeginProviderSignInRequest request) {
  Queue(answer, [this, answer, request = std::move(request)] { BeginNow(answer, request); });
}

void ProviderSignIn::BeginNow(const Answer& answer, const v1::BeginProviderSignInRequest& request) {
  absl::StatusOr<storage::ShownTablet> tablet = entrance_.Show(request.school(), request.proof());
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  const absl::StatusOr<disk::ProviderRow> provider =
      storage::ProviderOf(storage::FromEngine(parts_.engine), tablet->tenant);
  if (!provider.ok()) {
    answer.Refuse(provider.status());
    return;
  }
  if (provider->issuer().empty()) {
    answer.Refuse(
        absl::FailedPreconditionError("the school has no provider; sign in with a passphrase"));
    return;
  }
  const absl::StatusOr<ProviderPlaces> places = client_.PlacesOf(provider->issuer());
  if (!places.ok()) {
    answer.Refuse(places.status());
    return;
  }

  disk::BegunSignIn begun;
  begun.set_issuer(provider->issuer());
  begun.set_nonce(Base64Url(parts_.random(32)));
  begun.set_verifier(Base64Url(parts_.random(32)));
  begun.set_ticket(request.ticket());
  begun.set_invitation_secret(request.invitation().secret());
  begun.set_invitation_code(request.invitation().code());
  const std::string state = Base64Url(parts_.random(32));
  const core::Digest32 challenge = core::Sha256(begun.verifier());
  v1::BeginProviderSignInReply reply;
  reply.set_state(state);
  reply.set_authorize_url(absl::StrCat(
      places->authorize, "?response_type=code&scope=openid&client_id=",
      UrlEscaped(provider->client_id()), "&redirect_uri=", UrlEscaped(provider->redirect_uri()),
      "&state=", state, "&nonce=", begun.nonce(), "&code_challenge_method=S256&code_challenge=",
      Base64Url(absl::string_view(challenge.view().data(), challenge.view().size())),
      places->prompt.empty() ? "" : "&prompt=", places->prompt));
  parts_.writes.Submit<v1::BeginProviderSignInReply>(answer, kBegunBytes, [&](auto done) {
    return storage::MakeBegin(
        parts_.keys, *std::move(tablet), state, std::move(begun),
        [done = std::move(done), reply = std::move(reply)](const absl::Status& began) {
          if (began.ok()) {
            done(reply);
          } else {
            done(began);
          }
        });
  });
}

void ProviderSignIn::Finish(const Answer& answer, v1::FinishProviderSignInRequest request) {
  Queue(answer, [this, answer, request = std::move(request)] { TakeBegun(answer, request); });
}

void ProviderSignIn::TakeBegun(const Answer& answer,
                               const v1::FinishProviderSignInRequest& request) {
  const absl::StatusOr<storage::ShownTablet> tablet =
      entrance_.Show(request.school(), request.proof());
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  if (!storage::HasBegun(storage::FromEngine(parts_.engine), *tablet, request.state())) {
    answer.Refuse(absl::UnauthenticatedError("this sign-in has ended; begin again"));
    return;
  }
  parts_.committer.Submit(
      storage::MakeTake(parts_.keys, *tablet, request.state(),
                        [this, answer, tablet = *tablet,
                         code = request.code()](absl::StatusOr<storage::TakenSignIn> taken) {
                          Queue(answer, [this, answer, tablet, code, taken = std::move(taken)] {
                            if (taken.ok()) {
                              FinishNow(answer, tablet, code, *taken);
                            } else {
                              answer.Refuse(taken.status());
                            }
                          });
                        }));
}

void ProviderSignIn::FinishNow(const Answer& answer, storage::ShownTablet tablet,
                               const std::string& code, const storage::TakenSignIn& taken) {
  const disk::BegunSignIn& begun = taken.begun;
  const absl::StatusOr<disk::ProviderRow> provider =
      storage::ProviderOf(storage::FromEngine(parts_.engine), tablet.tenant);
  if (!provider.ok() || provider->issuer() != begun.issuer()) {
    answer.Refuse(provider.ok() ? absl::UnauthenticatedError("the school has another provider now")
                                : provider.status());
    return;
  }
  absl::StatusOr<std::string> secret = std::string();
  if (!provider->sealed_client_secret().empty()) {
    secret = parts_.keys.Unseal(provider->sealed_client_secret());
  }
  if (!secret.ok()) {
    answer.Refuse(secret.status());
    return;
  }
  const absl::StatusOr<std::string> subject =
      client_.SubjectOfCode(*provider, *secret, code, begun.verifier(), begun.nonce());
  if (!subject.ok()) {
    answer.Refuse(subject.status());
    return;
  }
  absl::StatusOr<storage::Entry> entry = EntryOf(std::move(tablet), begun, *subject);
  if (!entry.ok()) {
    answer.Refuse(entry.status());
    return;
  }
  entry->counted = taken.counted;
  entrance_.Enter(answer, *std::move(entry));
}

absl::StatusOr<storage::Entry> ProviderSignIn::EntryOf(storage::ShownTablet tablet,
                                                       const disk::BegunSignIn& begun,
                                                       const std::string& subject) const {
  storage::Entry entry;
  entry.tablet = std::move(tablet);
  entry.tablet.nonce.clear();  // The batch that took what was begun has used it.
  entry.issuer = begun.issuer();
  entry.subject = subject;
  entry.ticket = begun.ticket();
  if (!begun.invitation_secret().empty()) {
    entry.invitation.emplace().set_secret(begun.invitation_secret());
  } else if (!begun.invitation_code().empty()) {
    entry.invitation.emplace().set_code(begun.invitation_code());
  }
  entry.may_link = entry.invitation || !entry.ticket.empty();
  if (entry.may_link) return entry;
  const absl::StatusOr<core::Id16> person = storage::PersonOfSubject(
      storage::FromEngine(parts_.engine), entry.tablet.tenant, begun.issuer(), subject);
  if (absl::IsNotFound(person.status())) {
    return absl::UnauthenticatedError(
        "nobody at the school is linked to that account; ask for an invitation");
  }
  if (!person.ok()) return person.status();
  entry.person = *person;
  return entry;
}

}  // namespace halfterm::service
