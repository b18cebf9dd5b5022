#include <cstdint>
#include <vector>

#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/core/group.h"
#include "sync/core/sha256.h"
#include "tests/support/writers.h"
#include "tests/vectors/make_vectors.h"

namespace halfterm::testing {

using namespace core;  // Most of the core's names occur below.

namespace {

Facet RoomOfZoe() { return Writes(Facet{}, Path::Field(12, Kind::kReg), ZoesDot(1), "B7"); }

}  // namespace

Json Groups() {
  Json list = Json::array();
  Digest16 chain;
  const auto add = [&](const char* name, const char* why, const GroupHeader& header,
                       const std::string& body, const std::string& key) {
    const std::string bytes = EncodeGroup(header, body, key);
    const Digest16 before = chain;
    chain = ChainHash(before, header.n, Sha256(bytes));
    list.push_back({{"name", name},
                    {"why", why},
                    {"kind", static_cast<int>(header.kind)},
                    {"dot", DotJson(header.dot())},
                    {"session", ToHex(header.session.view())},
                    {"base_epoch", header.base_epoch},
                    {"base_seq", std::to_string(header.base_seq)},
                    {"known",
                     {{"withdrawn", header.known.withdrawn()},
                      {"round", header.known.round},
                      {"level", header.known.level}}},
                    {"facet", ToHex(header.facet.Bytes())},
                    {"time",
                     {{"wall_ms", std::to_string(header.time.wall_ms)},
                      {"since_hello_ms", header.time.since_hello_ms == kClockRestarted
                                             ? Json()
                                             : Json(std::to_string(header.time.since_hello_ms))},
                      {"hello_no", header.time.hello_no},
                      {"offset_ms", std::to_string(header.time.offset_ms)}}},
                    {"body", ToHex(body)},
                    {"session_key", ToHex(key)},
                    {"bytes", ToHex(bytes)},
                    {"hash", ToHex(Sha256(bytes).view())},
                    {"chain_before", ToHex(before.view())},
                    {"chain", ToHex(chain.view())}});
  };
  GroupHeader header;
  header.replica = kZoesTablet;
  header.n = 1;
  header.session = Person(0x55);
  header.facet = {Person(0x77), kSheet, Zoe()};
  header.time = {1'790'000'000'000, 61'000, 12, 250};
  add("a delta", "the usual group; the chain starts from zeros", header, Encode(RoomOfZoe()),
      std::string(32, 'k'));
  header.n = 2;
  header.kind = GroupKind::kIntent;
  header.facet = {Person(0x77), kPlan, Id16{}};
  header.base_epoch = 3;
  header.base_seq = 90'412;
  header.known = {0, 1, 4};
  header.time = {1'790'000'060'000, kClockRestarted, 12, -86'400'000};
  add("an intent", "null since_hello_ms: the tablet's clock was restarted; a clock a day ahead",
      header, FromHex("0a021000"), std::string(32, 'k'));
  header.n = 3;
  header.kind = GroupKind::kRefill;
  header.known = {1, 0xffff, 0xff};
  header.base_epoch = ~std::uint32_t{0};
  header.base_seq = ~std::uint64_t{0};
  header.time = {~std::uint64_t{0}, 0, ~std::uint32_t{0}, INT64_MIN};
  add("the largest numbers", "all bits of every field; a key longer than a block is hashed first",
      header, std::string(200, 'b'), std::string(100, 'K'));
  header.n = ~std::uint64_t{0};
  add("an empty body", "a body may be empty; a number may be any but 0", header, "", "short key");
  return list;
}

Json Digests() {
  const FacetId plan{Person(0x77), kPlan, Id16{}}, sheet{Person(0x77), kSheet, Zoe()};
  Json facets = Json::array();
  SumDigest sum;
  std::vector<Digest32> holdings;
  const auto add = [&](const char* name, const char* why, const FacetId& id, const Facet& facet) {
    const Digest32 digest = FacetDigest(id, EncodeContent(facet));
    holdings.push_back(HoldingDigest(id, digest));
    sum.Add(holdings.back());
    facets.push_back({{"name", name},
                      {"why", why},
                      {"facet", ToHex(id.Bytes())},
                      {"bytes", ToHex(Encode(facet))},
                      {"digest", ToHex(digest.view())},
                      {"holding", ToHex(holdings.back().view())},
                      {"sum", ToHex(sum.bytes().view())}});
  };
  add("an empty plan", "the digest is of the id too", plan, Facet{});
  add("an empty sheet", "the same content elsewhere has another digest", sheet, Facet{});
  add("a sheet", "content changes the digest", sheet, RoomOfZoe());
  Facet committed = RoomOfZoe();
  Stamp(committed, ZoesDot(1), 77);
  add("the sheet, committed", "a stamp changes the bytes and no digest", sheet, committed);

  Json sums = Json::array();
  const auto add_sum = [&sums](const char* why, const char* a, const char* b) {
    SumDigest added(*Digest32::FromBytes(FromHex(a)));
    SumDigest subtracted = added;
    added.Add(*Digest32::FromBytes(FromHex(b)));
    subtracted.Subtract(*Digest32::FromBytes(FromHex(b)));
    sums.push_back({{"why", why},
                    {"a", a},
                    {"b", b},
                    {"a_plus_b", ToHex(added.bytes().view())},
                    {"a_minus_b", ToHex(subtracted.bytes().view())}});
  };
  const char* const one = "0000000000000000000000000000000000000000000000000000000000000001";
  const char* const most = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
  const char* const middle = "00000000000000000000000000000000ffffffffffffffffffffffffffffffff";
  add_sum("a carry through every byte, and around", most, one);
  add_sum("a borrow through every byte, and around", one, most);
  add_sum("a carry through half of the bytes", middle, one);
  return {{"facets", facets}, {"sums", sums}};
}

}  // namespace halfterm::testing
