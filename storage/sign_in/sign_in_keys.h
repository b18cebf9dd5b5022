// The keys of what is kept for minutes of people on their way in; keys.h says where they lie among
// the others.
//
//   family   key                                       row (halfterm/disk/sign_in.proto)
//   state    "e" T4 'b' device16 digest32              BegunSignInRow, by SHA-256 of the state
//            "e" T4 'g' digest32                       GuessRow: a count of the school
//            "e" T4 'n' made8 random8                  UsedNonceRow, the oldest first
//   meta     "g" digest32                              GuessRow: a count of no school (an address,
//                                                      typed codes in all)
//
// None is kept by the ledger: a restore makes other nonces than those before it (used_nonces.h), a
// ticket lies in its invitation, which the ledger does keep, and the rest harms nobody when it
// falls back by minutes.

#ifndef HALFTERM_STORAGE_SIGN_IN_SIGN_IN_KEYS_H_
#define HALFTERM_STORAGE_SIGN_IN_SIGN_IN_KEYS_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/keys.h"
#include "sync/core/types.h"

namespace halfterm::storage {

inline constexpr size_t kNonceRandomBytes = 8;

// All rows of a school.
std::string SignInPrefix(Tenant tenant);

std::string BegunSignInKey(Tenant tenant, const core::Id16& device, const core::Digest32& state);
std::string BegunSignInPrefix(Tenant tenant, const core::Id16& device);
std::string GuessKey(Tenant tenant, const core::Digest32& digest);
// `random`: kNonceRandomBytes.
std::string UsedNonceKey(Tenant tenant, uint64_t made_ms, absl::string_view random);

// Of no school: in the family meta.
std::string GuessKey(const core::Digest32& digest);
std::string GuessPrefix();

enum class SignInRow : char { kBegun = 'b', kGuesses = 'g', kUsedNonce = 'n' };
struct ParsedSignInKey {
  Tenant tenant;
  SignInRow kind;
  core::Id16 device{};   // Of kBegun.
  uint64_t made_ms = 0;  // Of kUsedNonce.
};
std::optional<ParsedSignInKey> ParseSignInKey(absl::string_view key);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_SIGN_IN_KEYS_H_
