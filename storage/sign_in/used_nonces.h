// Nonces that tablets sign, so that a signature that was overheard is good for nothing.
//
// A nonce carries its own age and a code under a key that all servers of a store have, so asking
// for one costs no memory, and any server takes what another gave. What makes it good for once is a
// row, written in the batch that does what was signed for: two servers that are shown it at the
// same moment have one order of batches, and the second finds the row.
//
// Its age is by the wall clock. Between two servers' clocks up to kNonceAheadMs are borne; a nonce
// that seems older or more to come is refused, and the tablet asks for another. The code is also of
// the epoch: what was used before a restore is not ours after it, although its row is gone.

#ifndef HALFTERM_STORAGE_SIGN_IN_USED_NONCES_H_
#define HALFTERM_STORAGE_SIGN_IN_USED_NONCES_H_
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/accounts/account_keys.h"
#include "storage/accounts/account_rows.h"
#include "storage/commit/batch.h"
#include "storage/keys.h"
#include "storage/sign_in/sign_in_keys.h"

namespace halfterm::storage {

inline constexpr int64_t kNonceMs = 120'000;
inline constexpr int64_t kNonceAheadMs = 60'000;
// A row stays for so long after its nonce was made: a clock that is set back by less brings no
// nonce back.
inline constexpr int64_t kUsedNonceMs = 15 * 60 * 1000;

// A tablet that has shown which it is, by a signature over the nonce.
struct ShownTablet {
  Tenant tenant{0};
  core::Id16 device{};
  bool in_use = true;  // Not taken out of use.
  std::string nonce;   // 32 bytes.
};

// 32 bytes. `random`: 8 bytes.
std::string MakeNonce(const AccountKeys& keys, uint32_t epoch, absl::string_view random,
                      int64_t now_ms);

// Whether a server of this store made it, in this epoch, and not too long ago.
bool IsFreshNonce(const AccountKeys& keys, uint32_t epoch, absl::string_view nonce, int64_t now_ms);

// Whether it was used, as the rows stand. Only what UseNonce says counts. False for bytes that are
// no nonce.
absl::StatusOr<bool> WasUsed(const ReadRow& read, Tenant tenant, absl::string_view nonce);

// It is used from this batch on. The nonce was found fresh, and the signature right.
// PermissionDenied: it was used before; nothing was changed.
absl::Status UseNonce(Batch& batch, Tenant tenant, const core::Id16& device,
                      absl::string_view nonce);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_USED_NONCES_H_
