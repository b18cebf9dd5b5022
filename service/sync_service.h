// halfterm.v1.Sync for gRPC: check, authorise, call, answer. What a call does is said in the proto
// and done in storage/.

#ifndef HALFTERM_SERVICE_SYNC_SERVICE_H_
#define HALFTERM_SERVICE_SYNC_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include <string>

#include "halfterm/v1/sync.grpc.pb.h"
#include "service/caller_of.h"
#include "service/streams/pull_stream.h"
#include "service/streams/watch_stream.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/clock.h"
#include "storage/pull/puller.h"

namespace halfterm::service {

// Every method as bytes (service/messages.h says why).
using RawSync = v1::Sync::WithRawCallbackMethod_Hello<v1::Sync::WithRawCallbackMethod_Push<
    v1::Sync::WithRawCallbackMethod_Pull<v1::Sync::WithRawCallbackMethod_Watch<
        v1::Sync::WithRawCallbackMethod_Fetch<v1::Sync::WithRawCallbackMethod_Descend<
            v1::Sync::WithRawCallbackMethod_Confirm<v1::Sync::Service>>>>>>>;

// Called by gRPC's threads; nothing here waits.
class SyncService final : public RawSync {
 public:
  // All must outlive the service.
  SyncService(const Gate& gate, const storage::Puller& puller, const storage::Clock& clock,
              WriteLane& writes, WorkerPool& reads, PullParts pulls, WatchParts watches,
              std::string sealing_point);

  grpc::ServerUnaryReactor* Hello(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Pull(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* bytes) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* bytes) override;
  grpc::ServerUnaryReactor* Fetch(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Descend(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Confirm(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;

 private:
  template <class Request, class Reply>
  using PullerCall = absl::StatusOr<Reply> (storage::Puller::*)(const storage::Caller&,
                                                                const Request&) const;
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                 PullerCall<Request, Reply> call);
  // What heals a copy sends what was handed out before, and is paid from the same allowance as a
  // repeated pull.
  template <class Request, class Reply>
  absl::StatusOr<Reply> ReadAgain(const storage::Caller& caller, const Request& request,
                                  PullerCall<Request, Reply> call);
  // Answers a right confirmation once its proof is kept.
  void Keep(const Answer& answer, size_t size, const storage::Caller& caller,
            storage::Confirmed confirmed);

  const Gate& gate_;
  const storage::Puller& puller_;
  const storage::Clock& clock_;
  WriteLane& writes_;
  WorkerPool& reads_;
  const PullParts pulls_;
  const WatchParts watches_;
  const std::string sealing_point_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SYNC_SERVICE_H_
