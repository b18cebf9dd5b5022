#include "storage/accounts/p256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage {
namespace {

// SubjectPublicKeyInfo of every P-256 key begins so; the point follows.
constexpr unsigned char kSpkiHead[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

}  // namespace

std::string PointOf(EVP_PKEY& key) {
  char group[32] = "";
  size_t group_size = 0;
  if (EVP_PKEY_get_group_name(&key, group, sizeof group, &group_size) != 1 ||
      absl::string_view(group, group_size) != "prime256v1") {
    return "";
  }
  std::string point(kPointBytes, '\0');
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(&key, OSSL_PKEY_PARAM_PUB_KEY,
                                      reinterpret_cast<unsigned char*>(point.data()), point.size(),
                                      &size) != 1 ||
      size != kPointBytes) {
    return "";
  }
  return point;
}

std::shared_ptr<EVP_PKEY> KeyOfPoint(absl::string_view point) {
  if (point.size() != kPointBytes || point[0] != 0x04) return nullptr;
  std::string copy(point);
  char group[] = "prime256v1";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()),
      OSSL_PARAM_construct_end()};
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr),
                                    EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  std::shared_ptr<EVP_PKEY> key(made, EVP_PKEY_free);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new(made, nullptr), EVP_PKEY_CTX_free);
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

std::string PointOfExported(absl::string_view exported) {
  const absl::string_view head(reinterpret_cast<const char*>(kSpkiHead), sizeof kSpkiHead);
  if (exported.size() == head.size() + kPointBytes && absl::StartsWith(exported, head)) {
    exported.remove_prefix(head.size());
  }
  return KeyOfPoint(exported) == nullptr ? "" : std::string(exported);
}

std::string SharedSecret(EVP_PKEY& own, EVP_PKEY& peer) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(&own, nullptr), EVP_PKEY_CTX_free);
  std::string secret(32, '\0');
  size_t size = secret.size();
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), &peer) != 1 ||
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(secret.data()), &size) != 1 ||
      size != secret.size()) {
    return "";
  }
  return secret;
}

bool SignatureIsRight(absl::string_view point, absl::string_view text,
                      absl::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const std::shared_ptr<EVP_PKEY> key = KeyOfPoint(point);
  if (key == nullptr) return false;
  const Owned<ECDSA_SIG> parts(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* const r = BN_bin2bn(Bytes(signature), 32, nullptr);
  BIGNUM* const s = BN_bin2bn(Bytes(signature) + 32, 32, nullptr);
  if (parts == nullptr || ECDSA_SIG_set0(parts.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return false;
  }
  unsigned char* der = nullptr;
  const int der_size = i2d_ECDSA_SIG(parts.get(), &der);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool right =
      der_size > 0 && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), der, static_cast<size_t>(der_size), Bytes(text),
                       text.size()) == 1;
  OPENSSL_free(der);
  return right;
}

std::string Sign(EVP_PKEY& key, absl::string_view text) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char der[128];
  size_t der_size = sizeof der;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, &key) != 1 ||
      EVP_DigestSign(context.get(), der, &der_size, Bytes(text), text.size()) != 1) {
    std::abort();
  }
  const unsigned char* at = der;
  const Owned<ECDSA_SIG> parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der_size)),
                               ECDSA_SIG_free);
  std::string signature(kSignatureBytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(signature.data());
  if (parts == nullptr || BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out, 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out + 32, 32) != 32) {
    std::abort();
  }
  return signature;
}

std::string ProofText(const core::Id16& device, absl::string_view nonce) {
  constexpr absl::string_view kTitle("halfterm device proof 1\0", 24);
  return absl::StrCat(kTitle, absl::string_view(device.view().data(), device.view().size()), nonce);
}

std::string HkdfSha256(absl::string_view secret, absl::string_view salt, absl::string_view info,
                       size_t bytes) {
  const Owned<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
  const Owned<EVP_KDF_CTX> context(kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()),
                                   EVP_KDF_CTX_free);
  char digest[] = "SHA256";
  std::string secret_copy(secret), salt_copy(salt), info_copy(info), key(bytes, '\0');
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret_copy.data(), secret_copy.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt_copy.data(), salt_copy.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
      OSSL_PARAM_construct_end()};
  if (context == nullptr ||
      EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(),
                     params) != 1) {
    std::abort();  // Only for want of memory.
  }
  return key;
}

}  // namespace halfterm::storage
