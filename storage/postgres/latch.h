// Shut once, for ever, by the first failure after which this process must not write any more.

#ifndef HALFTERM_STORAGE_POSTGRES_LATCH_H_
#define HALFTERM_STORAGE_POSTGRES_LATCH_H_
#include <functional>
#include <mutex>
#include <utility>

#include "absl/status/status.h"

namespace halfterm::storage::postgres {

// Safe to call from any thread.
class Latch {
 public:
  explicit Latch(std::function<void(const absl::Status&)> on_fatal)
      : on_fatal_(std::move(on_fatal)) {}

  // Remembers the first error, tells whoever asked to be told, and returns the one remembered.
  absl::Status Fail(const absl::Status& why) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!status_.ok()) return status_;
      status_ = why;
    }
    if (on_fatal_) on_fatal_(why);
    return why;
  }

  absl::Status status() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

 private:
  const std::function<void(const absl::Status&)> on_fatal_;
  mutable std::mutex mutex_;
  absl::Status status_;  // Guarded by mutex_.
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_LATCH_H_
