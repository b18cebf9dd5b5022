#include "storage/verify/door_check.h"

#include <optional>
#include <set>
#include <string>

#include "halfterm/disk/open_doors.pb.h"

namespace halfterm::storage {

absl::Status CheckDoors(const Snapshot& snapshot, Tenant tenant, const sync::Directory& directory,
                        Findings& findings) {
  const std::string prefix = OpenDoorPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedIdKey> key = ParseOpenDoorKey(cursor->key());
    const auto differs = [&](const char* detail) {
      findings.Differs("open door", Named("door", cursor->key().substr(prefix.size())), detail);
    };
    disk::OpenDoorRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      differs("cannot be read");
      continue;
    }
    const auto knows = [&](const std::string& person) {
      const auto id = core::Id16::FromBytes(person);
      return id && directory.Person(*id) != nullptr;
    };
    if (!knows(row.teacher())) differs("is of nobody whom the school knows");
    const std::set<std::string> visitors(row.visitors().begin(), row.visitors().end());
    if (visitors.size() != static_cast<size_t>(row.visitors_size()) ||
        visitors.count(row.teacher()) > 0) {
      differs("names a visitor who cannot be one");
    }
    for (const std::string& visitor : visitors) {
      if (!knows(visitor)) differs("names a visitor whom the school does not know");
    }
    if (static_cast<uint32_t>(row.visitors_size()) > row.places()) {
      differs("promises more places than there are");
    }
  }
  return cursor->status();
}

}  // namespace halfterm::storage
