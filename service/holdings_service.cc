#include "service/holdings_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "storage/proofs/copies.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

HoldingsService::HoldingsService(const Gate& gate, const storage::Engine& engine,
                                 const storage::Clock& clock, WorkerPool& reports)
    : gate_(gate), engine_(engine), clock_(clock), reports_(reports) {}

grpc::ServerUnaryReactor* HoldingsService::ListCopies(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::ListCopiesRequest> request = Decode<v1::ListCopiesRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  return AnswerFrom(reports_, Urgency::kInteractive, answer, [this, request = *std::move(request)] {
    return storage::ListCopies(engine_, request);
  });
}

}  // namespace halfterm::service
