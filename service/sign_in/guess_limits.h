// Which counts a guess goes into: the one place that says how many wrong tries there are in fifteen
// minutes.
//
// Somebody's passphrase can be tried ten times from all tablets on which they have never signed in,
// and ten times from each on which they have: so a stranger's guesses, on whatever tablet, never
// lock them out of their own.

#ifndef HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
#define HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/sign_in/throttle.h"
#include "storage/keys.h"
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
std::vector<Throttle::Bucket> PassphraseBuckets(storage::Tenant tenant, absl::string_view name,
                                                const core::Id16& device, bool known,
                                                absl::string_view address);
// Of a session's own person who names the old passphrase.
std::vector<Throttle::Bucket> OldPassphraseBuckets(storage::Tenant tenant,
                                                   const core::Id16& person);
// `typed`: a code; else a secret of 128 bits.
std::vector<Throttle::Bucket> EnrolBuckets(bool typed, absl::string_view address);
// Of a tablet that is enrolled.
std::vector<Throttle::Bucket> InvitationBuckets(storage::Tenant tenant, const core::Id16& device);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_GUESS_LIMITS_H_
