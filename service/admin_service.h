// halfterm.v1.Admin for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_ADMIN_SERVICE_H_
#define HALFTERM_SERVICE_ADMIN_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "halfterm/v1/admin.grpc.pb.h"
#include "service/caller_of.h"
#include "service/latency_ring.h"
#include "service/streams/verify_stream.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/clock.h"
#include "storage/commit/committer.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::service {

using RawAdmin = v1::Admin::WithRawCallbackMethod_OpenSession<
    v1::Admin::WithRawCallbackMethod_Verify<v1::Admin::WithRawCallbackMethod_Stats<
        v1::Admin::WithRawCallbackMethod_Waiting<v1::Admin::Service>>>>;

// What the admin's calls work with; must outlive the service.
struct AdminParts {
  const Gate& gate;
  const storage::Engine& engine;
  const storage::Directories& directories;
  const storage::Committer& committer;
  const storage::Clock& clock;
  const LatencyRing& summary_times;
  WriteLane& writes;
  WorkerPool& reads;
  WorkerPool& reports;
};

// Called by gRPC's threads; nothing here waits.
class AdminService final : public RawAdmin {
 public:
  AdminService(const AdminParts& parts, VerifyParts verifications);

  grpc::ServerUnaryReactor* OpenSession(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* bytes,
                                        grpc::ByteBuffer* reply) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Verify(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* bytes) override;
  grpc::ServerUnaryReactor* Stats(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Waiting(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;

 private:
  absl::StatusOr<v1::StatsReply> ReadStats() const;

  const AdminParts parts_;
  const VerifyParts verifications_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_ADMIN_SERVICE_H_
