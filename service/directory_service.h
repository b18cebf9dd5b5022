// halfterm.v1.Directory for gRPC, on the admin port only.

#ifndef HALFTERM_SERVICE_DIRECTORY_SERVICE_H_
#define HALFTERM_SERVICE_DIRECTORY_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/directory.grpc.pb.h"
#include "service/caller_of.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"

namespace halfterm::service {

using RawDirectory = v1::Directory::WithRawCallbackMethod_Import<
    v1::Directory::WithRawCallbackMethod_List<v1::Directory::Service>>;

// Called by gRPC's threads; nothing here waits.
class DirectoryService final : public RawDirectory {
 public:
  // All must outlive the service.
  DirectoryService(const Gate& gate, const storage::Directories& directories,
                   const storage::Clock& clock, WriteLane& writes, WorkerPool& reads);

  grpc::ServerUnaryReactor* Import(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;

 private:
  const Gate& gate_;
  const storage::Directories& directories_;
  const storage::Clock& clock_;
  WriteLane& writes_;
  WorkerPool& reads_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_DIRECTORY_SERVICE_H_
