// An open door: what is kept of it, who may see it, how long.
//
// A door is not a record of anybody's: whether there is room is known in one place only, so it is a
// row that the server alone writes. It says nothing about what a visitor saw. Who comes is told to
// the teacher and to each visitor, and to nobody who leads either of them.

#ifndef HALFTERM_STORAGE_DOORS_OPEN_DOOR_H_
#define HALFTERM_STORAGE_DOORS_OPEN_DOOR_H_
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "halfterm/disk/open_doors.pb.h"
#include "halfterm/v1/open_doors.pb.h"
#include "sync/directory.h"

namespace halfterm::storage {

inline constexpr uint32_t kMaxDoorPlaces = 8;
inline constexpr size_t kMaxDoorsOfATeacher = 20, kMaxDoorsListed = 500;

// The site whose doors a member of staff opens: that of their first department, else the first one
// in which they hold a role; zeros for anybody else, and where there is none.
core::Id16 OwnSite(const core::Id16& person, const sync::Directory& directory);
// Whether `person` is staff of that site: teaches in a department there, or holds a role there.
bool IsStaffOf(const core::Id16& person, const core::Id16& site, const sync::Directory& directory);

// The last day to which a door of the site can be opened at `now_ms`, in days since 1970: the
// half-term's last; in a holiday, and without a calendar, 60 days ahead.
int32_t LastDayToOpen(const core::Id16& site, int64_t now_ms, const sync::Directory& directory);
// Whether the row is to go: lesson and half-term are over, or the teacher has left the site.
bool IsPast(const disk::OpenDoorRow& row, int64_t now_ms, const sync::Directory& directory);

// InvalidArgument: a field is out of its bounds, and which.
absl::Status CheckOpenDoor(const v1::OpenDoorRequest& request);

// The door as `viewer` may see it, who is staff of its site.
v1::Door DoorFor(const core::Id16& viewer, const core::Id16& door, const disk::OpenDoorRow& row,
                 const sync::Directory& directory);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DOORS_OPEN_DOOR_H_
