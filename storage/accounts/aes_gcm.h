// AES-256-GCM, by OpenSSL.

#ifndef HALFTERM_STORAGE_ACCOUNTS_AES_GCM_H_
#define HALFTERM_STORAGE_ACCOUNTS_AES_GCM_H_
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::storage {

// ciphertext | tag16. A key and an iv (32 and 12 bytes) must never meet twice.
std::string EncryptGcm(absl::string_view key, absl::string_view iv, absl::string_view text,
                       absl::string_view additional);

// False, and `text` is empty: the bytes are not what that key, iv and additional data sealed.
bool DecryptGcm(absl::string_view key, absl::string_view iv, absl::string_view sealed,
                absl::string_view additional, std::string& text);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_AES_GCM_H_
