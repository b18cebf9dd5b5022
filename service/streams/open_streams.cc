#include "service/streams/open_streams.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/limits.h"

namespace halfterm::service {

OpenStreams::OpenStreams(size_t max_streams, std::function<void()> nudge)
    : max_streams_(max_streams), nudge_(std::move(nudge)) {}

absl::Status OpenStreams::Add(std::shared_ptr<Stream> stream) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_) return absl::UnavailableError("the server is stopping");
  if (streams_.size() >= max_streams_) {
    return Later("too many streams are open", kOverloadPushbackMs);
  }
  const Stream* const key = stream.get();
  streams_.emplace(key, std::move(stream));
  return absl::OkStatus();
}

void OpenStreams::Remove(const Stream* stream) {
  std::shared_ptr<Stream> last;  // Released without the lock.
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  last = std::move(found->second);
  streams_.erase(found);
}

void OpenStreams::Wake(const std::shared_ptr<Stream>& stream) {
  bool is_first = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_first = woken_.empty();
    woken_.insert_or_assign(stream.get(), stream);
  }
  if (is_first) nudge_();
}

void OpenStreams::Tick(bool all) {
  std::map<const Stream*, std::weak_ptr<Stream>> woken;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    woken.swap(woken_);
  }
  if (all) {
    for (const std::shared_ptr<Stream>& stream : All()) stream->Tick();
    return;
  }
  for (const auto& [key, weak] : woken) {
    if (const std::shared_ptr<Stream> stream = weak.lock()) stream->Tick();
  }
}

void OpenStreams::StopAll() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  for (const std::shared_ptr<Stream>& stream : All()) stream->Stop();
}

size_t OpenStreams::Count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return streams_.size();
}

std::vector<std::shared_ptr<OpenStreams::Stream>> OpenStreams::All() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Stream>> all;
  all.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) all.push_back(stream);
  return all;
}

}  // namespace halfterm::service
