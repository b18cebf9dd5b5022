#include "service/aggregate_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "storage/aggregates/freeze.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* AggregateService::FrozenSchool(Context* context, const Bytes* bytes,
                                                         Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, reader_, &storage::AggregateReader::FrozenSchool);
}

grpc::ServerUnaryReactor* AggregateService::FrozenFederation(Context* context, const Bytes* bytes,
                                                             Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, reader_,
                          &storage::AggregateReader::FrozenFederation);
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
