#include "service/sync_service.h"

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

#include "service/answer.h"
#include "service/check_limits.h"
#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/noted_reading.h"
#include "storage/commit/sync_jobs.h"
#include "storage/proofs/note_proof.h"

namespace halfterm::service {
namespace {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

// A request within its bounds.
template <class Request>
absl::StatusOr<Request> Checked(const Bytes& bytes) {
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return request;
  if (absl::Status limits = CheckLimits(*request); !limits.ok()) return limits;
  return request;
}

}  // namespace

SyncService::SyncService(const Gate& gate, const storage::Puller& puller,
                         const storage::Clock& clock, WriteLane& writes, WorkerPool& reads,
                         PullParts pulls, WatchParts watches, std::string sealing_point)
    : gate_(gate),
      puller_(puller),
      clock_(clock),
      writes_(writes),
      reads_(reads),
      pulls_(pulls),
      watches_(watches),
      sealing_point_(std::move(sealing_point)) {}

grpc::ServerUnaryReactor* SyncService::Hello(Context* context, const Bytes* bytes, Bytes* reply) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::HelloRequest> request = Checked<v1::HelloRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  writes_.Submit<v1::HelloReply>(answer, bytes->Length(), [&](auto done) {
    auto with_key = [this, done = std::move(done)](absl::StatusOr<v1::HelloReply> greeted) {
      if (greeted.ok()) greeted->set_server_public_key(sealing_point_);
      done(std::move(greeted));
    };
    return storage::MakeHello(*caller, *std::move(request), std::move(with_key));
  });
  return answer.reactor();
}

grpc::ServerUnaryReactor* SyncService::Push(Context* context, const Bytes* bytes, Bytes* reply) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::PushRequest> request = Checked<v1::PushRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  writes_.Submit<v1::PushReply>(answer, bytes->Length(), [&](auto done) {
    auto with_advice = [this, done = std::move(done)](absl::StatusOr<v1::PushReply> pushed) {
      if (pushed.ok()) {
        pushed->set_retry_after_ms(std::max(pushed->retry_after_ms(), writes_.RetryAfterMs()));
      }
      done(std::move(pushed));
    };
    return storage::MakePush(*caller, *std::move(request), std::move(with_advice));
  });
  return answer.reactor();
}

grpc::ServerWriteReactor<Bytes>* SyncService::Pull(Context* context, const Bytes* bytes) {
  std::string token = TokenOf(*context);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(token);
  if (!caller.ok()) return MessageStream::Refuse(context, clock_, caller.status());
  absl::StatusOr<v1::PullRequest> request = Checked<v1::PullRequest>(*bytes);
  if (!request.ok()) return MessageStream::Refuse(context, clock_, request.status());

  return PullStream::Start(pulls_, context, std::move(token), *std::move(request));
}

grpc::ServerWriteReactor<Bytes>* SyncService::Watch(Context* context, const Bytes* bytes) {
  std::string token = TokenOf(*context);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(token);
  if (!caller.ok()) return MessageStream::Refuse(context, clock_, caller.status());
  absl::StatusOr<v1::WatchRequest> request = Checked<v1::WatchRequest>(*bytes);
  if (!request.ok()) return MessageStream::Refuse(context, clock_, request.status());

  return WatchStream::Start(watches_, context, std::move(token), *caller, *std::move(request));
}

grpc::ServerUnaryReactor* SyncService::Fetch(Context* context, const Bytes* bytes, Bytes* reply) {
  return Read(context, *bytes, reply, &storage::Puller::Fetch);
}

grpc::ServerUnaryReactor* SyncService::Descend(Context* context, const Bytes* bytes, Bytes* reply) {
  return Read(context, *bytes, reply, &storage::Puller::Descend);
}

grpc::ServerUnaryReactor* SyncService::Confirm(Context* context, const Bytes* bytes, Bytes* reply) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<v1::ConfirmRequest> request = Checked<v1::ConfirmRequest>(*bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  // Compared on the pool; what is right is answered when the proof is on the disk.
  const size_t size = bytes->Length();
  const bool taken = reads_.Submit(
      Urgency::kInteractive, [this, answer, size, caller = *caller, request = *request] {
        if (absl::Status wanted = answer.Wanted(); !wanted.ok()) {
          answer.Refuse(wanted);
          return;
        }
        absl::StatusOr<storage::Confirmed> confirmed = puller_.Confirm(caller, request);
        if (!confirmed.ok()) {
          answer.Refuse(confirmed.status());
        } else if (!confirmed->proof) {
          answer.Give(confirmed->reply);
        } else {
          Keep(answer, size, caller, *std::move(confirmed));
        }
      });
  if (!taken) answer.Refuse(Later("the server is busy; try again", kOverloadPushbackMs));
  return answer.reactor();
}

void SyncService::Keep(const Answer& answer, size_t size, const storage::Caller& caller,
                       storage::Confirmed confirmed) {
  writes_.Submit<v1::ConfirmReply>(answer, size, [&](auto done) {
    return storage::MakeNoteProof(
        caller, *std::move(confirmed.proof),
        [done = std::move(done), reply = std::move(confirmed.reply)](const absl::Status& noted) {
          if (noted.ok()) {
            done(reply);
          } else {
            done(noted);
          }
        });
  });
}

template <class Request, class Reply>
absl::StatusOr<Reply> SyncService::ReadAgain(const storage::Caller& caller, const Request& request,
                                             PullerCall<Request, Reply> call) {
  if (absl::Status may = pulls_.repeats.MayRepeat(caller); !may.ok()) return may;
  absl::StatusOr<Reply> read = (puller_.*call)(caller, request);
  if (!read.ok()) return read;
  pulls_.repeats.Note(caller, 0, read->ByteSizeLong());
  if constexpr (std::is_same_v<Reply, v1::FetchReply>) {
    if (absl::Status noted = pulls_.trail.Note(caller, *read); !noted.ok()) return noted;
  }
  return read;
}

template <class Request, class Reply>
grpc::ServerUnaryReactor* SyncService::Read(Context* context, const Bytes& bytes, Bytes* reply,
                                            PullerCall<Request, Reply> call) {
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<Request> request = Checked<Request>(bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  return AnswerOnceKept(reads_, pulls_.trail, *caller, answer,
                        [this, call, caller = *caller, request = *std::move(request)] {
                          return ReadAgain(caller, request, call);
                        });
}

}  // namespace halfterm::service
