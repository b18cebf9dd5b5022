#include "service/audit_service.h"

#include <optional>
#include <string>
#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/read_lane.h"
#include "service/reading.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

grpc::ServerUnaryReactor* AuditService::AboutMe(Context* context, const Bytes* bytes,
                                                Bytes* reply) {
  return ReadLane(parts_.gate, parts_.clock, parts_.reports)
      .ForCaller(context, *bytes, reply, parts_.reader, &storage::AuditReader::AboutMe);
}

grpc::ServerUnaryReactor* AuditTrailService::WhoSaw(Context* context, const Bytes* bytes,
                                                    Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::WhoSawRequest> request = Decode<v1::WhoSawRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  v1::AuditEvent event;
  event.set_act(v1::AUDIT_ACT_ASKED_WHO_SAW);
  if (request->person().size() == core::Id16::kSize) event.set_subject(request->person());
  if (request->record().size() == core::Id16::kSize) event.add_records(request->record());
  if (absl::Status noted = NoteAct(request->tenant(), std::move(event)); !noted.ok()) {
    return answer.Refuse(noted);
  }
  return AnswerFrom(
      parts_.reports, Urgency::kInteractive, answer,
      [this, request = *std::move(request)] { return parts_.reader.WhoSaw(request); });
}

grpc::ServerUnaryReactor* AuditTrailService::ListAudit(Context* context, const Bytes* bytes,
                                                       Bytes* reply) {
  const Answer answer(context, reply, parts_.clock, kAdminMs);
  if (absl::Status open = parts_.gate.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::ListAuditRequest> request = Decode<v1::ListAuditRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  if (request->after_n() == 0) {
    v1::AuditEvent event;
    event.set_act(v1::AUDIT_ACT_EXPORTED);
    if (absl::Status noted = NoteAct(request->tenant(), std::move(event)); !noted.ok()) {
      return answer.Refuse(noted);
    }
  }
  return AnswerFrom(parts_.reports, Urgency::kInteractive, answer,
                    [this, request = *std::move(request)] { return parts_.reader.List(request); });
}

absl::Status AuditTrailService::NoteAct(const std::string& tenant, v1::AuditEvent event) const {
  const std::optional<storage::Tenant> school = parts_.directories.TenantNamed(tenant);
  if (!school) return absl::NotFoundError("no such school");
  return parts_.trail.NoteAct(*school, std::move(event));
}

}  // namespace halfterm::service
