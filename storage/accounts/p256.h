// P-256 keys, as tablets make them and OpenSSL checks them.

#ifndef HALFTERM_STORAGE_ACCOUNTS_P256_H_
#define HALFTERM_STORAGE_ACCOUNTS_P256_H_
#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "sync/core/types.h"

using EVP_PKEY = struct evp_pkey_st;

namespace halfterm::storage {

inline constexpr size_t kPointBytes = 65;      // 0x04 | x32 | y32.
inline constexpr size_t kSignatureBytes = 64;  // r32 | s32.

// 65 bytes; empty for a key of another sort.
std::string PointOf(EVP_PKEY& key);

// Null unless it is an uncompressed point on the curve.
std::shared_ptr<EVP_PKEY> KeyOfPoint(absl::string_view point);

// The 65 bytes of a key that is given as such or as WebCrypto's SPKI (91 bytes); empty for anything
// else.
std::string PointOfExported(absl::string_view exported);

// 32 bytes, the x coordinate; empty where OpenSSL refuses.
std::string SharedSecret(EVP_PKEY& own, EVP_PKEY& peer);

// Whether `signature` (r | s) is the key's over `text` with SHA-256.
bool SignatureIsRight(absl::string_view point, absl::string_view text, absl::string_view signature);
// For tests and tools: 64 bytes.
std::string Sign(EVP_PKEY& key, absl::string_view text);

// What a DeviceProof signs.
std::string ProofText(const core::Id16& device, absl::string_view nonce);

std::string HkdfSha256(absl::string_view secret, absl::string_view salt, absl::string_view info,
                       size_t bytes);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_P256_H_
