// What a store says of its being moved to another engine, and why it is then not served.

#ifndef HALFTERM_STORAGE_MOVE_MOVE_MARK_H_
#define HALFTERM_STORAGE_MOVE_MOVE_MARK_H_
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/move.pb.h"
#include "storage/engine.h"

namespace halfterm::storage {

// In the family meta.
inline constexpr char kMoveKey[] = "m";

// Nothing where the store has no mark. DataLoss: it cannot be read.
absl::StatusOr<std::optional<disk::MoveRow>> ReadMoveMark(const Snapshot& store);

// OK for a store without a mark. FailedPrecondition says where its rows are and what to do.
absl::Status MayBeServed(const Snapshot& store);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_MOVE_MOVE_MARK_H_
