#include "storage/postgres/rows.h"

#include <cstddef>

#include "storage/postgres/connection.h"

namespace halfterm::storage::postgres {
namespace {

constexpr size_t kNumberBytes = 8;

uint64_t NumberFrom(absl::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = (number << 8) | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace

int16_t NumberOf(Family family) {
  switch (family) {
    case Family::kState:
      return 1;
    case Family::kLog:
      return 2;
    case Family::kFeed:
      return 3;
    case Family::kDerived:
      return 4;
    case Family::kMeta:
      return 5;
    case Family::kErased:
      return 6;
  }
  return 0;
}

std::string BytesOf(const Head& head) {
  return Int8(static_cast<int64_t>(head.commits)) + Int8(static_cast<int64_t>(head.mark));
}

std::optional<Head> HeadFrom(absl::string_view bytes) {
  if (bytes.size() != 2 * kNumberBytes) return std::nullopt;
  return Head{NumberFrom(bytes.substr(0, kNumberBytes)), NumberFrom(bytes.substr(kNumberBytes))};
}

}  // namespace halfterm::storage::postgres
