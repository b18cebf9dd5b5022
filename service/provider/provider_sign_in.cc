#include "service/provider/provider_sign_in.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "service/limits.h"
#include "storage/accounts/account_rows.h"
#include "sync/core/sha256.h"

namespace halfterm::service {
namespace {

constexpr int64_t kBegunMs = 10 * 60 * 1000;
constexpr size_t kMaxBegun = 10'000, kMaxBegunOfTablet = 20;
constexpr size_t kMaxWaitingCalls = 32;

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
  Queue(answer, [this, answer, request = std::move(request)] { answer.Give(BeginNow(request)); });
}

absl::StatusOr<v1::BeginProviderSignInReply> ProviderSignIn::BeginNow(
    const v1::BeginProviderSignInRequest& request) {
  const absl::StatusOr<ShownTablet> tablet = entrance_.Show(request.school(), request.proof());
  if (!tablet.ok()) return tablet.status();
  const absl::StatusOr<disk::ProviderRow> provider =
      storage::ProviderOf(storage::FromEngine(parts_.engine), tablet->tenant);
  if (!provider.ok()) return provider.status();
  if (provider->issuer().empty()) {
    return absl::FailedPreconditionError("the school has no provider; sign in with a passphrase");
  }
  const absl::StatusOr<ProviderPlaces> places = client_.PlacesOf(provider->issuer());
  if (!places.ok()) return places.status();

  const std::string state = Base64Url(parts_.random(32));
  Begun begun{tablet->tenant,
              tablet->device,
              provider->issuer(),
              Base64Url(parts_.random(32)),
              Base64Url(parts_.random(32)),
              request.ticket(),
              std::nullopt,
              parts_.clock.MonotonicMs() + kBegunMs};
  if (request.has_invitation()) begun.invitation = request.invitation();
  const core::Digest32 challenge = core::Sha256(begun.verifier);
  v1::BeginProviderSignInReply reply;
  reply.set_state(state);
  reply.set_authorize_url(absl::StrCat(
      places->authorize, "?response_type=code&scope=openid&client_id=",
      UrlEscaped(provider->client_id()), "&redirect_uri=", UrlEscaped(provider->redirect_uri()),
      "&state=", state, "&nonce=", begun.nonce, "&code_challenge_method=S256&code_challenge=",
      Base64Url(absl::string_view(challenge.view().data(), challenge.view().size())),
      places->prompt.empty() ? "" : "&prompt=", places->prompt));

  const std::lock_guard<std::mutex> lock(mutex_);
  size_t of_tablet = 0;
  const int64_t now_ms = parts_.clock.MonotonicMs();
  for (auto other = begun_.begin(); other != begun_.end();) {
    if (other->second.until_ms <= now_ms) {
      other = begun_.erase(other);
      continue;
    }
    of_tablet += other->second.tenant == tablet->tenant && other->second.device == tablet->device;
    ++other;
  }
  if (begun_.size() >= kMaxBegun || of_tablet >= kMaxBegunOfTablet) {
    return Later("too many sign-ins have begun; wait and try again", kBegunMs);
  }
  begun_.emplace(state, std::move(begun));
  return reply;
}

void ProviderSignIn::Finish(const Answer& answer, v1::FinishProviderSignInRequest request) {
  Queue(answer, [this, answer, request = std::move(request)] { FinishNow(answer, request); });
}

std::optional<ProviderSignIn::Begun> ProviderSignIn::Take(const std::string& state,
                                                          const ShownTablet& tablet) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = begun_.find(state);
  if (found == begun_.end() || found->second.tenant != tablet.tenant ||
      found->second.device != tablet.device ||
      found->second.until_ms <= parts_.clock.MonotonicMs()) {
    return std::nullopt;
  }
  Begun begun = std::move(found->second);
  begun_.erase(found);
  return begun;
}

void ProviderSignIn::FinishNow(const Answer& answer,
                               const v1::FinishProviderSignInRequest& request) {
  const absl::StatusOr<ShownTablet> tablet = entrance_.Show(request.school(), request.proof());
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  const std::optional<Begun> begun = Take(request.state(), *tablet);
  if (!begun) {
    answer.Refuse(absl::UnauthenticatedError("this sign-in has ended; begin again"));
    return;
  }
  const absl::StatusOr<disk::ProviderRow> provider =
      storage::ProviderOf(storage::FromEngine(parts_.engine), tablet->tenant);
  if (!provider.ok() || provider->issuer() != begun->issuer) {
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
      client_.SubjectOfCode(*provider, *secret, request.code(), begun->verifier, begun->nonce);
  if (!subject.ok()) {
    answer.Refuse(subject.status());
    return;
  }
  absl::StatusOr<storage::Entry> entry = EntryOf(*begun, *subject);
  if (!entry.ok()) {
    answer.Refuse(entry.status());
    return;
  }
  std::shared_ptr<Throttle::Try> tried;
  if (entry->invitation) {
    absl::StatusOr<std::shared_ptr<Throttle::Try>> taken = entrance_.TryInvitation(*tablet);
    if (!taken.ok()) {
      answer.Refuse(taken.status());
      return;
    }
    tried = *std::move(taken);
  }
  entrance_.Enter(answer, *std::move(entry), std::move(tried));
}

absl::StatusOr<storage::Entry> ProviderSignIn::EntryOf(const Begun& begun,
                                                       const std::string& subject) {
  storage::Entry entry{begun.tenant, begun.device, std::nullopt, std::nullopt, "",
                       "",           begun.issuer, subject,      false};
  if (begun.ticket.empty() && !begun.invitation) {
    const absl::StatusOr<core::Id16> person = storage::PersonOfSubject(
        storage::FromEngine(parts_.engine), begun.tenant, begun.issuer, subject);
    if (absl::IsNotFound(person.status())) {
      return absl::UnauthenticatedError(
          "nobody at the school is linked to that account; ask for an invitation");
    }
    if (!person.ok()) return person.status();
    entry.person = *person;
    return entry;
  }
  entry.may_link = true;
  entry.invitation = begun.invitation;
  if (!begun.ticket.empty()) {
    const std::optional<Tickets::For> whom = entrance_.tickets().Take(
        begun.ticket, begun.tenant, begun.device, parts_.clock.MonotonicMs());
    if (!whom) {
      return absl::UnauthenticatedError("this ticket has ended; ask for a new invitation");
    }
    entry.person = whom->person;
  }
  return entry;
}

}  // namespace halfterm::service
