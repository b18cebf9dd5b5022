#include "storage/doors/open_door.h"

#include <algorithm>
#include <string>

#include "sync/check.h"
#include "sync/core/scope.h"
#include "sync/school_calendar.h"
#include "sync/value.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr int32_t kDaysWithoutCalendar = 60;
constexpr size_t kMaxShortBytes = 32, kMaxLookForBytes = 500;

bool IsStaff(const Id16& person, const sync::Directory& directory) {
  const std::vector<core::Scope> scopes = directory.ScopesOf(person);
  return std::binary_search(scopes.begin(), scopes.end(), core::StaffScope());
}

// The sites of a person, of the departments first.
std::vector<Id16> SitesOf(const Id16& person, const sync::Directory& directory) {
  std::vector<Id16> sites;
  const auto add = [&](const std::string& org) {
    const Id16 site = directory.SiteOf(Id16::FromBytes(org).value_or(Id16{}));
    if (!site.IsZero()) sites.push_back(site);
  };
  const v1::Person* found = directory.Person(person);
  if (found == nullptr || !IsStaff(person, directory)) return sites;
  for (const v1::DepartmentMembership& in : found->departments()) add(in.org());
  for (const v1::RoleGrant* grant : directory.GrantsOf(person)) add(grant->org());
  return sites;
}

bool IsText(const std::string& text, size_t max_bytes) {
  return text.size() <= max_bytes && sync::IsUtf8(text);
}

std::string NameOf(const std::string& person, const sync::Directory& directory) {
  const v1::Person* found = directory.Person(Id16::FromBytes(person).value_or(Id16{}));
  return found == nullptr ? std::string() : found->display_name();
}

}  // namespace

Id16 OwnSite(const Id16& person, const sync::Directory& directory) {
  const std::vector<Id16> sites = SitesOf(person, directory);
  return sites.empty() ? Id16{} : sites.front();
}

bool IsStaffOf(const Id16& person, const Id16& site, const sync::Directory& directory) {
  const std::vector<Id16> sites = SitesOf(person, directory);
  return std::find(sites.begin(), sites.end(), site) != sites.end();
}

int32_t LastDayToOpen(const Id16& site, int64_t now_ms, const sync::Directory& directory) {
  const int32_t today = sync::DayOf(now_ms, directory.ZoneOf(site));
  const v1::HalfTerm* half_term = directory.HalfTerm(site, directory.HalfTermAt(site, now_ms));
  const bool runs = half_term != nullptr && today <= half_term->end_day();
  return runs ? half_term->end_day() : today + kDaysWithoutCalendar;
}

bool IsPast(const disk::OpenDoorRow& row, int64_t now_ms, const sync::Directory& directory) {
  const Id16 site = Id16::FromBytes(row.site()).value_or(Id16{});
  if (!IsStaffOf(Id16::FromBytes(row.teacher()).value_or(Id16{}), site, directory)) return true;
  const absl::TimeZone zone = directory.ZoneOf(site);
  const int32_t today = sync::DayOf(now_ms, zone);
  if (today <= sync::DayOf(row.lesson_start_ms(), zone)) return false;
  const v1::HalfTerm* half_term =
      directory.HalfTerm(site, directory.HalfTermAt(site, row.lesson_start_ms()));
  return half_term == nullptr || today > half_term->end_day();
}

absl::Status CheckOpenDoor(const v1::OpenDoorRequest& request) {
  const auto wrong = [](const char* what) { return absl::InvalidArgumentError(what); };
  const auto id = Id16::FromBytes(request.door());
  if (!id || id->IsZero()) return wrong("door is not 16 bytes");
  if (request.minutes() < 1 || request.minutes() > 600) return wrong("minutes is 1 to 600");
  if (!IsText(request.class_code(), kMaxShortBytes)) return wrong("class_code is at most 32 bytes");
  if (!IsText(request.room(), kMaxShortBytes)) return wrong("room is at most 32 bytes");
  if (!IsText(request.look_for(), kMaxLookForBytes)) return wrong("look_for is at most 500 bytes");
  if (request.period() > 20) return wrong("period is at most 20");
  if (request.places() < 1 || request.places() > kMaxDoorPlaces) return wrong("places is 1 to 8");
  return absl::OkStatus();
}

v1::Door DoorFor(const Id16& viewer, const Id16& door, const disk::OpenDoorRow& row,
                 const sync::Directory& directory) {
  v1::Door shown;
  shown.set_door(std::string(door.view()));
  shown.set_teacher(row.teacher());
  shown.set_display_name(NameOf(row.teacher(), directory));
  shown.set_lesson_start_ms(row.lesson_start_ms());
  shown.set_minutes(row.minutes());
  shown.set_class_code(row.class_code());
  shown.set_room(row.room());
  shown.set_period(row.period());
  shown.set_look_for(row.look_for());
  shown.set_places(row.places());
  shown.set_taken(static_cast<uint32_t>(row.visitors_size()));
  const bool is_own = row.teacher() == viewer.view();
  for (const std::string& visitor : row.visitors()) {
    if (visitor == viewer.view()) shown.set_coming(true);
    if (!is_own) continue;
    v1::DoorVisitor& named = *shown.add_visitors();
    named.set_person(visitor);
    named.set_display_name(NameOf(visitor, directory));
  }
  return shown;
}

}  // namespace halfterm::storage
