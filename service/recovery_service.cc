#include "service/recovery_service.h"

#include <utility>

#include "service/answer.h"
#include "service/check_limits.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "storage/backup/offer.h"
#include "storage/commit/sync_jobs.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* RecoveryService::Offer(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::OfferRequest> request = Decode<v1::OfferRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  return AnswerFrom(reads_, Urgency::kInteractive, answer,
                    [this, tenant = caller->tenant, request = *std::move(request)] {
                      return storage::Wanted(engine_, tenant, request);
                    });
}

grpc::ServerUnaryReactor* RecoveryService::Refill(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::RefillRequest> request = Decode<v1::RefillRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return answer.Refuse(limits);

  writes_.Submit<v1::RefillReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeRefill(*caller, *std::move(request), std::move(done));
  });
  return answer.reactor();
}

}  // namespace halfterm::service
