// halfterm.v1.Holdings for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_HOLDINGS_SERVICE_H_
#define HALFTERM_SERVICE_HOLDINGS_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/holdings.grpc.pb.h"
#include "service/caller_of.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "storage/clock.h"
#include "storage/engine.h"

namespace halfterm::service {

using RawHoldings = v1::Holdings::WithRawCallbackMethod_ListCopies<v1::Holdings::Service>;

// Called by gRPC's threads; nothing here waits.
class HoldingsService final : public RawHoldings {
 public:
  // All must outlive the service.
  HoldingsService(const Gate& gate, const storage::Engine& engine, const storage::Clock& clock,
                  WorkerPool& reports);

  grpc::ServerUnaryReactor* ListCopies(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* reply) override;

 private:
  const ReadLane reports_;
  const storage::Engine& engine_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_HOLDINGS_SERVICE_H_
