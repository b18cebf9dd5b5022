// The streams that are open: told the time, woken when there is news for them, and ended together
// when the server stops.

#ifndef HALFTERM_SERVICE_STREAMS_OPEN_STREAMS_H_
#define HALFTERM_SERVICE_STREAMS_OPEN_STREAMS_H_
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"

namespace halfterm::service {

// Safe to call from any thread.
class OpenStreams {
 public:
  // One stream. Its calls come from one thread at a time and must not block.
  class Stream {
   public:
    virtual ~Stream() = default;
    // Twice a second, and when it was woken.
    virtual void Tick() = 0;
    // The server stops: say goodbye.
    virtual void Stop() = 0;
  };

  // `nudge` asks for a Tick soon; it must return at once.
  OpenStreams(size_t max_streams, std::function<void()> nudge);

  // ResourceExhausted: too many are open. Unavailable: the server stops. Remove it when it ended.
  absl::Status Add(std::shared_ptr<Stream> stream);
  void Remove(const Stream* stream);

  // Ticks this one soon.
  void Wake(const std::shared_ptr<Stream>& stream);

  // Ticks those that were woken, or all.
  void Tick(bool all);

  // Stops all, and whoever comes later.
  void StopAll();

  size_t Count() const;

 private:
  std::vector<std::shared_ptr<Stream>> All() const;

  const size_t max_streams_;
  const std::function<void()> nudge_;
  mutable std::mutex mutex_;
  std::map<const Stream*, std::shared_ptr<Stream>> streams_;
  std::map<const Stream*, std::weak_ptr<Stream>> woken_;
  bool stopped_ = false;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_STREAMS_OPEN_STREAMS_H_
