// halfterm.v1.Keeping for gRPC: authorise, call, answer.

#ifndef HALFTERM_SERVICE_KEEPING_SERVICE_H_
#define HALFTERM_SERVICE_KEEPING_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "service/caller_of.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "storage/clock.h"
#include "storage/keeping/keeping_reader.h"

namespace halfterm::service {

using RawKeeping =
    v1::Keeping::WithRawCallbackMethod_Counts<v1::Keeping::WithRawCallbackMethod_Kept<
        v1::Keeping::WithRawCallbackMethod_Own<v1::Keeping::Service>>>;

// Called by gRPC's threads; nothing here waits.
class KeepingService final : public RawKeeping {
 public:
  // All must outlive the service.
  KeepingService(const Gate& gate, const storage::KeepingReader& reader,
                 const storage::Clock& clock, WorkerPool& reads)
      : reads_(gate, clock, reads), reader_(reader) {}

  grpc::ServerUnaryReactor* Counts(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Kept(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Own(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                grpc::ByteBuffer* reply) override;

 private:
  const ReadLane reads_;
  const storage::KeepingReader& reader_;
};

using RawKeepingAdmin = v1::KeepingAdmin::WithRawCallbackMethod_Counts<v1::KeepingAdmin::Service>;

// halfterm.v1.KeepingAdmin, on the admin port only.
class KeepingAdminService final : public RawKeepingAdmin {
 public:
  // All must outlive the service.
  KeepingAdminService(const Gate& gate, const storage::Engine& engine,
                      const storage::Directories& directories, const storage::Clock& clock,
                      WorkerPool& reads)
      : reads_(gate, clock, reads), engine_(engine), directories_(directories) {}

  grpc::ServerUnaryReactor* Counts(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;

 private:
  const ReadLane reads_;
  const storage::Engine& engine_;
  const storage::Directories& directories_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_KEEPING_SERVICE_H_
