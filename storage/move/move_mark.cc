#include "storage/move/move_mark.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace halfterm::storage {

absl::StatusOr<std::optional<disk::MoveRow>> ReadMoveMark(const Snapshot& store) {
  const absl::StatusOr<std::string> stored = store.Get(Family::kMeta, kMoveKey);
  if (absl::IsNotFound(stored.status())) return std::optional<disk::MoveRow>();
  if (!stored.ok()) return stored.status();
  disk::MoveRow row;
  if (!row.ParseFromString(*stored) || row.state() == disk::MOVE_STATE_UNSPECIFIED) {
    return absl::DataLossError("the mark of the store's move cannot be read");
  }
  return std::optional<disk::MoveRow>(std::move(row));
}

absl::Status MayBeServed(const Snapshot& store) {
  const absl::StatusOr<std::optional<disk::MoveRow>> mark = ReadMoveMark(store);
  if (!mark.ok()) return mark.status();
  if (!*mark) return absl::OkStatus();
  const std::string& other = (*mark)->other();
  switch ((*mark)->state()) {
    case disk::MOVE_STATE_LEFT:
      return absl::FailedPreconditionError(
          absl::StrCat("The rows of this store were moved to ", other,
                       ", which serves in its place. Start halftermd on that one."));
    case disk::MOVE_STATE_LEAVING:
      return absl::FailedPreconditionError(
          absl::StrCat("The rows of this store are being moved to ", other,
                       ". Run the same `halfterm move` again until it says that it is done, or "
                       "take it back with "
                       "`halfterm move --stay`."));
    default:
      return absl::FailedPreconditionError(absl::StrCat(
          "Rows are arriving here from ", other,
          " and are not all there. Run the same `halfterm move` again until it says that it is "
          "done."));
  }
}

}  // namespace halfterm::storage
