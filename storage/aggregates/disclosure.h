// Which frozen figures may be shown, so that nobody can work out one for fewer than five teachers.
//
// A table holds one figure for each department and one for all of them together (the total). Each
// teacher stands in one department, so that what is left of a total when the shown departments are
// taken from it is a figure too: that of the hidden ones. It has to pass the same rules as a
// department, and to pass them still for a head of department who takes their own from it.
//
// A table that was shown once keeps the same departments shown for ever. It is replaced only when,
// in every one of its figures and against every version that was shown before, nobody's part has
// changed or at least five teachers' has. Two replacements are all: three versions can be
// subtracted from each other in pairs only, which is what is looked at; four can be combined.
//
// Pure.

#ifndef HALFTERM_STORAGE_AGGREGATES_DISCLOSURE_H_
#define HALFTERM_STORAGE_AGGREGATES_DISCLOSURE_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "halfterm/disk/aggregate.pb.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// What a table is about; the first byte of FrozenAttribute.key. The numbers are on disk.
enum class TableKind : uint8_t {
  kLevels = 1,           // rubric16 element2; weight: lessons; values: mean in millionths.
  kCoverage = 2,         // rule16; weight: 1 for each who is asked for; values: 1 if done.
  kSharing = 3,          // weight: visits shared; values: by lag in school days, 0 to 30.
  kAcknowledgement = 4,  // weight: visits shared; values: visits acknowledged.
  kSteps = 5,            // weight: steps due; values: steps checked.
};

// Everything that can be weakened to see that a test notices; a school uses the defaults, or more
// than five teachers where its policy says so.
struct DisclosureRules {
  uint32_t min_teachers = 5;
  uint64_t min_weight = 10;          // Lessons, visits or steps; not of coverage.
  uint32_t max_percent_of_one = 40;  // Of the weight.
  bool hide_one_level = true;        // Levels: where all teachers have the same median.
  bool look_at_what_is_left = true;  // The figure of the hidden departments together.
  bool look_at_insiders = true;      // The same without any one of them.
  uint32_t min_changed = 5;
  size_t max_versions = 3;
  bool keep_units = true;
};

using Shares = std::vector<const disk::FrozenShare*>;

// Whether a figure of these teachers may be shown to somebody who may not know of any one of them.
bool MayShow(TableKind kind, const Shares& shares, const DisclosureRules& rules);

// Marks which departments of a new table are shown, and whether the total is. `table` has a key and
// one version, and gets its marks. Hides as few as it finds: where hiding more departments would
// leave none, the total goes instead.
void Suppress(disk::FrozenAttribute& table, const DisclosureRules& rules);

// Whether anything of it is shown.
bool ShowsAnything(const disk::FrozenAttribute& table);

enum class Replacement { kSame, kReplaced, kWithheld };
// Holds the shares as they are now against what was shown, and adds them as another version where
// that may be.
Replacement Replace(disk::FrozenAttribute& table, disk::FrozenVersion now,
                    const DisclosureRules& rules);

// The shares of one department, or of all with zeros, in a version.
Shares SharesOf(const disk::FrozenVersion& version, const core::Id16& department = {});

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AGGREGATES_DISCLOSURE_H_
