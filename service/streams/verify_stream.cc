#include "service/streams/verify_stream.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "storage/verify/verifier.h"

namespace halfterm::service {

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartVerify(const VerifyParts& parts,
                                                        grpc::CallbackServerContext* context,
                                                        v1::VerifyRequest request) {
  return ProgressStream::Start(parts.progress, context,
                               Later("other reports are running; try again", kOverloadPushbackMs),
                               [&engine = parts.engine, &secrets = parts.secrets,
                                request = std::move(request)](const ProgressStream::Tell& tell) {
                                 return storage::Verify(engine, request, tell, &secrets);
                               });
}

}  // namespace halfterm::service
