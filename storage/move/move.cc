#include "storage/move/move.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/keys.h"
#include "storage/move/move_mark.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr size_t kCommitBytes = size_t{1} << 20, kCommitRows = 20'000;
constexpr uint64_t kRowsBetweenWords = 10'000;

bool IsMark(Family family, absl::string_view key) {
  return family == Family::kMeta && key == kMoveKey;
}

absl::Status PutMark(const MovedStore& store, const disk::MoveRow& mark) {
  WriteSet writes;
  writes.Put(Family::kMeta, kMoveKey, mark.SerializeAsString());
  return store.engine.Commit(writes);
}

absl::Status RemoveMark(const MovedStore& store) {
  WriteSet writes;
  writes.Delete(Family::kMeta, kMoveKey);
  return store.engine.Commit(writes);
}

disk::MoveRow MarkOf(disk::MoveState state, const std::string& other, int64_t now_ms) {
  disk::MoveRow mark;
  mark.set_state(state);
  mark.set_other(other);
  mark.set_set_ms(now_ms);
  return mark;
}

absl::StatusOr<bool> IsEmpty(const Snapshot& store) {
  for (const Family family : kFamilies) {
    const auto cursor = store.NewCursor(family, {}, {});
    while (cursor->Valid() && IsMark(family, cursor->key())) cursor->Next();
    if (!cursor->status().ok()) return cursor->status();
    if (cursor->Valid()) return false;
  }
  return true;
}

// Whose store it is; empty where that is not there.
absl::StatusOr<std::string> IdentityOf(const Snapshot& store) {
  absl::StatusOr<std::string> row = store.Get(Family::kMeta, IdentityKey());
  if (absl::IsNotFound(row.status())) return std::string();
  return row;
}

// Rows of one family, made equal.
class Equalising {
 public:
  Equalising(const MovedStore& from, const MovedStore& to, Moved& moved,
             const std::function<void(uint64_t)>& progress)
      : from_(from), to_(to), moved_(moved), progress_(progress) {}

  absl::Status Do(Family family) {
    const std::unique_ptr<Snapshot> theirs = from_.engine.NewSnapshot(),
                                    ours = to_.engine.NewSnapshot();
    const auto wanted = theirs->NewCursor(family, {}, {}), there = ours->NewCursor(family, {}, {});
    while (wanted->Valid() || there->Valid()) {
      const bool is_missing = wanted->Valid() && (!there->Valid() || wanted->key() < there->key());
      const bool is_left_over =
          there->Valid() && (!wanted->Valid() || there->key() < wanted->key());
      if (is_left_over) {
        if (!IsMark(family, there->key())) {
          writes_.Delete(family, there->key());
          ++moved_.deleted;
        }
        there->Next();
      } else {
        if (!IsMark(family, wanted->key()) && (is_missing || wanted->value() != there->value())) {
          writes_.Put(family, wanted->key(), wanted->value());
          ++moved_.written;
        }
        wanted->Next();
        if (!is_missing) there->Next();
      }
      if (progress_ && ++compared_ % kRowsBetweenWords == 0) progress_(compared_);
      if (writes_.ByteSize() < kCommitBytes && writes_.Count() < kCommitRows) continue;
      if (absl::Status written = Flush(); !written.ok()) return written;
    }
    if (!wanted->status().ok()) return wanted->status();
    if (!there->status().ok()) return there->status();
    return Flush();
  }

 private:
  absl::Status Flush() {
    if (writes_.Empty()) return absl::OkStatus();
    const absl::Status written = to_.engine.Commit(writes_);
    writes_.Clear();
    return written;
  }

  const MovedStore& from_;
  const MovedStore& to_;
  Moved& moved_;
  const std::function<void(uint64_t)>& progress_;
  WriteSet writes_;
  uint64_t compared_ = 0;
};

