// halfterm.v1.Aggregates on the public port and halfterm.v1.Freezing on the admin port, for gRPC:
// authorise, call, answer.

#ifndef HALFTERM_SERVICE_AGGREGATE_SERVICE_H_
#define HALFTERM_SERVICE_AGGREGATE_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/aggregate.grpc.pb.h"
#include "service/caller_of.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/aggregates/aggregate_reader.h"
#include "storage/clock.h"

namespace halfterm::service {

using RawAggregates = v1::Aggregates::WithRawCallbackMethod_FrozenSchool<
    v1::Aggregates::WithRawCallbackMethod_FrozenFederation<v1::Aggregates::Service>>;
using RawFreezing = v1::Freezing::WithRawCallbackMethod_Freeze<v1::Freezing::Service>;

// Called by gRPC's threads; nothing here waits.
class AggregateService final : public RawAggregates {
 public:
  // All must outlive the service.
  AggregateService(const Gate& gate, const storage::AggregateReader& reader,
                   const storage::Clock& clock, WorkerPool& reads)
      : reads_(gate, clock, reads), reader_(reader) {}

  grpc::ServerUnaryReactor* FrozenSchool(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* bytes,
                                         grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* FrozenFederation(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* bytes,
                                             grpc::ByteBuffer* reply) override;

 private:
  const ReadLane reads_;
  const storage::AggregateReader& reader_;
};

// Called by gRPC's threads; nothing here waits.
class FreezingService final : public RawFreezing {
 public:
  // All must outlive the service.
  FreezingService(const Gate& gate, const storage::Clock& clock, WriteLane& writes)
      : gate_(gate), clock_(clock), writes_(writes) {}

  grpc::ServerUnaryReactor* Freeze(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;

 private:
  const Gate& gate_;
  const storage::Clock& clock_;
  WriteLane& writes_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_AGGREGATE_SERVICE_H_
