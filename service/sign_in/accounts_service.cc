#include "service/sign_in/accounts_service.h"

#include <iterator>
#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/read_lane.h"
#include "service/reading.h"
#include "service/sign_in/account_limits.h"
#include "service/sign_in/caller_address.h"
#include "storage/accounts/account_lists.h"
#include "storage/accounts/session_terms.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::service {
namespace {

// Two calls of the provider, each of at most eight seconds.
constexpr int64_t kProviderMs = 20'000;

template <class Request>
absl::StatusOr<Request> Checked(const grpc::ByteBuffer& bytes) {
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return request;
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return limits;
  return request;
}

std::string AddressOf(const grpc::CallbackServerContext& context) {
  const auto [first, last] = context.client_metadata().equal_range("x-forwarded-for");
  const bool one = first != last && std::next(first) == last;
  return CallerAddress(
      context.peer(),
      one ? absl::string_view(first->second.data(), first->second.size()) : absl::string_view());
}

core::Id16 IdOf(const std::string& bytes) { return *core::Id16::FromBytes(bytes); }

}  // namespace

bool AccountsService::IsAdmin(const storage::Caller& caller) const {
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(caller.tenant);
  return directory != nullptr && storage::IsAdmin(*directory, caller.person);
}

grpc::ServerUnaryReactor* AccountsService::Challenge(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  const absl::StatusOr<v1::ChallengeRequest> request = Decode<v1::ChallengeRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  v1::ChallengeReply challenge;
  challenge.set_nonce(parts_.entrance.NewNonce());
  challenge.set_lasts_ms(static_cast<uint32_t>(storage::kNonceMs));
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  answer.Give(challenge);
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::Enrol(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::EnrolRequest> request = Checked<v1::EnrolRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.entrance.Queue(answer, [this, answer, address = AddressOf(*context),
                                 request = *std::move(request)]() mutable {
    parts_.entrance.Enrol(answer, address, std::move(request));
  });
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::SignIn(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::SignInRequest> request = Checked<v1::SignInRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.entrance.Queue(answer, [this, answer, address = AddressOf(*context),
                                 request = *std::move(request)]() mutable {
    parts_.entrance.SignIn(answer, address, std::move(request));
  });
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::BeginProviderSignIn(Context* context, const Bytes* bytes,
                                                               Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kProviderMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::BeginProviderSignInRequest> request =
      Checked<v1::BeginProviderSignInRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.provider.Begin(answer, *std::move(request));
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::FinishProviderSignIn(Context* context,
                                                                const Bytes* bytes, Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kProviderMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::FinishProviderSignInRequest> request =
      Checked<v1::FinishProviderSignInRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.provider.Finish(answer, *std::move(request));
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::Courier(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::CourierRequest> request = Checked<v1::CourierRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.entrance.Queue(answer, [this, answer, request = *std::move(request)]() mutable {
    parts_.courier.Bring(answer, std::move(request));
  });
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::RenewSession(Context* context, const Bytes* bytes,
                                                        Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::RenewSessionRequest> request = Checked<v1::RenewSessionRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.entrance.Queue(answer,
                        [this, answer, token = TokenOf(*context), request = *std::move(request)] {
                          parts_.entrance.Renew(answer, token, request);
                        });
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::SignOut(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  const absl::StatusOr<v1::SignOutRequest> request = Decode<v1::SignOutRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  parts_.writes.Submit<v1::SignOutReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeEndSession(
        *caller, caller->session, v1::SESSION_END_SIGNED_OUT,
        [done = std::move(done)](const absl::StatusOr<v1::EndSessionReply>& ended) {
          if (ended.ok()) {
            done(v1::SignOutReply());
          } else {
            done(ended.status());
          }
        });
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* AccountsService::SetPassphrase(Context* context, const Bytes* bytes,
                                                         Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::SetPassphraseRequest> request = Checked<v1::SetPassphraseRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  grpc::ServerUnaryReactor* const reactor = answer.reactor();
  parts_.entrance.Queue(answer,
                        [this, answer, caller = *caller, request = *std::move(request)]() mutable {
                          parts_.entrance.SetPassphrase(answer, caller, std::move(request));
                        });
  return reactor;
}

grpc::ServerUnaryReactor* AccountsService::ListSessions(Context* context, const Bytes* bytes,
                                                        Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::ListSessionsRequest> request = Checked<v1::ListSessionsRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  return AnswerFrom(parts_.reads, Urgency::kInteractive, answer,
                    [this, caller = *caller, person = request->person()] {
                      return ReadSessions(caller, person);
                    });
}

absl::StatusOr<v1::ListSessionsReply> AccountsService::ReadSessions(
    const storage::Caller& caller, const std::string& person) const {
  const core::Id16 whose = person.empty() ? caller.person : IdOf(person);
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(caller.tenant);
  if (whose != caller.person &&
      (!IsAdmin(caller) || directory == nullptr || directory->Person(whose) == nullptr)) {
    return absl::NotFoundError("there is no such person");
  }
  absl::StatusOr<std::vector<v1::SessionInfo>> list = storage::SessionsOf(
      parts_.engine, parts_.sessions, caller.tenant, &whose, parts_.clock.NowMs(), &caller.session);
  if (!list.ok()) return list.status();
  v1::ListSessionsReply reply;
  for (v1::SessionInfo& info : *list) *reply.add_sessions() = std::move(info);
  return reply;
}

grpc::ServerUnaryReactor* AccountsService::EndSession(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::EndSessionRequest> request = Checked<v1::EndSessionRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  parts_.writes.Submit<v1::EndSessionReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeEndSession(*caller, IdOf(request->session()), v1::SESSION_END_REVOKED,
                                   std::move(done));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* AccountsService::ListTablets(Context* context, const Bytes* bytes,
                                                       Bytes* reply) {
  return ReadLane(parts_.gate, parts_.clock, parts_.reads)
      .ForCaller<v1::ListTabletsRequest>(
          context, *bytes, reply,
          [this](const storage::Caller& caller, const v1::ListTabletsRequest&) {
            return ReadTablets(caller);
          });
}

absl::StatusOr<v1::ListTabletsReply> AccountsService::ReadTablets(
    const storage::Caller& caller) const {
  absl::StatusOr<std::vector<v1::TabletInfo>> list =
      storage::TabletsOf(parts_.engine, parts_.sessions, caller.tenant,
                         IsAdmin(caller) ? nullptr : &caller.person, parts_.clock.NowMs());
  if (!list.ok()) return list.status();
  v1::ListTabletsReply reply;
  for (v1::TabletInfo& info : *list) *reply.add_tablets() = std::move(info);
  return reply;
}

grpc::ServerUnaryReactor* AccountsService::EndTablet(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::EndTabletRequest> request = Checked<v1::EndTabletRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  parts_.writes.Submit<v1::EndTabletReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeEndTablet(*caller, IdOf(request->device()), std::move(done));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* AccountsService::Invite(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::InviteRequest> request = Checked<v1::InviteRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  parts_.writes.Submit<v1::InviteReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeInvitation(parts_.keys, *caller, *std::move(request), std::move(done));
  });
  return answer.reactor();
}

}  // namespace halfterm::service
