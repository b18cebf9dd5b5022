#include "storage/doors/door_list.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/doors/open_door.h"
#include "storage/keys.h"
#include "storage/summary/access.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

// 1970-01-01 was a Thursday.
int32_t MondayOf(int32_t day) { return day - ((day + 3) % 7 + 7) % 7; }

}  // namespace

absl::StatusOr<v1::ListDoorsReply> DoorList::List(const Caller& caller,
                                                  const v1::ListDoorsRequest&) const {
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr) return NotThereOrNotYours();
  const core::Id16 own = OwnSite(caller.person, *directory);
  if (own.IsZero()) return NotThereOrNotYours();
  const int64_t now_ms = clock_.NowMs();
  v1::ListDoorsReply reply;
  reply.set_today(sync::DayOf(now_ms, directory->ZoneOf(own)));
  reply.set_monday(MondayOf(reply.today()));
  reply.set_last_day(LastDayToOpen(own, now_ms, *directory));

  std::vector<v1::Door> doors;
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const std::string prefix = OpenDoorPrefix(caller.tenant);
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedIdKey> key = ParseOpenDoorKey(cursor->key());
    disk::OpenDoorRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError("an open door cannot be read; run `halfterm verify`");
    }
    const core::Id16 site = core::Id16::FromBytes(row.site()).value_or(core::Id16{});
    if (!IsStaffOf(caller.person, site, *directory) || IsPast(row, now_ms, *directory)) continue;
    const int32_t day = sync::DayOf(row.lesson_start_ms(), directory->ZoneOf(site));
    if (day < reply.monday()) continue;
    doors.push_back(DoorFor(caller.person, key->id, row, *directory));
  }
  if (!cursor->status().ok()) return cursor->status();
  std::sort(doors.begin(), doors.end(), [](const v1::Door& a, const v1::Door& b) {
    return std::pair(a.lesson_start_ms(), a.door()) < std::pair(b.lesson_start_ms(), b.door());
  });
  if (doors.size() > kMaxDoorsListed) doors.resize(kMaxDoorsListed);
  for (v1::Door& door : doors) *reply.add_doors() = std::move(door);
  return reply;
}

}  // namespace halfterm::storage
