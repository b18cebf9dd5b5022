#include "service/holdings_service.h"

#include "storage/proofs/copies.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

HoldingsService::HoldingsService(const Gate& gate, const storage::Engine& engine,
                                 const storage::Clock& clock, WorkerPool& reports)
    : reports_(gate, clock, reports), engine_(engine) {}

grpc::ServerUnaryReactor* HoldingsService::ListCopies(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return reports_.ForAdmin<v1::ListCopiesRequest>(context, *bytes, reply,
                                                  [this](const v1::ListCopiesRequest& request) {
                                                    return storage::ListCopies(engine_, request);
                                                  });
}

}  // namespace halfterm::service
