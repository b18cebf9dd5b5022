// SHA-256 and HMAC-SHA256.
//
// There are two of Sha256Parts, and the program that is linked chooses:
// halfterm_core_portable_sha256 (WebAssembly, the core's own tests) and halfterm_sha256_openssl
// (the server: several times faster where the processor has SHA instructions). One of them follows
// halfterm_core on the link line. A test compares them.

#ifndef HALFTERM_SYNC_CORE_SHA256_H_
#define HALFTERM_SYNC_CORE_SHA256_H_

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "sync/core/types.h"

namespace halfterm::core {

// Of `first` and then `count` parts at `rest`, as if they were one text.
Digest32 Sha256Parts(std::string_view first, const std::string_view* rest, std::size_t count);

inline Digest32 Sha256(std::string_view text) { return Sha256Parts(text, nullptr, 0); }
inline Digest32 Sha256(std::initializer_list<std::string_view> parts) {
  return Sha256Parts({}, parts.begin(), parts.size());
}

Digest32 HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts);

// The first 16 bytes.
Digest16 FirstHalf(const Digest32& digest);

// In a time that does not depend on where they differ.
bool EqualInConstantTime(const Digest16& a, const Digest16& b);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_SHA256_H_
