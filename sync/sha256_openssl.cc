// SHA-256 by OpenSSL: uses the processor's SHA instructions where there are any.
//
// The algorithm is fetched once and the context kept for each thread: fetching costs more than
// hashing a group. OpenSSL fails here only without memory, where nothing better than ending is
// left.

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "sync/core/sha256.h"

namespace halfterm::core {
namespace {

const EVP_MD* Algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

void Must(int openssl_says) {
  if (openssl_says != 1) std::abort();
}

}  // namespace

Digest32 Sha256Parts(std::string_view first, const std::string_view* rest, std::size_t count) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Must(EVP_DigestInit_ex2(context.get(), Algorithm(), nullptr));
  if (!first.empty()) Must(EVP_DigestUpdate(context.get(), first.data(), first.size()));
  for (std::size_t i = 0; i < count; ++i) {
    if (rest[i].empty()) continue;
    Must(EVP_DigestUpdate(context.get(), rest[i].data(), rest[i].size()));
  }
  Digest32 digest;
  Must(EVP_DigestFinal_ex(context.get(), digest.bytes.data(), nullptr));
  return digest;
}

}  // namespace halfterm::core
