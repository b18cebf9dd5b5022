#include "storage/clock.h"

#include <chrono>

namespace halfterm::storage {
namespace {

template <typename Source>
int64_t MillisecondsOf() {
  const auto since = Source::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

int64_t SystemClock::NowMs() const { return MillisecondsOf<std::chrono::system_clock>(); }
int64_t SystemClock::MonotonicMs() const { return MillisecondsOf<std::chrono::steady_clock>(); }

}  // namespace halfterm::storage
