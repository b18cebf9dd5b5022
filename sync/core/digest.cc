#include "sync/core/digest.h"

#include <string>

#include "sync/core/sha256.h"

namespace halfterm::core {

Digest32 FacetDigest(const FacetId& facet, std::string_view content) {
  return Sha256({facet.Bytes(), content});
}

Digest32 HoldingDigest(const FacetId& facet, const Digest32& facet_digest) {
  return Sha256({facet.Bytes(), facet_digest.view()});
}

void SumDigest::Add(const Digest32& digest) {
  unsigned carry = 0;
  for (std::size_t i = Digest32::kSize; i-- > 0;) {
    carry += static_cast<unsigned>(sum_.bytes[i]) + digest.bytes[i];
    sum_.bytes[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

void SumDigest::Subtract(const Digest32& digest) {
  unsigned borrow = 0;
  for (std::size_t i = Digest32::kSize; i-- > 0;) {
    const unsigned taken = digest.bytes[i] + borrow;
    borrow = sum_.bytes[i] < taken ? 1 : 0;
    sum_.bytes[i] = static_cast<std::uint8_t>(sum_.bytes[i] - taken);
  }
}

}  // namespace halfterm::core
