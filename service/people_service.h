// halfterm.v1.People for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_PEOPLE_SERVICE_H_
#define HALFTERM_SERVICE_PEOPLE_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/people.grpc.pb.h"
#include "service/caller_of.h"
#include "service/write_lane.h"
#include "storage/clock.h"

namespace halfterm::service {

using RawPeople = v1::People::WithRawCallbackMethod_MergePeople<v1::People::Service>;

// Called by gRPC's threads; nothing here waits.
class PeopleService final : public RawPeople {
 public:
  // All must outlive the service.
  PeopleService(const Gate& gate, const storage::Clock& clock, WriteLane& writes)
      : gate_(gate), clock_(clock), writes_(writes) {}

  grpc::ServerUnaryReactor* MergePeople(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* bytes,
                                        grpc::ByteBuffer* reply) override;

 private:
  const Gate& gate_;
  const storage::Clock& clock_;
  WriteLane& writes_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PEOPLE_SERVICE_H_
