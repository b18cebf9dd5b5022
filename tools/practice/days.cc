#include "tools/practice/days.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tools/figures.h"
#include "tools/roster/builder.h"

namespace halfterm::tools {

absl::StatusOr<int32_t> DayMeant(const std::string& flag, const std::string& words) {
  if (words.empty()) return 0;
  const std::optional<int32_t> day = ParseDay(words);
  if (!day) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": \"", words, "\" is no day such as 2026-11-26"));
  }
  return *day;
}

std::string ShortDay(int32_t day) {
  return day == 0 ? "" : DayInWords(int64_t{day} * 86'400'000, absl::UTCTimeZone());
}

}  // namespace halfterm::tools
