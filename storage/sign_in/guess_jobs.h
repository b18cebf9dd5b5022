// Jobs around a guess that is checked outside of the committer, as passphrases are.

#ifndef HALFTERM_STORAGE_SIGN_IN_GUESS_JOBS_H_
#define HALFTERM_STORAGE_SIGN_IN_GUESS_JOBS_H_
#include <memory>
#include <optional>

#include "storage/accounts/account_work.h"
#include "storage/sign_in/guess_counts.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::storage {

// Counts a guess that is going to be checked; with a tablet its nonce is used, too. `keys` must
// outlive the job. Errors of MayGuess and UseNonce; then nothing was changed.
std::unique_ptr<Job> MakeGuess(const AccountKeys& keys, std::optional<ShownTablet> tablet,
                               GuessBuckets buckets, ReplyTo<CountedGuess> done);

// Of a guess that was not checked after all. Nobody waits for it: where it fails, the guess stays
// counted for its quarter of an hour.
std::unique_ptr<Job> MakeGiveBack(const AccountKeys& keys, CountedGuess guess);

// Uses the tablet's nonce, for a call whose work goes through no single batch. PermissionDenied: it
// was used before.
std::unique_ptr<Job> MakeUseNonce(ShownTablet tablet, std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_GUESS_JOBS_H_
