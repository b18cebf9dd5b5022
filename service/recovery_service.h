// halfterm.v1.Recovery for gRPC: check, authorise, call, answer.

#ifndef HALFTERM_SERVICE_RECOVERY_SERVICE_H_
#define HALFTERM_SERVICE_RECOVERY_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/recovery.grpc.pb.h"
#include "service/caller_of.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/clock.h"
#include "storage/engine.h"

namespace halfterm::service {

using RawRecovery = v1::Recovery::WithRawCallbackMethod_Offer<
    v1::Recovery::WithRawCallbackMethod_Refill<v1::Recovery::Service>>;

// Called by gRPC's threads; nothing here waits.
class RecoveryService final : public RawRecovery {
 public:
  // All must outlive the service.
  RecoveryService(const Gate& gate, const storage::Engine& engine, const storage::Clock& clock,
                  WriteLane& writes, WorkerPool& reads)
      : gate_(gate), engine_(engine), clock_(clock), writes_(writes), reads_(reads) {}

  grpc::ServerUnaryReactor* Offer(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Refill(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;

 private:
  const Gate& gate_;
  const storage::Engine& engine_;
  const storage::Clock& clock_;
  WriteLane& writes_;
  WorkerPool& reads_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_RECOVERY_SERVICE_H_
