#include "service/keeping_service.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* KeepingService::Counts(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, reader_, &storage::KeepingReader::Counts);
}

grpc::ServerUnaryReactor* KeepingService::Kept(Context* context, const Bytes* bytes, Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, reader_, &storage::KeepingReader::Kept);
}

grpc::ServerUnaryReactor* KeepingService::Own(Context* context, const Bytes* bytes, Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, reader_, &storage::KeepingReader::Own);
}

grpc::ServerUnaryReactor* KeepingAdminService::Counts(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return reads_.ForAdmin<v1::KeepingAdminCountsRequest>(
      context, *bytes, reply,
      [this](const v1::KeepingAdminCountsRequest& request) -> absl::StatusOr<v1::CountsReply> {
        const auto tenant = directories_.TenantNamed(request.tenant());
        if (!tenant) return absl::NotFoundError("no such school");
        return storage::CountsOf(*engine_.NewSnapshot(), *tenant);
      });
}

}  // namespace halfterm::service
