#include <iostream>

#include "sync/core/codec.h"
#include "sync/core/group.h"
#include "tests/support/writers.h"
#include "tests/vectors/make_vectors.h"

namespace halfterm::testing {

using namespace core;  // Most of the core's names occur below.

Json Refusals() {
  Json list = Json::array();
  const Facet zoes_room = Writes(Facet{}, Path::Field(12, Kind::kReg), ZoesDot(1), "B7");
  const auto facet = [&list](const char* name, const char* why, const std::string& bytes,
                             const Limits& limits = kFacetLimits) {
    const Result<Facet> read = Decode(bytes, limits);
    if (read.ok()) std::cerr << "not refused: " << name << "\n";
    Json one = {{"name", name}, {"why", why}, {"form", "facet"}, {"bytes", ToHex(bytes)}};
    if (limits.cells != kFacetLimits.cells) {
      one["limits"] = {{"bytes", limits.bytes},
                       {"cells", limits.cells},
                       {"value_bytes", limits.value_bytes},
                       {"siblings", limits.siblings},
                       {"context_replicas", limits.context_replicas}};
    }
    one["reason"] = read.reason();
    one["over_limit"] = read.refused().over_limit;
    list.push_back(one);
  };
  const std::string tables = "01 01 000000000000020e 01 20202020202020202020202020202020 ";
  const std::string two =
      "01 02 000000000000020e 0000000000000a44 01 20202020202020202020202020202020 ";
  const std::string room = "01 00 03 000c01 ", seen = "01 00 05 ";
  const std::string stamp = "0000000000000000 ", value = stamp + "00 01 61 ";
  facet("no bytes", "an empty message is not an empty facet", "");
  facet("another version", "a later layout must not be read as this one", FromHex("02 00 00 00"));
  facet("a byte after the end", "two byte strings would have one meaning",
        Encode(zoes_room) + '\0');
  facet("cut in a table", "the second id is missing", FromHex("01 02 000000000000020e"));
  facet("a table larger than memory", "the count is only a claim",
        FromHex("01 ffffffffffffffffff01 00 00"));
  facet("a table whose size wraps around", "2^61 ids of 8 bytes are 0 bytes modulo 2^64",
        FromHex("01 808080808080808020 00 00"));
  facet("replicas descending", "one facet would have several encodings",
        FromHex("01 02 0000000000000a44 000000000000020e 00 00"));
  facet("a replica twice", "one place too many: dots could name either",
        FromHex("01 02 000000000000020e 000000000000020e 00 00"));
  facet("an author twice", "one place too many: siblings could name either",
        FromHex("01 00 02 20202020202020202020202020202020 20202020202020202020202020202020 00"));
  facet("a replica that nothing uses", "one facet would have several encodings",
        FromHex(two + room + seen + "01 00 05 " + value));
  facet("an author that nothing uses", "a table must not carry ids that no value bears",
        FromHex(tables + room + seen + "00"));
  facet("a count of cells that is not minimal", "one number would have several encodings",
        FromHex("01 00 00 8000"));
  facet("a number of eleven bytes", "64 bits fit in ten",
        FromHex("01 00 00 01 00 03 000904 8080808080808080808001"));
  facet("a number above 64 bits", "the tenth byte holds one bit only",
        FromHex("01 00 00 01 00 03 000904 ffffffffffffffffff02"));
  facet("a path of two bytes", "a field's path has three", FromHex("01 00 00 01 00 02 0904 05"));
  facet("a path of twenty-two bytes", "an entry's path has twenty-one",
        FromHex("01 00 00 01 00 16 00090000000000000000000000000000000000000004 05"));
  facet("a path that shares before there is one", "the first path has none before it",
        FromHex("01 00 00 01 01 02 0904 05"));
  facet("a path that could share more", "it repeats a byte that it could share",
        FromHex("01 00 00 02 00 03 000904 05 01 02 0a04 05 00"));
  facet("a path that hides what it shares", "it shares nothing though it could",
        FromHex("01 00 00 02 00 03 000904 05 00 03 000a04 05"));
  facet("a path twice", "a second cell of one path could hide the first",
        FromHex("01 00 00 02 00 03 000904 05 03 00 06"));
  facet("paths descending", "one facet would have several encodings",
        FromHex("01 00 00 02 00 03 000904 05 01 02 0804 05"));
  facet("an empty context", "knows nothing: it has no encoding, being no cell",
        FromHex("01 00 00 01 00 03 000c01 00 00"));
  facet("a context with a count of zero", "counts start at 1",
        FromHex(tables + room + "01 00 00 00"));
  facet("a context that lists a replica twice", "which of the counts holds?",
        FromHex(two + room + "02 00 05 00 06 00"));
  facet("a context descending", "one cell would have several encodings",
        FromHex(two + room + "02 01 05 00 05 00"));
  facet("a place outside the table", "names no replica", FromHex(tables + room + "01 01 05 00"));
  facet("a sibling that the context does not cover", "it would come back after every removal",
        FromHex(tables + room + seen + "01 00 06 " + value));
  facet("a sibling of a replica that the context leaves out",
        "its own write is not in what it knows", FromHex(two + room + seen + "01 01 01 " + value));
  facet("a sibling twice", "which of the values holds?",
        FromHex(tables + room + seen + "02 00 05 " + value + "00 05 " + value));
  facet("siblings descending", "one cell would have several encodings",
        FromHex(tables + room + seen + "02 00 05 " + value + "00 04 " + value));
  facet("a sibling with a count of zero", "no group has the number 0",
        FromHex(tables + room + seen + "01 00 00 " + value));
  facet("an author outside the table", "names nobody",
        FromHex(tables + room + seen + "01 00 05 " + stamp + "01 01 61"));
  facet("a value cut off", "one of its two bytes is missing",
        FromHex(tables + room + seen + "01 00 05 " + stamp + "00 02 61"));
  facet("a phase with unknown flags", "a later build's flag must not be lost by joining",
        FromHex("01 00 00 01 00 03 000105 02 0000 02"));
  facet("a phase cut off", "three of its four bytes", FromHex("01 00 00 01 00 03 000105 00 0000"));
  facet("a phase with a register's body", "what follows its four bytes is no cell",
        FromHex(tables + "01 00 03 000105 " + seen + "01 00 05 " + value));
  const std::string one = Encode(zoes_room);
  facet("larger than allowed", "one byte more than the limit", one, {one.size() - 1, 1, 2, 1, 1});
  facet("more cells than allowed", "one cell more than the limit", one, {one.size(), 0, 2, 1, 1});
  facet("a longer value than allowed", "one byte more than the limit", one,
        {one.size(), 1, 1, 1, 1});
  facet("more siblings than allowed", "one sibling more than the limit", one,
        {one.size(), 1, 2, 0, 1});
  facet("a larger context than allowed", "one replica more than the limit", one,
        {one.size(), 1, 2, 1, 0});

  GroupHeader header;
  header.replica = kZoesTablet;
  header.n = 1;
  const std::string good = EncodeGroup(header, "body", "key");
  const auto group = [&list](const char* name, const char* why, const std::string& bytes) {
    const Result<Group> read = DecodeGroup(bytes);
    if (read.ok()) std::cerr << "not refused: " << name << "\n";
    list.push_back({{"name", name},
                    {"why", why},
                    {"form", "group"},
                    {"bytes", ToHex(bytes)},
                    {"reason", read.reason()},
                    {"over_limit", read.refused().over_limit}});
  };
  const auto with = [&good](std::size_t at, std::size_t size, const char* bytes) {
    return std::string(good).replace(at, size, FromHex(bytes));
  };
  group("a group of no bytes", "an empty message is no group", "");
  group("a group of another version", "a later layout must not be read as this one",
        with(0, 1, "02"));
  group("a group of kind 0", "kinds start at 1", with(1, 1, "00"));
  group("a group of kind 4", "a later kind must not be read as one of these", with(1, 1, "04"));
  group("a group with number 0", "numbers start at 1", with(10, 8, "0000000000000000"));
  group("a group that knows unknown flags", "only a withdrawal is known", with(46, 1, "02"));
  group("a group cut in its body", "two of its four bytes are missing", good.substr(0, 114));
  group("a group without a mac", "nobody vouches for it", good.substr(0, 116));
  group("a group with a byte after the mac",
        "the mac must end it, or bytes could be added that it does not cover", good + '\0');
  group("a group whose body length is not minimal", "one group would have several encodings",
        with(111, 1, "8400"));
  group("a group whose body is longer than any group", "the length is only a claim",
        with(111, 1, "ffffffff7f"));
  return list;
}

}  // namespace halfterm::testing
