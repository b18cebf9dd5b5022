// What every summary starts from: who asks, of which moment of the store, about which half-term.

#ifndef HALFTERM_STORAGE_SUMMARY_QUESTION_H_
#define HALFTERM_STORAGE_SUMMARY_QUESTION_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/summary/access.h"
#include "storage/summary/watermark.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Of one call; everything must outlive it.
struct Question {
  const Snapshot& snapshot;
  Tenant tenant;
  const sync::Directory& directory;
  const SummaryAccess& access;
  core::Id16 caller;
  int64_t now_ms;
};

// INVALID_ARGUMENT unless the bytes are an id. The second form takes none as zeros.
absl::StatusOr<core::Id16> RequiredId(const std::string& bytes, absl::string_view what);
absl::StatusOr<core::Id16> OptionalId(const std::string& bytes, absl::string_view what);

// The half-term asked for: 0 is the one of today. INVALID_ARGUMENT where the calendar of `org` has
// no such half-term.
absl::StatusOr<uint16_t> HalfTermAsked(const Question& question, const core::Id16& org,
                                       uint32_t asked);
// The one before in the calendar; 0 before the first.
uint16_t HalfTermBefore(const sync::Directory& directory, const core::Id16& org,
                        uint16_t half_term);

// The watermark, with what came in late behind the rows that `is_behind` names.
absl::StatusOr<v1::Watermark> WatermarkFor(const Question& question, const core::Id16& rubric,
                                           uint64_t last_view_seq, IsBehind is_behind);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_QUESTION_H_
