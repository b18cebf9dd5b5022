#include "service/aggregate_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "storage/aggregates/freeze.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* AggregateService::FrozenSchool(Context* context, const Bytes* bytes,
                                                         Bytes* reply) {
  return Read(context, *bytes, reply, &storage::AggregateReader::FrozenSchool);
}

grpc::ServerUnaryReactor* AggregateService::FrozenFederation(Context* context, const Bytes* bytes,
                                                             Bytes* reply) {
  return Read(context, *bytes, reply, &storage::AggregateReader::FrozenFederation);
}

template <class Request, class Reply>
grpc::ServerUnaryReactor* AggregateService::Read(Context* context, const Bytes& bytes, Bytes* reply,
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

grpc::ServerUnaryReactor* FreezingService::Freeze(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::FreezeRequest> request = Decode<v1::FreezeRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  writes_.Submit<v1::FreezeReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeFreeze(*std::move(request), std::move(done));
  });
  return answer.reactor();
}

}  // namespace halfterm::service
