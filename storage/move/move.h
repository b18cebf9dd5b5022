// Moves a store to another engine: afterwards the other has the same rows, and only the other is
// served.
//
// From the moment at which the move begins the old store is served no more; tablets keep what they
// write, as they do whenever no server answers, and bring it to the new one. Both stores carry a
// mark while it lasts, and the old one for ever. Killed at any moment, it is run again, and goes
// on.

#ifndef HALFTERM_STORAGE_MOVE_MOVE_H_
#define HALFTERM_STORAGE_MOVE_MOVE_H_
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace halfterm::storage {

// One end of a move.
struct MovedStore {
  Engine& engine;
  std::string name;  // As people write it, for the marks; nothing secret.
};

// All rows but the mark.
struct RowsDigest {
  uint64_t rows = 0;
  std::string sha256;  // 32 bytes: of each row and of that of the rows before it.
  friend bool operator==(const RowsDigest& a, const RowsDigest& b) {
    return a.rows == b.rows && a.sha256 == b.sha256;
  }
};
absl::StatusOr<RowsDigest> DigestOf(const Engine& engine);

struct Moved {
  bool was_done = false;  // An earlier run had finished; nothing was changed.
  RowsDigest digest;      // Of both.
  uint64_t written = 0;   // Rows that this run put there,
  uint64_t deleted = 0;   // or took away, because the old store does not have them.
};

// `progress`, if set, is told now and then how many rows were compared.
//
// FailedPrecondition: there is nothing to move; `to` holds another store, or is being moved itself;
// or
//   one of them has a mark of another move. Nothing was changed.
// Internal: afterwards the two are not the same. Neither is served; run it again.
// Errors of Engine::Commit and of reading.
absl::StatusOr<Moved> Move(const MovedStore& from, const MovedStore& to, int64_t now_ms,
                           const std::function<void(uint64_t rows)>& progress = nullptr);

// Takes back a move that is not finished: the old store is served again, and the other must not be.
// FailedPrecondition: it is finished, or never began.
absl::Status Stay(const MovedStore& from);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_MOVE_MOVE_H_
