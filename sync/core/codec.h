// A facet as bytes. Equal facets have equal bytes, which is what makes digests and receipts mean
// something.
//
//   facet = 0x01 | u(nR) replica8* | u(nA) author16* | u(nC) cell*     tables ascending, all used
//   cell  = u(shared) u(len) suffix | body    shared: longest common prefix with the path before
//   body  = u(nctx) { u(r) u(count) }* u(nsib) { u(r) u(count) stamp8 u(a) u(len) value }*
//         | flags1 round2 level1     PHASE; bit 0 of flags: withdrawn
//         | u(value)                 MAXI
//
// `len` is that of the suffix; r and a are places in the tables. u() is a minimal varint, the other
// numbers are big-endian.

#ifndef HALFTERM_SYNC_CORE_CODEC_H_
#define HALFTERM_SYNC_CORE_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "sync/core/facet.h"
#include "sync/core/limits.h"
#include "sync/core/rehome.h"

namespace halfterm::core {

// The facet keeps the rules of facet.h and cell.h; limits are not looked at.
std::string Encode(const Facet& facet);

// The same with every stamp 0: what digests are taken of, so that a tablet that has not heard of a
// commit yet agrees with one that has.
std::string EncodeContent(const Facet& facet);

// Both for the price of one.
struct Encoding {
  std::string bytes;    // Encode(facet)
  std::string content;  // EncodeContent(facet)
};
Encoding EncodeWithContent(const Facet& facet);

// Accepts exactly what Encode() gives. Everything else is refused, with the part that is wrong and
// its first byte: cut off, followed by more bytes, a varint that is not minimal, unsorted, listed
// twice, a table entry that nothing uses, a sibling that the context does not cover, a body that
// the kind cannot have, or over `limits` (then Refused::over_limit).
Result<Facet> Decode(std::string_view bytes, const Limits& limits);

// The same; dots are then mapped by `moves`.
Result<Facet> Decode(std::string_view bytes, const Limits& limits,
                     const std::vector<Rehome>& moves);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_CODEC_H_
