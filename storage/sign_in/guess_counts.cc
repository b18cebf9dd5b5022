#include "storage/sign_in/guess_counts.h"

#include <algorithm>
#include <utility>

#include "halfterm/disk/sign_in.pb.h"
#include "storage/later.h"
#include "storage/sign_in/sign_in_keys.h"

namespace halfterm::storage {
namespace {

// A guess that is so young may be on its way still, and be given back.
constexpr int64_t kOnItsWayMs = 2'000;
constexpr int64_t kSoonMs = 1'000;

Family FamilyOf(const GuessBucket& bucket) {
  return bucket.school ? Family::kState : Family::kMeta;
}

std::string KeyOf(const AccountKeys& keys, const GuessBucket& bucket) {
  const core::Digest32 digest = keys.DigestOfCount(bucket.name);
  return bucket.school ? GuessKey(*bucket.school, digest) : GuessKey(digest);
}

// The tries that still count, the oldest first.
absl::StatusOr<std::vector<int64_t>> TriesIn(const ReadFamily& read, const AccountKeys& keys,
                                             const GuessBucket& bucket, int64_t now_ms) {
  std::vector<int64_t> tries;
  const absl::StatusOr<std::string> bytes = read(FamilyOf(bucket), KeyOf(keys, bucket));
  if (absl::IsNotFound(bytes.status())) return tries;
  if (!bytes.ok()) return bytes.status();
  disk::GuessRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("a count of guesses cannot be read");
  for (const int64_t try_ms : row.tries_ms()) {
    if (StillCounts(try_ms, now_ms)) tries.push_back(try_ms);
  }
  std::sort(tries.begin(), tries.end());
  return tries;
}

void PutTries(Batch& batch, const AccountKeys& keys, const GuessBucket& bucket,
              const std::vector<int64_t>& tries) {
  if (tries.empty()) return batch.Delete(FamilyOf(bucket), KeyOf(keys, bucket));
  disk::GuessRow row;
  row.mutable_tries_ms()->Assign(tries.begin(), tries.end());
  batch.Put(FamilyOf(bucket), KeyOf(keys, bucket), row.SerializeAsString());
}

}  // namespace

ReadFamily AnyFromEngine(const Engine& engine) {
  return [&engine](Family family, const std::string& key) { return engine.Get(family, key); };
}

ReadFamily AnyFromBatch(Batch& batch) {
  return [&batch](Family family, const std::string& key) { return batch.Get(family, key); };
}

absl::Status MayGuess(const ReadFamily& read, const AccountKeys& keys, const GuessBuckets& buckets,
                      int64_t now_ms) {
  int64_t wait_ms = 0;
  for (const GuessBucket& bucket : buckets) {
    const absl::StatusOr<std::vector<int64_t>> tries = TriesIn(read, keys, bucket, now_ms);
    if (!tries.ok()) return tries.status();
    if (tries->size() < bucket.tries) continue;
    const bool some_on_their_way = tries->back() > now_ms - kOnItsWayMs;
    const int64_t first_to_go_ms = (*tries)[tries->size() - bucket.tries];
    wait_ms = std::max(wait_ms, some_on_their_way ? kSoonMs : first_to_go_ms + kGuessMs - now_ms);
  }
  if (wait_ms > 0) return Later("too many tries; wait and try again", wait_ms);
  return absl::OkStatus();
}

absl::Status CountGuess(Batch& batch, const AccountKeys& keys, const GuessBuckets& buckets) {
  for (const GuessBucket& bucket : buckets) {
    absl::StatusOr<std::vector<int64_t>> tries =
        TriesIn(AnyFromBatch(batch), keys, bucket, batch.now_ms());
    if (!tries.ok()) return tries.status();
    tries->push_back(batch.now_ms());
    PutTries(batch, keys, bucket, *tries);
  }
  return absl::OkStatus();
}

absl::Status GiveBack(Batch& batch, const AccountKeys& keys, const CountedGuess& guess) {
  for (const GuessBucket& bucket : guess.buckets) {
    absl::StatusOr<std::vector<int64_t>> tries =
        TriesIn(AnyFromBatch(batch), keys, bucket, batch.now_ms());
    if (!tries.ok()) return tries.status();
    const auto found = std::find(tries->begin(), tries->end(), guess.at_ms);
    if (found == tries->end()) continue;
    tries->erase(found);
    PutTries(batch, keys, bucket, *tries);
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
