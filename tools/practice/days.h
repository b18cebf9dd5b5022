// Days as people type and read them, for pages whose days are days wherever the school is.

#ifndef HALFTERM_TOOLS_PRACTICE_DAYS_H_
#define HALFTERM_TOOLS_PRACTICE_DAYS_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace halfterm::tools {

// Days since 1970 of "2026-11-26"; of no words 0. InvalidArgument names the flag.
absl::StatusOr<int32_t> DayMeant(const std::string& flag, const std::string& words);

// "26 Nov"; of 0 nothing.
std::string ShortDay(int32_t day);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_PRACTICE_DAYS_H_
