#include "service/streams/pull_stream.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"

namespace halfterm::service {

grpc::ServerWriteReactor<grpc::ByteBuffer>* PullStream::Start(const PullParts& parts,
                                                              grpc::CallbackServerContext* context,
                                                              std::string token,
                                                              v1::PullRequest request) {
  auto pull = std::make_shared<PullStream>(parts, context, std::move(token), std::move(request));
  MessageStream& stream = pull->stream_;
  stream.Open(pull);
  if (absl::Status added = parts.streams.Add(pull); added.ok()) {
    pull->Ask(Urgency::kInteractive);
  } else {
    stream.End(added);
  }
  return &stream;
}

PullStream::PullStream(const PullParts& parts, grpc::CallbackServerContext* context,
                       std::string token, v1::PullRequest request)
    : parts_(parts),
      token_(std::move(token)),
      until_ms_(parts.clock.MonotonicMs() + kPullMs),
      request_(std::move(request)),
      stream_(context, parts.clock) {}

void PullStream::Ask(Urgency urgency) {
  if (!parts_.reads.Submit(urgency, [self = shared_from_this()] { self->ReadChunk(); })) {
    stream_.End(Later("the server is busy; go on from the last cursor", kOverloadPushbackMs));
  }
}

void PullStream::ReadChunk() {
  if (!stream_.IsWanted()) return;
  if (parts_.clock.MonotonicMs() > until_ms_) {
    stream_.End(absl::DeadlineExceededError("a pull is cut here; go on from the last cursor"));
    return;
  }
  // Asked again for each chunk: a session may end while a long pull runs.
  const absl::StatusOr<storage::Caller> caller = parts_.gate.CallerOf(token_);
  if (!caller.ok()) return stream_.End(caller.status());
  const absl::StatusOr<uint64_t> from = parts_.puller.CompleteOf(*caller, request_.cursor());
  if (!from.ok()) return stream_.End(from.status());
  if (!is_repeat_) is_repeat_ = parts_.repeats.IsRepeat(*caller, request_.cursor(), *from);
  if (*is_repeat_) {
    if (absl::Status may = parts_.repeats.MayRepeat(*caller); !may.ok()) return stream_.End(may);
  }
  const absl::StatusOr<v1::PullReply> chunk = parts_.puller.Next(*caller, request_);
  if (!chunk.ok()) return stream_.End(chunk.status());
  if (absl::Status noted = parts_.trail.Note(*caller, *chunk); !noted.ok()) {
    return stream_.End(noted);
  }
  request_.set_cursor(chunk->cursor());
  parts_.repeats.Note(*caller, chunk->has_end() ? chunk->end().seq() : 0,
                      *is_repeat_ ? chunk->ByteSizeLong() : 0);
  const grpc::ByteBuffer message = Encode(*chunk);
  if (parts_.trail.IsKept(*caller)) return Send(message, chunk->more());
  parts_.trail.WhenKept(*caller, [self = shared_from_this(), message,
                                  more = chunk->more()](const absl::Status& kept) {
    if (!kept.ok()) return self->stream_.End(kept);
    WorkerPool::Work send = [self, message, more] { self->Send(message, more); };
    if (!self->parts_.reads.Submit(Urgency::kInteractive, std::move(send))) {
      self->stream_.End(
          Later("the server is busy; go on from the last cursor", kOverloadPushbackMs));
    }
  });
}

void PullStream::Send(const grpc::ByteBuffer& message, bool more) {
  if (more) {
    stream_.Write(message);
  } else {
    stream_.WriteLast(message);
  }
}

void PullStream::Written() { Ask(Urgency::kBulk); }

void PullStream::Ended() { parts_.streams.Remove(this); }

void PullStream::Tick() {
  const int64_t parked_ms = stream_.ParkedMs();
  if (parked_ms > kParkedReaderMs) {
    stream_.Abort(
        Later("the reader takes nothing; go on from the last cursor", kOverloadPushbackMs));
  } else if (parked_ms > kLastWordsMs && !parts_.gate.Open().ok()) {
    stream_.Abort(absl::UnavailableError("the server is stopping; go on from the last cursor"));
  }
}

void PullStream::Stop() {
  stream_.End(absl::UnavailableError("the server is stopping; go on from the last cursor"));
}

}  // namespace halfterm::service
