// How often somebody may guess, whichever server they ask and however often it restarts.
//
// A guess is counted in several buckets at once (of the account, the tablet, the address) and is
// allowed where none of them is full; it stays counted for fifteen minutes. What decides is the
// batch that counts it, and batches have one order: of a hundred guesses at once, on however many
// servers, as many are checked as of a hundred in a row. A passphrase is checked outside of any
// batch, so it is counted before it is checked, and given back when it was right. A server that
// dies in between leaves it counted.
//
// Only what was allowed is written, so the rows and commits of a quarter of an hour are bounded by
// the buckets; a guess that finds a full one writes nothing. A bucket is kept by a keyed digest of
// its name: what people type for a name, or where they are, is in no row.

#ifndef HALFTERM_STORAGE_SIGN_IN_GUESS_COUNTS_H_
#define HALFTERM_STORAGE_SIGN_IN_GUESS_COUNTS_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/accounts/account_keys.h"
#include "storage/commit/batch.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

inline constexpr int64_t kGuessMs = 15 * 60 * 1000;

// One count. Without a school it is of all schools together.
struct GuessBucket {
  std::optional<Tenant> school;
  std::string name;
  size_t tries;
};
using GuessBuckets = std::vector<GuessBucket>;

// A guess that was counted before it was checked.
struct CountedGuess {
  GuessBuckets buckets;
  int64_t at_ms = 0;
};

// How rows of any family are read. NotFound as Engine's.
using ReadFamily =
    std::function<absl::StatusOr<std::string>(Family family, const std::string& key)>;
ReadFamily AnyFromEngine(const Engine& engine);
ReadFamily AnyFromBatch(Batch& batch);

// OK where another guess is allowed. ResourceExhausted, with the time to wait (storage/later.h): a
// bucket is full. DataLoss: a count cannot be read.
absl::Status MayGuess(const ReadFamily& read, const AccountKeys& keys, const GuessBuckets& buckets,
                      int64_t now_ms);

// Counts one, now. Only after MayGuess in the same batch.
absl::Status CountGuess(Batch& batch, const AccountKeys& keys, const GuessBuckets& buckets);
// It was right, or was never checked: it uses no try up.
absl::Status GiveBack(Batch& batch, const AccountKeys& keys, const CountedGuess& guess);

// Whether a guess still counts. One from a clock that was ahead counts no longer than the other way
// round.
inline bool StillCounts(int64_t try_ms, int64_t now_ms) {
  return try_ms > now_ms - kGuessMs && try_ms < now_ms + kGuessMs;
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_GUESS_COUNTS_H_
