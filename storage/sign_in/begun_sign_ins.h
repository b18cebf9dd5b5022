// Sign-ins that have begun at the school's provider, until the provider sends the person back.
//
// Each belongs to one tablet, lasts ten minutes and is finished once, on whichever server: a row,
// by the SHA-256 of its state, taken away by the batch that finishes it. What must be kept secret
// of it (the PKCE verifier, a ticket or invitation that came with it) is sealed as the provider's
// client secret is. A restore may bring one back; the provider takes its code only once.
//
// It is counted as a guess until its person is in: what begins, and fails at the provider, may come
// again and again, and would make the server write without end.

#ifndef HALFTERM_STORAGE_SIGN_IN_BEGUN_SIGN_INS_H_
#define HALFTERM_STORAGE_SIGN_IN_BEGUN_SIGN_INS_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "halfterm/disk/sign_in.pb.h"
#include "storage/accounts/account_work.h"
#include "storage/sign_in/guess_counts.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::storage {

inline constexpr int64_t kBegunMs = 10 * 60 * 1000;
inline constexpr size_t kMaxBegunOfTablet = 20;

struct TakenSignIn {
  disk::BegunSignIn begun;
  CountedGuess counted;  // For the batch that lets the person in to give back.
};

// Uses the tablet's nonce. `keys` must outlive the job. PermissionDenied: the nonce was used
// before. ResourceExhausted, with the time to wait: the tablet has begun too many that led nowhere
// so far; nothing was changed.
std::unique_ptr<Job> MakeBegin(const AccountKeys& keys, ShownTablet tablet, std::string state,
                               disk::BegunSignIn begun, std::function<void(absl::Status)> done);

// Whether the tablet has begun one of that state, which may have ended. As the rows stand; MakeTake
// decides.
bool HasBegun(const ReadRow& read, const ShownTablet& tablet, const std::string& state);

// Takes it away for good, and uses the tablet's nonce. PermissionDenied as above. Unauthenticated:
// there is none of that state on that tablet, or it has ended. DataLoss: it was sealed under
// another key.
std::unique_ptr<Job> MakeTake(const AccountKeys& keys, ShownTablet tablet, std::string state,
                              ReplyTo<TakenSignIn> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_BEGUN_SIGN_INS_H_
