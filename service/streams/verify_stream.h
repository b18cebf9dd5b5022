// One Verify: the progress of a long recomputation, and its result.

#ifndef HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
#define HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
#include <grpcpp/server_context.h>

#include "halfterm/v1/admin.pb.h"
#include "service/streams/progress_stream.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"

namespace halfterm::service {

// What all verifications work with; must outlive them.
struct VerifyParts {
  const storage::Engine& engine;
  const storage::Secrets& secrets;
  const ProgressParts progress;
};

// Returns what the handler returns.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartVerify(const VerifyParts& parts,
                                                        grpc::CallbackServerContext* context,
                                                        v1::VerifyRequest request);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_VERIFY_STREAM_H_
