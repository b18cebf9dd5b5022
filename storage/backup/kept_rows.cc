#include "storage/backup/kept_rows.h"

#include "absl/strings/string_view.h"
#include "halfterm/disk/rows.pb.h"

namespace halfterm::storage {
namespace {

// By the first byte of their keys (keys.h).
constexpr absl::string_view kOfState = "gsvipnjyzm";
constexpr char kSchool = 't', kSession = 's', kTablet = 'v';

}  // namespace

bool IsKept(Family family, const std::string& key) {
  if (key.empty()) return false;
  if (family == Family::kMeta) return key.front() == kSchool;
  return family == Family::kState && kOfState.find(key.front()) != absl::string_view::npos;
}

std::vector<std::pair<Family, std::string>> KeptPrefixes() {
  std::vector<std::pair<Family, std::string>> prefixes{{Family::kMeta, std::string(1, kSchool)}};
  for (const char tag : kOfState) prefixes.emplace_back(Family::kState, std::string(1, tag));
  return prefixes;
}

std::string LastingPart(const std::string& key, const std::string& value) {
  if (key.front() == kSession) {
    disk::SessionRow row;
    if (!row.ParseFromString(value)) return value;
    row.clear_seen_ms();
    return row.SerializeAsString();
  }
  if (key.front() == kTablet) {
    disk::DeviceRow row;
    if (!row.ParseFromString(value)) return value;
    row.clear_app();
    row.clear_seen_ms();
    row.clear_clock_offset_ms();
    row.clear_epoch();
    return row.SerializeAsString();
  }
  return value;
}

}  // namespace halfterm::storage
