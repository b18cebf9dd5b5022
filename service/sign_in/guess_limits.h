// Which counts a guess goes into: the one place that says how many wrong tries there are in fifteen
// minutes.
//
// Somebody's passphrase can be tried ten times from all tablets on which they have never signed in,
// and ten times from each on which they have: so a stranger's guesses, on whatever tablet and from
// whatever address, never lock them out of their own.
//
// The counts are the store's (storage/sign_in/guess_counts.h): of all servers together, and the
// same after a restart. Only secrets of 128 bits, which nobody guesses, are counted by each server
// for itself (throttle.h), because what is to be bounded there is work.

#ifndef HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
#define HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/sign_in/throttle.h"
#include "storage/keys.h"
#include "storage/sign_in/guess_counts.h"
#include "sync/core/types.h"

namespace halfterm::service {

inline constexpr size_t kTriesOfAccount = 10;
inline constexpr size_t kTriesOfTablet = 30;
inline constexpr size_t kTriesOfAddress = 60;
inline constexpr size_t kCodesOfAddress = 10;
inline constexpr size_t kCodesOfTablet = 10;
inline constexpr size_t kSecretsOfAddress = 60;
// Typed codes in all, from everywhere: 50 bits, of which perhaps twenty invitations are open.
inline constexpr size_t kCodesOfAll = 300;

// `name` as it is looked up; `known`: the person has signed in on that tablet before.
storage::GuessBuckets PassphraseBuckets(storage::Tenant tenant, absl::string_view name,
                                        const core::Id16& device, bool known,
                                        absl::string_view address);
// Of a session's own person who names the old passphrase.
storage::GuessBuckets OldPassphraseBuckets(storage::Tenant tenant, const core::Id16& person);
// Of a code that was typed, by whoever is at that address.
storage::GuessBuckets CodeBuckets(absl::string_view address);
// Of an invitation that is shown by a tablet that is enrolled. Only a typed code counts among those
// from everywhere, which strangers may fill: nobody guesses what is in a QR code.
storage::GuessBuckets InvitationBuckets(storage::Tenant tenant, const core::Id16& device,
                                        bool is_typed);
// Of secrets that lead nowhere, from that address.
std::vector<Throttle::Bucket> SecretBuckets(absl::string_view address);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
