// Freezing half-terms: what is written of them, and when.
//
// The server freezes a half-term by itself when it has been closed for a week, so that tablets
// which were away have had a school week to connect, and looks at the earlier ones again at each
// later freezing. It leaves alone a half-term that had closed before the school came to this
// server: its work is still to be brought in, and somebody has to say when that is done.

#ifndef HALFTERM_STORAGE_AGGREGATES_FREEZE_H_
#define HALFTERM_STORAGE_AGGREGATES_FREEZE_H_
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/v1/aggregate.pb.h"
#include "storage/commit/committer.h"
#include "sync/directory.h"

namespace halfterm::storage {

constexpr int32_t kFreezeAfterDays = 7;

// The last half-term of the site's calendar whose last day is at least `days` days before the day
// of that moment, or more; 0 where there is none.
uint16_t LastClosed(const sync::Directory& directory, const core::Id16& site, int64_t now_ms,
                    int32_t days);

// Freezes what is asked for. Errors: those of the proto's call, and Committer's.
std::unique_ptr<Job> MakeFreeze(v1::FreezeRequest request,
                                std::function<void(absl::StatusOr<v1::FreezeReply>)> done);

// Freezes what is due in those schools. Cheap where nothing is.
std::unique_ptr<Job> MakeFreezeClock(std::vector<Tenant> schools,
                                     std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AGGREGATES_FREEZE_H_
