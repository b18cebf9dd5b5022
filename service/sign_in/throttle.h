// How often somebody may have this server look for what nobody can guess.
//
// A try is counted in several buckets at once and is allowed where none of them is full. Only wrong
// tries stay counted, for fifteen minutes. While tries are on their way they take their place too,
// so that a hundred at once do no more than ten in a row.
//
// Kept in memory, by each server for itself: what is bounded is work. Guesses at what can be
// guessed are counted in the store (storage/sign_in/guess_counts.h).

#ifndef HALFTERM_SERVICE_SIGN_IN_THROTTLE_H_
#define HALFTERM_SERVICE_SIGN_IN_THROTTLE_H_
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"

namespace halfterm::service {

inline constexpr int64_t kThrottleMs = 15 * 60 * 1000;

// Safe to call from any thread. Times are of the monotonic clock.
class Throttle {
 public:
  struct Bucket {
    std::string name;
    size_t tries;
  };

  // A try that was allowed. It gives its places back when it goes, unless it was Wrong.
  class Try {
   public:
    ~Try();
    void Wrong(int64_t now_ms);

   private:
    friend class Throttle;
    Try(Throttle& throttle, std::vector<Bucket> buckets)
        : throttle_(throttle), buckets_(std::move(buckets)) {}
    Throttle& throttle_;
    std::vector<Bucket> buckets_;
  };

  // ResourceExhausted, with the time to wait: a bucket is full. The throttle must outlive the try.
  absl::StatusOr<std::shared_ptr<Try>> Take(std::vector<Bucket> buckets, int64_t now_ms);

 private:
  struct Count {
    std::deque<int64_t> wrong_ms;
    size_t under_way = 0;
  };
  void Leave(const std::vector<Bucket>& buckets, bool wrong, int64_t now_ms);
  void Forget(int64_t now_ms);

  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_THROTTLE_H_
