#include "storage/sign_in/forget_old.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "halfterm/disk/sign_in.pb.h"
#include "storage/sign_in/guess_counts.h"
#include "storage/sign_in/sign_in_keys.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::storage {
namespace {

bool NothingCounts(absl::string_view bytes, int64_t now_ms) {
  disk::GuessRow row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return true;
  return std::none_of(row.tries_ms().begin(), row.tries_ms().end(),
                      [now_ms](int64_t try_ms) { return StillCounts(try_ms, now_ms); });
}

bool HasEnded(absl::string_view bytes, int64_t now_ms) {
  disk::BegunSignInRow row;
  return !row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
         row.until_ms() <= now_ms;
}

enum class Fate { kStays, kGoes, kStaysAndAllThatFollow };
using Judge = std::function<Fate(absl::string_view key, absl::string_view value)>;

// Looks at rows as they are stored, and then again as the batch leaves them: a job of the same
// batch may have counted a guess in one of them.
absl::Status DeleteWhat(Batch& batch, const Snapshot& stored, Family family,
                        const std::string& prefix, const Judge& judge) {
  std::vector<std::string> old;
  {
    const auto cursor = stored.NewCursor(family, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const Fate fate = judge(cursor->key(), cursor->value());
      if (fate == Fate::kStaysAndAllThatFollow) break;
      if (fate == Fate::kGoes) old.emplace_back(cursor->key());
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  for (const std::string& key : old) {
    const absl::StatusOr<std::string> now = batch.Get(family, key);
    if (absl::IsNotFound(now.status())) continue;
    if (!now.ok()) return now.status();
    if (judge(key, *now) == Fate::kGoes) batch.Delete(family, key);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ForgetOldSignIns(Batch& batch, const Snapshot& stored, Tenant tenant) {
  const int64_t now_ms = batch.now_ms();
  const auto judge = [now_ms](absl::string_view key, absl::string_view value) {
    const std::optional<ParsedSignInKey> parsed = ParseSignInKey(key);
    if (!parsed) return Fate::kStays;
    bool is_old = false;
    switch (parsed->kind) {
      case SignInRow::kBegun:
        is_old = HasEnded(value, now_ms);
        break;
      case SignInRow::kGuesses:
        is_old = NothingCounts(value, now_ms);
        break;
      case SignInRow::kUsedNonce:
        // The last kind, and the oldest come first.
        if (static_cast<int64_t>(parsed->made_ms) > now_ms - kUsedNonceMs) {
          return Fate::kStaysAndAllThatFollow;
        }
        is_old = true;
        break;
    }
    return is_old ? Fate::kGoes : Fate::kStays;
  };
  return DeleteWhat(batch, stored, Family::kState, SignInPrefix(tenant), judge);
}

absl::Status ForgetOldGuesses(Batch& batch, const Snapshot& stored) {
  const int64_t now_ms = batch.now_ms();
  return DeleteWhat(batch, stored, Family::kMeta, GuessPrefix(),
                    [now_ms](absl::string_view, absl::string_view value) {
                      return NothingCounts(value, now_ms) ? Fate::kGoes : Fate::kStays;
                    });
}

}  // namespace halfterm::storage
