#include "service/sign_in/accounts_admin_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "service/sign_in/account_limits.h"
#include "storage/accounts/account_lists.h"

namespace halfterm::service {

template <class Request, class Reply, class Make>
grpc::ServerUnaryReactor* AccountsAdminService::Write(Context* context, const Bytes& bytes,
                                                      Bytes* reply, Make make) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return answer.Refuse(limits);
  parts_.writes.Submit<Reply>(answer, bytes.Length(), [&](auto done) {
    return make(*std::move(request), std::move(done));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* AccountsAdminService::Invite(Context* context, const Bytes* bytes,
                                                       Bytes* reply) {
  return Write<v1::AccountsAdminInviteRequest, v1::InviteReply>(
      context, *bytes, reply, [this](v1::AccountsAdminInviteRequest request, auto done) {
        return storage::MakeInvitation(parts_.keys, std::move(request), std::move(done));
      });
}

grpc::ServerUnaryReactor* AccountsAdminService::SetAccount(Context* context, const Bytes* bytes,
                                                           Bytes* reply) {
  return Write<v1::SetAccountRequest, v1::SetAccountReply>(
      context, *bytes, reply, [](v1::SetAccountRequest request, auto done) {
        return storage::MakeSetAccount(std::move(request), std::move(done));
      });
}

grpc::ServerUnaryReactor* AccountsAdminService::SetProvider(Context* context, const Bytes* bytes,
                                                            Bytes* reply) {
  return Write<v1::SetProviderRequest, v1::SetProviderReply>(
      context, *bytes, reply, [this](v1::SetProviderRequest request, auto done) {
        return storage::MakeSetProvider(parts_.keys, std::move(request), std::move(done));
      });
}

grpc::ServerUnaryReactor* AccountsAdminService::LinkSubject(Context* context, const Bytes* bytes,
                                                            Bytes* reply) {
  return Write<v1::LinkSubjectRequest, v1::LinkSubjectReply>(
      context, *bytes, reply, [](v1::LinkSubjectRequest request, auto done) {
        return storage::MakeLinkSubject(std::move(request), std::move(done));
      });
}

grpc::ServerUnaryReactor* AccountsAdminService::End(Context* context, const Bytes* bytes,
                                                    Bytes* reply) {
  return Write<v1::AccountsAdminEndRequest, v1::AccountsAdminEndReply>(
      context, *bytes, reply, [](v1::AccountsAdminEndRequest request, auto done) {
        const bool is_session = request.what_case() == v1::AccountsAdminEndRequest::kSession;
        const core::Id16 id =
            *core::Id16::FromBytes(is_session ? request.session() : request.device());
        return is_session ? storage::MakeEndSession(request.tenant(), id, std::move(done))
                          : storage::MakeEndTablet(request.tenant(), id, std::move(done));
      });
}

grpc::ServerUnaryReactor* AccountsAdminService::List(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::AccountsAdminListRequest> request =
      Decode<v1::AccountsAdminListRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return answer.Refuse(limits);
  return AnswerFrom(parts_.reads, Urgency::kInteractive, answer,
                    [this, request = *std::move(request)] { return Read(request); });
}

absl::StatusOr<v1::AccountsAdminListReply> AccountsAdminService::Read(
    const v1::AccountsAdminListRequest& request) const {
  const std::optional<storage::Tenant> tenant = parts_.directories.TenantNamed(request.tenant());
  if (!tenant) return absl::NotFoundError("no such school; see `halfterm import`");
  const auto person = core::Id16::FromBytes(request.person());
  const int64_t now_ms = parts_.clock.NowMs();
  absl::StatusOr<std::vector<v1::SessionInfo>> sessions = storage::SessionsOf(
      parts_.engine, parts_.sessions, *tenant, person ? &*person : nullptr, now_ms, nullptr);
  if (!sessions.ok()) return sessions.status();
  absl::StatusOr<std::vector<v1::TabletInfo>> tablets = storage::TabletsOf(
      parts_.engine, parts_.sessions, *tenant, person ? &*person : nullptr, now_ms);
  if (!tablets.ok()) return tablets.status();
  v1::AccountsAdminListReply reply;
  for (v1::SessionInfo& info : *sessions) *reply.add_sessions() = std::move(info);
  for (v1::TabletInfo& info : *tablets) *reply.add_tablets() = std::move(info);
  return reply;
}

}  // namespace halfterm::service
