#include "storage/sign_in/guess_jobs.h"

#include <utility>

namespace halfterm::storage {
namespace {

struct Nothing {};

}  // namespace

std::unique_ptr<Job> MakeGuess(const AccountKeys& keys, std::optional<ShownTablet> tablet,
                               GuessBuckets buckets, ReplyTo<CountedGuess> done) {
  return MakeAccountWork<CountedGuess>(
      [&keys, tablet = std::move(tablet), buckets = std::move(buckets)](
          Batch& batch, CountedGuess& guess) -> absl::Status {
        if (absl::Status may = MayGuess(AnyFromBatch(batch), keys, buckets, batch.now_ms());
            !may.ok()) {
          return may;
        }
        if (tablet) {
          const absl::Status used = UseNonce(batch, tablet->tenant, tablet->device, tablet->nonce);
          if (!used.ok()) return used;
        }
        guess = {buckets, batch.now_ms()};
        return CountGuess(batch, keys, buckets);
      },
      std::move(done));
}

std::unique_ptr<Job> MakeGiveBack(const AccountKeys& keys, CountedGuess guess) {
  return MakeAccountWork<Nothing>(
      [&keys, guess = std::move(guess)](Batch& batch, Nothing&) {
        return GiveBack(batch, keys, guess);
      },
      [](const absl::StatusOr<Nothing>&) {});
}

std::unique_ptr<Job> MakeUseNonce(ShownTablet tablet, std::function<void(absl::Status)> done) {
  return MakeAccountWork<Nothing>(
      [tablet = std::move(tablet)](Batch& batch, Nothing&) {
        return UseNonce(batch, tablet.tenant, tablet.device, tablet.nonce);
      },
      [done = std::move(done)](const absl::StatusOr<Nothing>& used) { done(used.status()); });
}

}  // namespace halfterm::storage
