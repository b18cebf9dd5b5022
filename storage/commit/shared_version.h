// What a teacher reads: the copy that SHARE makes of a visit's feedback.

#ifndef HALFTERM_STORAGE_COMMIT_SHARED_VERSION_H_
#define HALFTERM_STORAGE_COMMIT_SHARED_VERSION_H_
#include "halfterm/v1/observation.pb.h"
#include "sync/core/audience.h"
#include "sync/record.h"

namespace halfterm::storage {

// The visit as it stands, in words and numbers: strengths (of a walk-round without feedback its
// praise), priority, message, steps, and the levels that count (the consensus where all agreed;
// else the one sheet's own; of a team without agreement none). Elements with two different values
// are listed as left out. Notes go along when the feedback says so, private ones never.
struct Sharing {
  uint16_t round = 0;
  core::Id16 by{};
  int32_t day = 0;  // Since 1970, in the school's zone.
};
v1::SharedVersion SharedVersionOf(const sync::RecordView& record, const core::VisitFacts& facts,
                                  const Sharing& sharing);

// version number `round` of the record.
core::FacetId VersionFacet(const core::Id16& record, uint16_t round);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_SHARED_VERSION_H_
