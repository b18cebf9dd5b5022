#include "service/people_service.h"

#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "storage/commit/merge_people.h"

namespace halfterm::service {

grpc::ServerUnaryReactor* PeopleService::MergePeople(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* bytes,
                                                     grpc::ByteBuffer* reply) {
  const Answer answer(context, reply, clock_, kAdminMs);
  if (absl::Status open = gate_.Open(); !open.ok()) return answer.Refuse(open);
  absl::StatusOr<v1::MergePeopleRequest> request = Decode<v1::MergePeopleRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());
  writes_.Submit<v1::MergePeopleReply>(answer, bytes->Length(), [&](auto done) {
    return storage::MakeMergePeople(*std::move(request), std::move(done));
  });
  return answer.reactor();
}

}  // namespace halfterm::service
