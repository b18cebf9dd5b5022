// Six-week cycles by their days. Pure.
//
// A cycle's weeks are school weeks: a week of holidays is none of them, so a cycle that meets a
// half-term break ends a week later. Cycles and half-terms know nothing of each other.

#ifndef HALFTERM_STORAGE_SUMMARY_CYCLES_H_
#define HALFTERM_STORAGE_SUMMARY_CYCLES_H_
#include <cstdint>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/leadership.pb.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Where the cycle stands on that day, by the calendar of its organisation.
v1::CycleState CycleStateOf(const v1::Cycle& cycle, const sync::Directory& directory,
                            int32_t today);

// The cycles of an organisation or of one above it, by first day.
std::vector<const v1::Cycle*> CyclesOf(const sync::Directory& directory, const core::Id16& org);

// The one that holds the day; null where none does. Of two the one that began last.
const v1::Cycle* CycleAt(const sync::Directory& directory, const core::Id16& org, int32_t day);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_CYCLES_H_
