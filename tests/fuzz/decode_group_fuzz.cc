// Any bytes as a group, and its body as a delta: what a server does before it knows who sent it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/group.h"
#include "tests/fuzz/must.h"

using namespace halfterm::core;
using halfterm::fuzz::Must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Group> group = DecodeGroup(bytes);
  if (!group.ok()) {
    Must(*group.refused().what != '\0' && *group.refused().problem != '\0', "a refusal says why");
    Must(group.refused().offset <= size, "a refusal lies inside the bytes");
    return 0;
  }
  const std::string again = EncodeGroup(*group, group->body, "key");
  Must(again.size() == size, "a group has one length");
  Must(std::string_view(again).substr(0, group->signed_bytes.size()) == group->signed_bytes,
       "a group has one encoding");
  Must(MacIsRight(*group, "key") == (again == bytes), "the mac is right only over these bytes");
  Must(FacetId::Parse(group->facet.Bytes()) == group->facet, "a facet id reads back");

  const Result<Facet> delta = Decode(group->body, kDeltaLimits);
  if (!delta.ok()) {
    Must(delta.refused().offset <= group->body.size(), "a refusal lies inside the body");
    return 0;
  }
  Must(Encode(*delta) == group->body, "a delta has one encoding");
  if (!IsDeltaOf(*delta, group->dot())) return 0;
  Facet committed = *delta;
  Attribute(committed, group->dot(), group->session);
  Stamp(committed, group->dot(), 1);
  for (const Cell& cell : committed.cells) {
    for (const Sibling& sibling : cell.siblings) {
      Must(sibling.stamp == 1 && sibling.author == group->session,
           "every value of a delta is stamped and attributed");
    }
  }
  return 0;
}
