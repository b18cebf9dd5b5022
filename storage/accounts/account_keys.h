// The secrets with which accounts and outboxes are kept, in files outside the database and its
// backups: a thief of the database cannot try invitation codes against it, read a provider's client
// secret, or open an outbox.
//
// DIR/keys/accounts.key (32 random bytes) and DIR/keys/sealing.pem (a P-256 key) are made where
// they are missing. Losing the first ends invitations and the provider's secret; losing the second
// makes unsent outboxes readable by their own people's tablets only. Nothing stored depends on
// either. Several servers of one store need the same two files.

#ifndef HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_KEYS_H_
#define HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_KEYS_H_
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sync/core/types.h"

using EVP_PKEY = struct evp_pkey_st;

namespace halfterm::storage {

// Immutable; safe from any thread.
class AccountKeys {
 public:
  // Unavailable or FailedPrecondition names the file that cannot be read or made.
  static absl::StatusOr<AccountKeys> Open(absl::string_view dir);

  // HMAC-SHA256 under accounts.key, of the invitation's 16 bytes, or of the code's ten characters.
  core::Digest32 DigestOfSecret(absl::string_view secret) const;
  core::Digest32 DigestOfCode(absl::string_view code) const;
  // The same, under labels of their own: what makes a nonce ours, and what a count of guesses is
  // kept by, because its name may be an address or something that was typed.
  core::Digest32 DigestOfNonce(absl::string_view head) const;
  core::Digest32 DigestOfCount(absl::string_view name) const;
  // A secret from which the beginnings of a school's codes are made.
  const core::Digest32& start_of_codes() const { return start_of_codes_; }

  // AES-256-GCM under a key derived from accounts.key. `nonce12` must never repeat.
  std::string Seal(absl::string_view nonce12, absl::string_view text) const;
  // Nothing could be read: DataLoss.
  absl::StatusOr<std::string> Unseal(absl::string_view sealed) const;

  // 65 bytes: the point to which tablets seal.
  const std::string& sealing_point() const { return sealing_point_; }
  // A group that a tablet sealed (halfterm.v1.SealedStore says how). InvalidArgument: it was sealed
  // to another key or for another tablet, or is damaged.
  absl::StatusOr<std::string> OpenSealed(const core::Id16& device, absl::string_view sealed) const;

 private:
  AccountKeys(std::string key, std::shared_ptr<EVP_PKEY> sealing_key, std::string sealing_point);

  std::string key_;
  core::Digest32 start_of_codes_;
  std::shared_ptr<EVP_PKEY> sealing_key_;
  std::string sealing_point_;
};

// As a tablet does it; for tests and tools. Fails the
// process for a point that is not on the curve.
std::string SealFor(absl::string_view sealing_point, const core::Id16& device,
                    absl::string_view group);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_KEYS_H_
