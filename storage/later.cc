#include "storage/later.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace halfterm::storage {
namespace {

constexpr absl::string_view kRetryPayload = "halfterm/retry-ms";

}  // namespace

absl::Status Later(absl::string_view why, int64_t retry_ms) {
  absl::Status status = absl::ResourceExhaustedError(why);
  status.SetPayload(kRetryPayload, absl::Cord(absl::StrCat(retry_ms)));
  return status;
}

std::optional<int64_t> LaterMs(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryPayload);
  int64_t retry_ms = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &retry_ms)) return std::nullopt;
  return retry_ms;
}

}  // namespace halfterm::storage
