// Digests of what is held: of one facet, and of many.
//
// A sum instead of a hash of hashes, so that a server keeps it up to date with one subtraction and
// one addition a commit; modulo 2^256 instead of an exclusive or, under which a facet held twice
// would vanish.

#ifndef HALFTERM_SYNC_CORE_DIGEST_H_
#define HALFTERM_SYNC_CORE_DIGEST_H_

#include <cstdint>
#include <string_view>

#include "sync/core/types.h"

namespace halfterm::core {

// SHA-256(facet id | content), with `content` from EncodeContent().
Digest32 FacetDigest(const FacetId& facet, std::string_view content);

// What one held facet adds to a SumDigest: SHA-256(facet id | facet digest).
Digest32 HoldingDigest(const FacetId& facet, const Digest32& facet_digest);

// A sum modulo 2^256 of digests, read as big-endian numbers. It starts at 0.
class SumDigest {
 public:
  SumDigest() = default;
  explicit SumDigest(const Digest32& sum) : sum_(sum) {}

  void Add(const Digest32& digest);
  void Subtract(const Digest32& digest);
  const Digest32& bytes() const { return sum_; }

  friend bool operator==(const SumDigest& a, const SumDigest& b) { return a.sum_ == b.sum_; }
  friend bool operator!=(const SumDigest& a, const SumDigest& b) { return !(a == b); }

 private:
  Digest32 sum_;
};

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_DIGEST_H_
