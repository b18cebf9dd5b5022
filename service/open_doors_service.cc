#include "service/open_doors_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "storage/doors/door_jobs.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

template <class Request, class Reply, class Make>
grpc::ServerUnaryReactor* OpenDoorsService::Write(Context* context, const Bytes& bytes,
                                                  Bytes* reply, Make make) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  writes_.Submit<Reply>(answer, bytes.Length(), [&](auto done) {
    return make(*caller, *std::move(request), std::move(done));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* OpenDoorsService::ListDoors(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return reads_.ForCaller(context, *bytes, reply, doors_, &storage::DoorList::List);
}

grpc::ServerUnaryReactor* OpenDoorsService::OpenDoor(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  return Write<v1::OpenDoorRequest, v1::DoorReply>(context, *bytes, reply, &storage::MakeOpenDoor);
}

grpc::ServerUnaryReactor* OpenDoorsService::CloseDoor(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return Write<v1::CloseDoorRequest, v1::CloseDoorReply>(context, *bytes, reply,
                                                         &storage::MakeCloseDoor);
}

grpc::ServerUnaryReactor* OpenDoorsService::TakePlace(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return Write<v1::TakePlaceRequest, v1::DoorReply>(context, *bytes, reply,
                                                    &storage::MakeTakePlace);
}

grpc::ServerUnaryReactor* OpenDoorsService::GiveUpPlace(Context* context, const Bytes* bytes,
                                                        Bytes* reply) {
  return Write<v1::GiveUpPlaceRequest, v1::DoorReply>(context, *bytes, reply,
                                                      &storage::MakeGiveUpPlace);
}

}  // namespace halfterm::service
