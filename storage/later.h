// The answer "too much now; come again in so long".

#ifndef HALFTERM_STORAGE_LATER_H_
#define HALFTERM_STORAGE_LATER_H_
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace halfterm::storage {

// ResourceExhausted, with the time to wait in milliseconds.
absl::Status Later(absl::string_view why, int64_t retry_ms);

// The time that Later() was given; nothing for any other status.
std::optional<int64_t> LaterMs(const absl::Status& status);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_LATER_H_
