#include "service/streams/watch_stream.h"

#include <algorithm>
#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"
#include "service/messages.h"

namespace halfterm::service {

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchStream::Start(const WatchParts& parts,
                                                               grpc::CallbackServerContext* context,
                                                               std::string token,
                                                               const storage::Caller& caller,
                                                               v1::WatchRequest request) {
  auto watch = std::make_shared<WatchStream>(parts, context, std::move(token), caller);
  MessageStream& stream = watch->stream_;
  stream.Open(watch);
  absl::Status added = parts.streams.Add(watch);
  if (added.ok() && !parts.reads.Submit(Urgency::kInteractive,
                                        [watch, cursor = std::move(*request.mutable_cursor())] {
                                          watch->Begin(cursor);
                                        })) {
    added = Later("the server is busy; watch again", kOverloadPushbackMs);
  }
  if (!added.ok()) stream.End(added);
  return &stream;
}

WatchStream::WatchStream(const WatchParts& parts, grpc::CallbackServerContext* context,
                         std::string token, const storage::Caller& caller)
    : parts_(parts),
      token_(std::move(token)),
      caller_(caller),
      checked_ms_(parts.clock.MonotonicMs()),
      said_ms_(checked_ms_),
      poked_ms_(checked_ms_ - kPokeGapMs),
      stream_(context, parts.clock) {}

void WatchStream::Begin(const std::string& cursor) {
  ListenToScopes();
  if (absl::Status looked = LookForNews(cursor); !looked.ok()) return stream_.End(looked);
  Say();
}

absl::Status WatchStream::LookForNews(const std::string& cursor) {
  v1::PullRequest request;
  request.set_cursor(cursor);
  request.set_max_bytes(1);  // One record is enough to know.
  const absl::StatusOr<v1::PullReply> chunk = parts_.puller.Next(caller_, request);
  if (!chunk.ok()) return chunk.status();
  if (cursor.empty() || chunk->more() || chunk->items_size() > 0 || chunk->scope_drops_size() > 0) {
    for (const v1::Item& item : chunk->items()) Raise(item.seq());
    has_news_ = true;
  }
  return absl::OkStatus();
}

void WatchStream::ListenToScopes() {
  const std::shared_ptr<const sync::Directory> directory = parts_.directories.Of(caller_.tenant);
  if (directory == nullptr) return;
  std::vector<core::Scope> scopes = directory->ScopesOf(caller_.person);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_ || (listening_ && scopes == scopes_)) return;
    if (listening_) has_news_ = true;  // The scopes themselves are news.
    scopes_ = scopes;
  }
  // Changes' own lock is held while it calls us, so ours must not be held while we call it.
  std::optional<uint64_t> old = parts_.changes.Add(
      caller_.tenant, std::move(scopes), [weak = weak_from_this()](uint64_t seq) {
        if (const std::shared_ptr<WatchStream> watch = weak.lock()) watch->Note(seq);
      });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) std::swap(listening_, old);
  }
  if (old) parts_.changes.Remove(*old);
}

void WatchStream::Raise(uint64_t seq) {
  uint64_t newest = newest_seq_;
  while (newest < seq && !newest_seq_.compare_exchange_weak(newest, seq)) {
  }
}

void WatchStream::Note(uint64_t seq) {
  Raise(seq);
  if (!has_news_.exchange(true)) parts_.streams.Wake(shared_from_this());
}

void WatchStream::Say() {
  const int64_t now_ms = parts_.clock.MonotonicMs();
  v1::WatchReply message;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_news_ && now_ms - poked_ms_ >= kPokeGapMs) {
      message.mutable_poke()->set_seq(newest_seq_);
    } else if (now_ms - said_ms_ >= kBeatMs) {
      message.mutable_beat()->set_server_time_ms(parts_.clock.NowMs());
      message.mutable_beat()->set_durable_seq(
          parts_.ledger.DurableSeqOf(*parts_.epochs.shared_row(), caller_.tenant));
    } else {
      return;
    }
  }
  if (message.has_poke()) has_news_ = false;  // Before the write: what comes now is told again.
  if (!stream_.Write(Encode(message))) {
    if (message.has_poke()) has_news_ = true;
    return;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  said_ms_ = now_ms;
  if (message.has_poke()) poked_ms_ = now_ms;
}

void WatchStream::CheckSession() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const int64_t now_ms = parts_.clock.MonotonicMs();
    if (now_ms - checked_ms_ < kSessionCheckMs) return;
    checked_ms_ = now_ms;
  }
  if (const auto caller = parts_.gate.StillCallerOf(token_); !caller.ok()) {
    return stream_.End(caller.status());
  }
  ListenToScopes();
}

void WatchStream::Written() {
  if (has_news_) parts_.streams.Wake(shared_from_this());
}

void WatchStream::Ended() {
  std::optional<uint64_t> listening;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    std::swap(listening, listening_);
  }
  if (listening) parts_.changes.Remove(*listening);
  parts_.streams.Remove(this);
}

void WatchStream::Tick() {
  const int64_t parked_ms = stream_.ParkedMs();
  if (parked_ms > kParkedReaderMs) {
    return stream_.Abort(Later("the reader takes nothing; watch again", kOverloadPushbackMs));
  }
  if (parked_ms > kLastWordsMs && !parts_.gate.Open().ok()) {
    return stream_.Abort(absl::UnavailableError("the server is stopping"));
  }
  CheckSession();
  Say();
}

void WatchStream::Stop() { stream_.End(absl::UnavailableError("the server is stopping")); }

}  // namespace halfterm::service