// What the marks and rows of both say about whether the move may be.
absl::Status MayMove(const MovedStore& from, const MovedStore& to, bool& was_done) {
  const std::unique_ptr<Snapshot> theirs = from.engine.NewSnapshot(),
                                  ours = to.engine.NewSnapshot();
  const auto from_mark = ReadMoveMark(*theirs), to_mark = ReadMoveMark(*ours);
  if (!from_mark.ok()) return from_mark.status();
  if (!to_mark.ok()) return to_mark.status();
  const auto from_identity = IdentityOf(*theirs), to_identity = IdentityOf(*ours);
  if (!from_identity.ok()) return from_identity.status();
  if (!to_identity.ok()) return to_identity.status();

  if (*from_mark &&
      ((*from_mark)->state() == disk::MOVE_STATE_ARRIVING || (*from_mark)->other() != to.name)) {
    return absl::FailedPreconditionError(
        absl::StrCat(from.name, " is part of another move. ", MayBeServed(*theirs).message()));
  }
  if (from_identity->empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(from.name, " holds no store that a halftermd has ever served."));
  }
  if (*to_mark && (*to_mark)->state() == disk::MOVE_STATE_ARRIVING &&
      (*to_mark)->other() == from.name) {
    return absl::OkStatus();  // An earlier run did not finish.
  }
  const bool has_left = *from_mark && (*from_mark)->state() == disk::MOVE_STATE_LEFT;
  if (has_left && !*to_mark && *to_identity == *from_identity) {
    was_done = true;
    return absl::OkStatus();
  }
  if (has_left) {
    return absl::FailedPreconditionError(absl::StrCat(
        "The rows of ", from.name, " went to ", to.name, " before, and are not there any more. ",
        "Restore that from its backup; the rows here are old."));
  }
  // Back to where it came from.
  if (*to_mark && (*to_mark)->state() == disk::MOVE_STATE_LEFT && *to_identity == *from_identity) {
    return absl::OkStatus();
  }
  const absl::StatusOr<bool> is_empty = IsEmpty(*ours);
  if (!is_empty.ok()) return is_empty.status();
  if (*is_empty && !*to_mark) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      to.name, " holds another store already. Name an empty one. Nothing was changed."));
}

}  // namespace

absl::StatusOr<RowsDigest> DigestOf(const Engine& engine) {
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  RowsDigest digest;
  core::Digest32 sum;
  for (const Family family : kFamilies) {
    const auto cursor = snapshot->NewCursor(family, {}, {});
    for (; cursor->Valid(); cursor->Next()) {
      if (IsMark(family, cursor->key())) continue;
      const std::string lengths = absl::StrCat(FamilyName(family), " ", cursor->key().size(), " ",
                                               cursor->value().size(), " ");
      sum = core::Sha256({sum.view(),
                          lengths,
                          {cursor->key().data(), cursor->key().size()},
                          {cursor->value().data(), cursor->value().size()}});
      ++digest.rows;
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  digest.sha256 = std::string(sum.view());
  return digest;
}

absl::StatusOr<Moved> Move(const MovedStore& from, const MovedStore& to, int64_t now_ms,
                           const std::function<void(uint64_t)>& progress) {
  Moved moved;
  if (absl::Status may = MayMove(from, to, moved.was_done); !may.ok()) return may;
  if (moved.was_done) return moved;

  // The new store first: from the second mark on nobody may serve either.
  const absl::Status arriving = PutMark(to, MarkOf(disk::MOVE_STATE_ARRIVING, from.name, now_ms));
  if (!arriving.ok()) return arriving;
  const absl::StatusOr<std::optional<disk::MoveRow>> mark =
      ReadMoveMark(*from.engine.NewSnapshot());
  if (!mark.ok()) return mark.status();
  if (!*mark) {
    const absl::Status leaving = PutMark(from, MarkOf(disk::MOVE_STATE_LEAVING, to.name, now_ms));
    if (!leaving.ok()) return leaving;
  }
  for (const Family family : kFamilies) {
    const absl::Status equal = Equalising(from, to, moved, progress).Do(family);
    if (!equal.ok()) return equal;
  }
  const absl::StatusOr<RowsDigest> theirs = DigestOf(from.engine), ours = DigestOf(to.engine);
  if (!theirs.ok()) return theirs.status();
  if (!ours.ok()) return ours.status();
  if (!(*theirs == *ours)) {
    return absl::InternalError(
        absl::StrCat(from.name, " has ", theirs->rows, " rows and ", to.name, " has ", ours->rows,
                     ", and they are not the same. Neither is served; run it "
                     "again."));
  }
  moved.digest = *ours;
  // The old store first again: were both without this, a server could be started on each.
  disk::MoveRow left = MarkOf(disk::MOVE_STATE_LEFT, to.name, now_ms);
  left.set_digest(ours->sha256);
  if (absl::Status gone = PutMark(from, left); !gone.ok()) return gone;
  if (absl::Status serves = RemoveMark(to); !serves.ok()) return serves;
  return moved;
}

absl::Status Stay(const MovedStore& from) {
  const absl::StatusOr<std::optional<disk::MoveRow>> mark =
      ReadMoveMark(*from.engine.NewSnapshot());
  if (!mark.ok()) return mark.status();
  if (!*mark || (*mark)->state() != disk::MOVE_STATE_LEAVING) {
    return absl::FailedPreconditionError(absl::StrCat(
        from.name, *mark ? " is not on its way any more: the move is finished, or rows arrive here."
                         : " is not on its way anywhere."));
  }
  return RemoveMark(from);
}

}  // namespace halfterm::storage
