// halfterm.v1.Keeping for gRPC: authorise, call, answer.

#ifndef HALFTERM_SERVICE_KEEPING_SERVICE_H_
#define HALFTERM_SERVICE_KEEPING_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "service/caller_of.h"
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
      : gate_(gate), reader_(reader), clock_(clock), reads_(reads) {}

  grpc::ServerUnaryReactor* Counts(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Kept(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Own(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                grpc::ByteBuffer* reply) override;

 private:
  template <class Request, class Reply>
  using ReaderCall = absl::StatusOr<Reply> (storage::KeepingReader::*)(const storage::Caller&,
                                                                       const Request&) const;
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                 ReaderCall<Request, Reply> call);

  const Gate& gate_;
  const storage::KeepingReader& reader_;
  const storage::Clock& clock_;
  WorkerPool& reads_;
};

using RawKeepingAdmin = v1::KeepingAdmin::WithRawCallbackMethod_Counts<v1::KeepingAdmin::Service>;

// halfterm.v1.KeepingAdmin, on the admin port only.
class KeepingAdminService final : public RawKeepingAdmin {
 public:
  // All must outlive the service.
  KeepingAdminService(const Gate& gate, const storage::Engine& engine,
                      const storage::Directories& directories, const storage::Clock& clock,
                      WorkerPool& reads)
      : gate_(gate), engine_(engine), directories_(directories), clock_(clock), reads_(reads) {}

  grpc::ServerUnaryReactor* Counts(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;

 private:
  const Gate& gate_;
  const storage::Engine& engine_;
  const storage::Directories& directories_;
  const storage::Clock& clock_;
  WorkerPool& reads_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_KEEPING_SERVICE_H_
