// The certificate that an observer held for a rubric version on the day of a lesson.
//
// It is read once, when the observer submits the sheet, and written on it: a certificate that ends
// later takes nothing from a sheet that was written while it held, and one that is earned later
// adds nothing.

#ifndef HALFTERM_STORAGE_COMMIT_CERTIFIED_H_
#define HALFTERM_STORAGE_COMMIT_CERTIFIED_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/commit/batch.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// The rows that say whether the observer has calibrated in the school year of that moment, in the
// one before it, or outside of both: most never have, and nothing more is looked up. Foresee them
// where an observer may submit.
std::vector<std::string> CalibrationKeys(Tenant tenant, const sync::Directory& directory,
                                         const core::Id16& observer, const core::Id16& school,
                                         int64_t moment_ms);

// The calibration visit that earned it; zeros where none held, or the visit has no rubric version
// or no day. By the calibrations that were committed before this batch. Errors as Engine's.
absl::StatusOr<core::Id16> CertificateAt(Batch& batch, Tenant tenant, const core::Id16& observer,
                                         const core::Id16& rubric, int64_t lesson_start_ms,
                                         const core::Id16& school);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_CERTIFIED_H_
