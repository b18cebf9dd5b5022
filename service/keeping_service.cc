#include "service/keeping_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* KeepingService::Counts(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  return Read(context, *bytes, reply, &storage::KeepingReader::Counts);
}

grpc::ServerUnaryReactor* KeepingService::Kept(Context* context, const Bytes* bytes, Bytes* reply) {
  return Read(context, *bytes, reply, &storage::KeepingReader::Kept);
}

grpc::ServerUnaryReactor* KeepingService::Own(Context* context, const Bytes* bytes, Bytes* reply) {
  return Read(context, *bytes, reply, &storage::KeepingReader::Own);
}

template <class Request, class Reply>
grpc::ServerUnaryReactor* KeepingService::Read(Context* context, const Bytes& bytes, Bytes* reply,
                                               ReaderCall<Request, Reply> call) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  return AnswerFrom(reads_, Urgency::kInteractive, answer,
                    [this, call, caller = *caller, request = *std::move(request)] {
                      return (reader_.*call)(caller, request);
                    });
}

grpc::ServerUnaryReactor* KeepingAdminService::Counts(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::KeepingAdminCountsRequest> request =
      Decode<v1::KeepingAdminCountsRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  return AnswerFrom(reads_, Urgency::kInteractive, answer,
                    [this, request = *std::move(request)]() -> absl::StatusOr<v1::CountsReply> {
                      const auto tenant = directories_.TenantNamed(request.tenant());
                      if (!tenant) return absl::NotFoundError("no such school");
                      return storage::CountsOf(*engine_.NewSnapshot(), *tenant);
                    });
}

}  // namespace halfterm::service
