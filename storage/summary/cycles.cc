#include "storage/summary/cycles.h"

#include <algorithm>

#include "storage/summary/access.h"
#include "sync/due.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr uint32_t kWeeks = 6, kMostWeeks = 52;
// A cycle that pauses for longer than this in all goes on through holidays.
constexpr uint32_t kMostPauses = 26;

int32_t MondayOf(int32_t day) { return day - (day % 7 + 10) % 7; }

bool IsSchoolWeek(const sync::Directory& directory, const Id16& org, int32_t monday) {
  return directory.SchoolDaysBetween(org, sync::NoonMs(directory, org, monday - 1),
                                     sync::NoonMs(directory, org, monday + 6)) > 0;
}

// The Mondays of its weeks.
std::vector<int32_t> MondaysOf(const v1::Cycle& cycle, const sync::Directory& directory) {
  const uint32_t weeks = cycle.weeks() == 0 ? kWeeks : std::min(cycle.weeks(), kMostWeeks);
  const Id16 org = Id16::FromBytes(cycle.org()).value_or(Id16{});
  std::vector<int32_t> mondays;
  int32_t monday = MondayOf(cycle.start_day());
  for (uint32_t looked = 0; mondays.size() < weeks && looked < weeks + kMostPauses; ++looked) {
    if (IsSchoolWeek(directory, org, monday)) mondays.push_back(monday);
    monday += 7;
  }
  if (mondays.size() == weeks) return mondays;
  mondays.clear();
  for (uint32_t week = 0; week < weeks; ++week) {
    mondays.push_back(MondayOf(cycle.start_day()) + 7 * static_cast<int32_t>(week));
  }
  return mondays;
}

int32_t CheckPointIn(const v1::Cycle& cycle, int32_t monday) {
  if (cycle.checkpoint_days().empty()) return monday + 4;
  for (const int32_t day : cycle.checkpoint_days()) {
    if (day >= monday && day <= monday + 6) return day;
  }
  return 0;
}

}  // namespace

v1::CycleState CycleStateOf(const v1::Cycle& cycle, const sync::Directory& directory,
                            int32_t today) {
  v1::CycleState state;
  state.set_cycle(cycle.id());
  state.set_title(cycle.title());
  state.set_from_day(cycle.start_day());
  for (const int32_t monday : MondaysOf(cycle, directory)) {
    v1::CycleWeek& week = *state.add_weeks();
    week.set_number(static_cast<uint32_t>(state.weeks_size()));
    week.set_from_day(monday);
    week.set_to_day(monday + 6);
    week.set_checkpoint_day(CheckPointIn(cycle, monday));
    state.set_to_day(monday + 6);
    if (today >= std::max(monday, cycle.start_day()) && today <= monday + 6) {
      state.set_week(week.number());
    }
    if (week.checkpoint_day() >= today && state.next_checkpoint_day() == 0) {
      state.set_next_checkpoint_day(week.checkpoint_day());
    }
  }
  return state;
}

std::vector<const v1::Cycle*> CyclesOf(const sync::Directory& directory, const Id16& org) {
  std::vector<const v1::Cycle*> cycles;
  for (const v1::Cycle& cycle : directory.content().cycles) {
    const Id16 whose = Id16::FromBytes(cycle.org()).value_or(Id16{});
    if (IsAtOrBelow(directory, org, whose)) cycles.push_back(&cycle);
  }
  std::stable_sort(cycles.begin(), cycles.end(), [](const v1::Cycle* a, const v1::Cycle* b) {
    return a->start_day() < b->start_day();
  });
  return cycles;
}

const v1::Cycle* CycleAt(const sync::Directory& directory, const Id16& org, int32_t day) {
  const v1::Cycle* found = nullptr;
  for (const v1::Cycle* cycle : CyclesOf(directory, org)) {
    if (cycle->start_day() > day) break;
    const v1::CycleState state = CycleStateOf(*cycle, directory, day);
    if (day <= state.to_day()) found = cycle;
  }
  return found;
}

}  // namespace halfterm::storage
