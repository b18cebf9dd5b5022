// The levels of a visit: what its sheets, its consensus and its newest version say of each element.
//
// Two values that wait for their author are no level, and neither is what a leader may not read
// yet: only sheets that were submitted speak. Nothing here reads a stamp, so the answer is the same
// whatever the order of arrival.

#ifndef HALFTERM_SYNC_LEVELS_H_
#define HALFTERM_SYNC_LEVELS_H_
#include <cstdint>
#include <vector>

#include "sync/core/audience.h"
#include "sync/core/facet.h"
#include "sync/core/types.h"
#include "sync/record.h"

namespace halfterm::sync {

// What one page says of one element.
struct Rating {
  uint16_t element = 0;
  uint8_t level = 0;      // 0: not seen, no value, or disputed.
  bool disputed = false;  // Two different values.
};
inline bool operator==(const Rating& a, const Rating& b) {
  return a.element == b.element && a.level == b.level && a.disputed == b.disputed;
}

// Ascending by element, each once. `field` is the ratings' field: 3 of a sheet, 1 of a consensus.
std::vector<Rating> RatingsIn(const core::Facet& facet, uint16_t field);

// The observers of whom a sheet is expected: those of the plan who are not excused. Ascending.
std::vector<core::Id16> ExpectedObservers(const RecordView& record, const core::VisitFacts& facts);

// Those of `observers` who held a certificate on the day of the lesson, by what the server wrote on
// their sheets at SUBMIT.
std::vector<core::Id16> CertifiedOf(const RecordView& record,
                                    const std::vector<core::Id16>& observers);

// The sheets that count: of expected observers who have submitted, in the order of their ids.
std::vector<std::vector<Rating>> SheetsOf(const RecordView& record,
                                          const std::vector<core::Id16>& observers);

// What `agreed_by` is compared with: SHA-256 of the encoded content of the cells of field 1.
core::Digest32 RatingsDigest(const core::Facet& consensus);
// Whether every one of `observers` has agreed to the present ratings of the consensus, and there
// are some.
bool AllAgreed(const RecordView& record, const std::vector<core::Id16>& observers);

// One value for each element: the consensus if all agreed, else the lower median of the sheets,
// with `disputed` where a value that would have counted has two. `rated_by`: those of them whose
// sheets may speak; what all agreed on speaks where it names one of them.
std::vector<Rating> LevelsOf(const RecordView& record, const std::vector<core::Id16>& observers,
                             const std::vector<core::Id16>& rated_by);
inline std::vector<Rating> LevelsOf(const RecordView& record,
                                    const std::vector<core::Id16>& observers) {
  return LevelsOf(record, observers, observers);
}

// What a version that is shared now holds: the consensus if all agreed, the only observer's own
// levels, or nothing. Elements with two values have none, and `disputed` set.
std::vector<Rating> ShareableLevels(const RecordView& record,
                                    const std::vector<core::Id16>& observers);

// The newest version's ratings, with what it left out as disputed; the rubric that it names; and
// the days on which it and version 1 were shared, in days since 1970, 0 where that is not known;
// whether it says what went well.
struct VersionLevels {
  bool exists = false, has_praise = false;
  int32_t shared_day = 0;
  int32_t first_shared_day = 0;
  core::Id16 rubric{};
  std::vector<Rating> ratings;
};
VersionLevels NewestVersion(const RecordView& record);

// The elements that an open query of the teacher is about: neither closed by the teacher nor
// answered with a resolution; two values that differ leave it open.
struct OpenQueries {
  bool all = false;                // One is about all of the version.
  std::vector<uint16_t> elements;  // Any order, may repeat.

  bool Covers(uint16_t element) const;
};
OpenQueries OpenQueriesOf(const RecordView& record, const core::Id16& teacher);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_LEVELS_H_
