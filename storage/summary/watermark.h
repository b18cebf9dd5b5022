// How complete figures are: as of when, which tablets may hold more, what came in late.

#ifndef HALFTERM_STORAGE_SUMMARY_WATERMARK_H_
#define HALFTERM_STORAGE_SUMMARY_WATERMARK_H_
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

// Which definition of the figures this program computes; docs/rollups.md. Grows with every change
// of what a figure means.
constexpr uint32_t kDefinition = 3;

// Everything but the rubric version and what came in late. A tablet is away when it greeted last
// more than seven days before `now_ms`; one that never greeted holds no work.
absl::StatusOr<v1::Watermark> WatermarkOf(const Snapshot& snapshot, Tenant tenant, int64_t now_ms);

// Whether a roll-up row (kind1 | key) is behind the figures that are asked for.
using IsBehind = absl::FunctionRef<bool(absl::string_view kind_and_key)>;

// How many records that the scopes hold, and that add to the figures, were changed last by a group
// which came in after `last_view_seq` and was written before it. The first 128 changes after the
// view are looked at. 0 for a view 0.
absl::StatusOr<uint32_t> LateSince(const Snapshot& snapshot, Tenant tenant,
                                   const std::vector<core::Scope>& scopes, uint64_t last_view_seq,
                                   IsBehind is_behind);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_WATERMARK_H_
