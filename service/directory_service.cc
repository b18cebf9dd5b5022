#include "service/directory_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"
#include "storage/directory/directory_list.h"
#include "storage/import/import.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

DirectoryService::DirectoryService(const Gate& gate, const storage::Directories& directories,
                                   const storage::Clock& clock, WriteLane& writes,
                                   WorkerPool& reads)
    : gate_(gate), directories_(directories), clock_(clock), writes_(writes), reads_(reads) {}

grpc::ServerUnaryReactor* DirectoryService::Import(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::ImportRequest> request = Decode<v1::ImportRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  writes_.Submit<v1::ImportReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeImport(*std::move(request), std::move(done));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* DirectoryService::List(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  const absl::StatusOr<v1::ListRequest> request = Decode<v1::ListRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  const std::optional<storage::Tenant> tenant = directories_.TenantNamed(request->tenant());
  if (!tenant) return answer.Refuse(absl::NotFoundError("no such school"));

  return AnswerFrom(reads_, Urgency::kInteractive, answer,
                    [directory = directories_.Of(*tenant),
                     request = *request]() -> absl::StatusOr<v1::ListReply> {
                      if (directory == nullptr) return absl::NotFoundError("no such school");
                      return storage::ListDirectory(*directory, request);
                    });
}

}  // namespace halfterm::service
