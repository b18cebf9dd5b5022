#include "storage/accounts/aes_gcm.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace halfterm::storage {
namespace {

constexpr size_t kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int Size(absl::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

std::string EncryptGcm(absl::string_view key, absl::string_view iv, absl::string_view text,
                       absl::string_view additional) {
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string sealed(text.size() + kTagBytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
  int size = 0;
  if (key.size() != 32 || iv.size() != 12 || context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(iv)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(additional), Size(additional)) != 1 ||
      EVP_EncryptUpdate(context.get(), out, &size, Bytes(text), Size(text)) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + text.size()) != 1) {
    std::abort();  // Only for want of memory, or a key of another size.
  }
  return sealed;
}

bool DecryptGcm(absl::string_view key, absl::string_view iv, absl::string_view sealed,
                absl::string_view additional, std::string& text) {
  text.clear();
  if (key.size() != 32 || iv.size() != 12 || sealed.size() < kTagBytes) return false;
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  sealed.remove_suffix(kTagBytes);
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string opened(sealed.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(opened.data());
  int size = 0, last = 0;
  if (context == nullptr ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(iv)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(additional), Size(additional)) != 1 ||
      EVP_DecryptUpdate(context.get(), out, &size, Bytes(sealed), Size(sealed)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), out + size, &last) != 1) {
    return false;
  }
  text = std::move(opened);
  return true;
}

}  // namespace halfterm::storage
