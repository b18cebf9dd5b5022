// halfterm.v1.OpenDoors for gRPC: authorise, call, answer.

#ifndef HALFTERM_SERVICE_OPEN_DOORS_SERVICE_H_
#define HALFTERM_SERVICE_OPEN_DOORS_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/open_doors.grpc.pb.h"
#include "service/caller_of.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/clock.h"
#include "storage/doors/door_list.h"

namespace halfterm::service {

using RawOpenDoors = v1::OpenDoors::WithRawCallbackMethod_ListDoors<
    v1::OpenDoors::WithRawCallbackMethod_OpenDoor<v1::OpenDoors::WithRawCallbackMethod_CloseDoor<
        v1::OpenDoors::WithRawCallbackMethod_TakePlace<
            v1::OpenDoors::WithRawCallbackMethod_GiveUpPlace<v1::OpenDoors::Service>>>>>;

// Called by gRPC's threads; nothing here waits.
class OpenDoorsService final : public RawOpenDoors {
 public:
  // All must outlive the service.
  OpenDoorsService(const Gate& gate, const storage::DoorList& doors, const storage::Clock& clock,
                   WriteLane& writes, WorkerPool& reads)
      : gate_(gate), clock_(clock), writes_(writes), reads_(gate, clock, reads), doors_(doors) {}

  grpc::ServerUnaryReactor* ListDoors(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* OpenDoor(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* bytes,
                                     grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* CloseDoor(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* TakePlace(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* GiveUpPlace(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* bytes,
                                        grpc::ByteBuffer* reply) override;

 private:
  // Answers with what the job that `make(caller, request, done)` makes says.
  template <class Request, class Reply, class Make>
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                  Make make);

  const Gate& gate_;
  const storage::Clock& clock_;
  WriteLane& writes_;
  const ReadLane reads_;
  const storage::DoorList& doors_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_OPEN_DOORS_SERVICE_H_
