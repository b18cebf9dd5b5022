#include "storage/postgres/tenant_of.h"

#include <cstddef>
#include <string>

#include "storage/keys.h"

namespace halfterm::storage::postgres {
namespace {

constexpr size_t kHandleBytes = 4;

// Where the handle begins in the keys that start like `key`; nothing where they have none.
std::optional<size_t> HandleAt(Family family, absl::string_view key) {
  switch (family) {
    case Family::kState:
    case Family::kLog:
    case Family::kDerived:
      return 1;
    case Family::kFeed:
    case Family::kErased:
      return 0;
    case Family::kMeta:
      if (key.empty() || (key[0] != 'h' && key[0] != 'k')) return std::nullopt;
      return 1;
  }
  return std::nullopt;
}

}  // namespace

uint32_t TenantOf(Family family, absl::string_view key) {
  const std::optional<size_t> at = HandleAt(family, key);
  if (!at || key.size() < *at + kHandleBytes) return kNoTenant;
  uint32_t handle = 0;
  for (const char byte : key.substr(*at, kHandleBytes)) {
    handle = (handle << 8) | static_cast<uint8_t>(byte);
  }
  return handle;
}

std::optional<uint32_t> OneTenantWithin(Family family, absl::string_view begin,
                                        absl::string_view end) {
  if (begin.empty() || end.empty()) return std::nullopt;
  const std::optional<size_t> at = HandleAt(family, begin);
  // Among the keys that share these bytes, all are of one tenant.
  const size_t bytes = at ? *at + kHandleBytes : 1;
  if (begin.size() < bytes) return std::nullopt;
  const std::string past = EndOfPrefix(begin.substr(0, bytes));
  if (!past.empty() && end > past) return std::nullopt;
  return TenantOf(family, begin);
}

}  // namespace halfterm::storage::postgres
