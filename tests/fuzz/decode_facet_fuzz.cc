// Any bytes as a facet: refused with a reason, or the one encoding of what they mean.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/core/codec.h"
#include "tests/fuzz/must.h"

using namespace halfterm::core;
using halfterm::fuzz::Must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Facet> facet = Decode(bytes, kFacetLimits);
  if (!facet.ok()) {
    Must(*facet.refused().what != '\0' && *facet.refused().problem != '\0', "a refusal says why");
    Must(facet.refused().offset <= size, "a refusal lies inside the bytes");
    return 0;
  }
  Must(Encode(*facet) == bytes, "a facet has one encoding");
  Must(!OverLimit(*facet, kFacetLimits).has_value(), "what was decoded keeps the limits");

  JoinReport report;
  Must(Join(*facet, *facet, &report) == *facet && !report.changed,
       "joining a copy changes nothing");
  const Result<Facet> content = Decode(EncodeContent(*facet), kFacetLimits);
  Must(content.ok(), "content is a facet");

  // A store that moved: whatever comes out of it is a facet that can be stored.
  const std::uint64_t old_replica =
      facet->cells.empty() || facet->cells[0].seen.empty() ? 0 : facet->cells[0].seen[0].replica;
  const Result<Facet> moved = Decode(bytes, kFacetLimits, {{old_replica, 1, ~old_replica}});
  if (moved.ok() && !OverLimit(*moved, kFacetLimits)) {
    Must(Decode(Encode(*moved), {2 * kMaxFacetBytes}).ok(), "a moved facet is a facet");
  }
  return 0;
}
