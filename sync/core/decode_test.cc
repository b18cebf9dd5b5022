// A decoder never trusts its input. Every form that Encode() does not give is refused, and the
// reason names the part and its first byte: a table of named forms, every cut, every changed byte.

#include <gtest/gtest.h>

#include <string>

#include "sync/core/codec.h"
#include "sync/core/varint.h"
#include "tests/support/hex.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::FromHex;
using halfterm::testing::ToHex;

// Pieces of a facet. Offsets: replicas at 1 (ids at 2), authors at 10 (ids at 11), cells at 27.
constexpr const char* kReplica = "01 00000000000000aa";
constexpr const char* kAuthor = "01 11111111111111111111111111111111";
constexpr const char* kReplicas = "02 00000000000000aa 00000000000000bb";  // 8 bytes longer
constexpr const char* kPath = "00 03 000801";
constexpr const char* kStamp = "0000000000000000";

std::string Hex(std::initializer_list<std::string> parts) {
  std::string hex;
  for (const std::string& part : parts) hex += part + " ";
  return hex;
}

// One cell of field 8 whose context and siblings are `body`.
std::string OneCell(const std::string& body) {
  return Hex({"01", kReplica, kAuthor, "01", kPath, body});
}
std::string TwoReplicas(const std::string& body) {
  return Hex({"01", kReplicas, kAuthor, "01", kPath, body});
}
// `cells` follow one whole cell of field 8 that uses both tables; their first byte is at 49.
std::string AfterOne(const std::string& cells) {
  return Hex({"01", kReplica, kAuthor, "02", kPath, "01 00 05 01 00 05", kStamp, "00 00", cells});
}
const std::string kRemoval = "01 00 05 00";  // A whole body.

struct Case {
  const char* what;
  std::string bytes;
  const char* reason;
};

void ExpectRefused(const Case& c, const Limits& limits) {
  SCOPED_TRACE(c.what);
  const Result<Facet> read = Decode(FromHex(c.bytes), limits);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.reason(), c.reason);
}

TEST(DecodeTest, ThePiecesTogetherAreAFacet) {
  const Result<Facet> one = Decode(FromHex(AfterOne(Hex({"02 01 02", kRemoval}))), kFacetLimits);
  EXPECT_TRUE(one.ok()) << one.reason();
  const Result<Facet> two = Decode(
      FromHex(TwoReplicas(Hex({"02 00 05 01 02 01 01 02", kStamp, "00 01 61"}))), kFacetLimits);
  EXPECT_TRUE(two.ok()) << two.reason();
}

TEST(DecodeTest, WrongTablesAreRefused) {
  const std::string sibling = Hex({"01 00 05 01 00 05", kStamp, "00 00"});
  const Case cases[] = {
      {"no bytes", "", "version is cut off, at byte 0"},
      {"another version", "02 00 00 00", "version is not 1, at byte 0"},
      {"replicas cut", "01 02 00000000000000aa 00", "replica table is cut off, at byte 1"},
      {"a count that no machine could hold", "01 ffffffffffffffffff01 00 00",
       "replica table is cut off, at byte 1"},
      {"a count that wraps around", "01 808080808080808020 00 00",
       "replica table is cut off, at byte 1"},
      {"a replica twice", Hex({"01 02 00000000000000aa 00000000000000aa", kAuthor, "00"}),
       "replica table lists an id twice, at byte 10"},
      {"replicas descending", Hex({"01 02 00000000000000bb 00000000000000aa", kAuthor, "00"}),
       "replica table is not ascending, at byte 10"},
      {"replicas compared as signed", Hex({"01 02 8000000000000000 00000000000000aa", "00 00"}),
       "replica table is not ascending, at byte 10"},
      {"a replica that no cell names", Hex({"01", kReplicas, kAuthor, "01", kPath, sibling}),
       "replica table has an id that no cell uses, at byte 10"},
      {"an author that no cell names", Hex({"01", kReplica, kAuthor, "01", kPath, kRemoval}),
       "author table has an id that no cell uses, at byte 11"},
      {"tables without cells", Hex({"01", kReplica, "00 00"}),
       "replica table has an id that no cell uses, at byte 2"},
      {"authors cut", "01 00 01 1111", "author table is cut off, at byte 2"},
      {"an author twice",
       "01 00 02 11111111111111111111111111111111 11111111111111111111111111111111 00",
       "author table lists an id twice, at byte 19"},
      {"authors descending",
       "01 00 02 22222222222222222222222222222222 11111111111111111111111111111111 00",
       "author table is not ascending, at byte 19"},
      {"a table's count not minimal", "01 8000 00 00",
       "replica table is not a minimal varint, at byte 1"},
  };
  for (const Case& c : cases) ExpectRefused(c, kFacetLimits);
}

TEST(DecodeTest, WrongPathsAreRefused) {
  const std::string key = "000000000000000000000000000000";  // 15 of its 16 bytes
  const Case cases[] = {
      {"cell count cut", "01 00 00", "cell count is cut off, at byte 3"},
      {"cell count not minimal", "01 00 00 8100", "cell count is not a minimal varint, at byte 3"},
      {"a cell less than said", "01 00 00 01", "path is cut off, at byte 4"},
      {"a cell more than said", "01 00 00 01 00 03 000104 05 00",
       "last cell is followed by more bytes, at byte 10"},
      {"the first path shares", "01 00 00 01 01 02 0104 05",
       "path shares more than there is, at byte 4"},
      {"shares more than the path before has", AfterOne("04 11 00"),
       "path shares more than there is, at byte 49"},
      {"shares more than it says", AfterOne(Hex({"01 02 0802", kRemoval})),
       "path shares more than it says, at byte 49"},
      {"shares all but says nothing", AfterOne(Hex({"00 03 000801", kRemoval})),
       "path shares more than it says, at byte 49"},
      {"two bytes long", "01 00 00 01 00 02 0001 05", "path has a wrong length, at byte 4"},
      {"four bytes long", "01 00 00 01 00 04 00010204 05", "path has a wrong length, at byte 4"},
      {"empty", "01 00 00 01 00 00 05", "path has a wrong length, at byte 4"},
      {"twenty-two bytes long", "01 00 00 01 00 16 00", "path has a wrong length, at byte 4"},
      {"longer than any number", "01 00 00 01 00 ffffffffffffffffff01 00",
       "path has a wrong length, at byte 4"},
      {"cut", "01 00 00 01 00 03 0001", "path is cut off, at byte 6"},
      {"length not minimal", "01 00 00 01 00 8300 000104 05",
       "path is not a minimal varint, at byte 5"},
      {"twice", AfterOne(Hex({"03 00", kRemoval})), "path comes twice, at byte 49"},
      {"descending", AfterOne(Hex({"01 02 0701", kRemoval})), "path is not ascending, at byte 49"},
      {"descending, bytes being unsigned", Hex({"01 00 00 02 00 03 00ff04 05 01 02 0104 05"}),
       "path is not ascending, at byte 10"},
      {"a beginning of the path before",
       Hex({"01 00 00 02 00 15 000804", key, "000004 05", "03 00 05"}),
       "path is not ascending, at byte 28"},
  };
  for (const Case& c : cases) ExpectRefused(c, kFacetLimits);
}

TEST(DecodeTest, WrongContextsAreRefused) {
  const Case cases[] = {
      {"cut", OneCell(""), "context size is cut off, at byte 33"},
      {"empty", OneCell("00 00"), "context is empty, at byte 33"},
      {"size not minimal", OneCell("8100 00 05 00"),
       "context size is not a minimal varint, at byte 33"},
      {"replica cut", OneCell("01"), "replica of a context is cut off, at byte 34"},
      {"replica not in the table", OneCell("01 01 05 00"),
       "replica of a context is not in the table, at byte 34"},
      {"replica beyond any table", OneCell("01 ffffffffffffffffff01 05 00"),
       "replica of a context is not in the table, at byte 34"},
      {"count cut", OneCell("01 00"), "count of a context is cut off, at byte 35"},
      {"count zero", OneCell("01 00 00 00"), "count of a context is zero, at byte 35"},
      {"count not minimal", OneCell("01 00 8500 00"),
       "count of a context is not a minimal varint, at byte 35"},
      {"count larger than 64 bits", OneCell("01 00 ffffffffffffffffff7f 00"),
       "count of a context is larger than 64 bits, at byte 35"},
      {"a replica twice", TwoReplicas("02 00 05 00 05 00"),
       "context lists a replica twice, at byte 44"},
      {"a replica twice with different counts", TwoReplicas("02 00 05 00 06 00"),
       "context lists a replica twice, at byte 44"},
      {"descending", TwoReplicas("02 01 05 00 05 00"), "context is not ascending, at byte 44"},
  };
  for (const Case& c : cases) ExpectRefused(c, kFacetLimits);
}

TEST(DecodeTest, WrongSiblingsAreRefused) {
  const std::string seen = "01 00 05 ", value = Hex({kStamp, "00 01 61"});
  const std::string both = "02 00 05 01 05 ";
  const Case cases[] = {
      {"count cut", OneCell(seen), "sibling count is cut off, at byte 36"},
      {"count not minimal", OneCell(seen + "8000"),
       "sibling count is not a minimal varint, at byte 36"},
      {"one less than said", OneCell(seen + "02 00 04" + value),
       "replica of a sibling is cut off, at byte 50"},
      {"replica not in the table", OneCell(seen + "01 01 05" + value),
       "replica of a sibling is not in the table, at byte 37"},
      {"dot's count zero", OneCell(seen + "01 00 00" + value),
       "count of a sibling is zero, at byte 38"},
      {"later than the context", OneCell(seen + "01 00 06" + value),
       "sibling is not covered by the context, at byte 37"},
      {"of a replica that the context leaves out", TwoReplicas(seen + "01 01 01" + value),
       "sibling is not covered by the context, at byte 45"},
      {"twice", OneCell(seen + "02 00 05" + value + "00 05" + value),
       "sibling comes twice, at byte 50"},
      {"counts descending", OneCell(seen + "02 00 05" + value + "00 04" + value),
       "sibling is not ascending, at byte 50"},
      {"replicas descending", TwoReplicas(both + "02 01 01" + value + "00 05" + value),
       "sibling is not ascending, at byte 60"},
      {"stamp cut", OneCell(seen + "01 00 05 00000000"), "stamp is cut off, at byte 39"},
      {"author not in the table", OneCell(seen + "01 00 05" + kStamp + "01 01 61"),
       "author is not in the table, at byte 47"},
      {"author cut", OneCell(seen + "01 00 05" + kStamp), "author is cut off, at byte 47"},
      {"value cut", OneCell(seen + "01 00 05" + kStamp + "00 02 61"),
       "value is cut off, at byte 49"},
      {"value length not minimal", OneCell(seen + "01 00 05" + kStamp + "00 8100 61"),
       "value length is not a minimal varint, at byte 48"},
      {"followed by a byte", OneCell(seen + "01 00 05" + value + "00"),
       "last cell is followed by more bytes, at byte 50"},
  };
  for (const Case& c : cases) ExpectRefused(c, kFacetLimits);
}

TEST(DecodeTest, BodiesThatTheKindCannotHaveAreRefused) {
  const Case cases[] = {
      {"phase cut", "01 00 00 01 00 03 000105 00 0001", "phase is cut off, at byte 12"},
      {"phase with unknown flags", "01 00 00 01 00 03 000105 02 0001 04",
       "phase has unknown flags, at byte 9"},
      {"phase with a context", Hex({"01", kReplica, "00 01 00 03 000105 01 00 05 00 00"}),
       "last cell is followed by more bytes, at byte 21"},
      {"a register with a phase's body", Hex({"01", kReplica, "00 01 00 03 000101 00 0001 04"}),
       "context is empty, at byte 17"},
      {"MAXI cut", "01 00 00 01 00 03 000104", "number of a MAXI cell is cut off, at byte 9"},
      {"MAXI not minimal", "01 00 00 01 00 03 000104 8000",
       "number of a MAXI cell is not a minimal varint, at byte 9"},
      {"an unknown kind with a number only", "01 00 00 01 00 03 00012a 05",
       "replica of a context is cut off, at byte 10"},
  };
  for (const Case& c : cases) ExpectRefused(c, kFacetLimits);
}

TEST(DecodeTest, WhatIsOverALimitIsRefusedAndSaysSo) {
  const std::string sibling = Hex({"01 00 05 01 00 05", kStamp, "00 02 6869"});
  const std::string one = Hex({"01", kReplica, kAuthor, "01", kPath, sibling});
  const std::size_t size = FromHex(one).size();
  const Limits fits{size, 1, 2, 1, 1};
  ASSERT_TRUE(Decode(FromHex(one), fits).ok()) << Decode(FromHex(one), fits).reason();
  const struct {
    Limits limits;
    const char* reason;
  } cases[] = {
      {{size - 1, 1, 2, 1, 1}, "facet is over the limit, at byte 0"},
      {{size, 0, 2, 1, 1}, "cell count is over the limit, at byte 27"},
      {{size, 1, 1, 1, 1}, "value length is over the limit, at byte 48"},
      {{size, 1, 2, 0, 1}, "sibling count is over the limit, at byte 36"},
      {{size, 1, 2, 1, 0}, "context size is over the limit, at byte 33"},
  };
  for (const auto& c : cases) {
    const Result<Facet> read = Decode(FromHex(one), c.limits);
    ASSERT_FALSE(read.ok()) << c.reason;
    EXPECT_EQ(read.reason(), c.reason);
    EXPECT_TRUE(read.refused().over_limit);
  }
  EXPECT_FALSE(Decode("x", kFacetLimits).refused().over_limit);
}

TEST(DecodeTest, TheLimitsAreThoseThatTabletsAreTold) {
  const auto with_value = [](std::size_t size) {
    return Encode(halfterm::testing::Writes(Facet{}, Path::Field(1, Kind::kPara), {1, 1},
                                            std::string(size, 'v')));
  };
  EXPECT_TRUE(Decode(with_value(kMaxValueBytes), kFacetLimits).ok());
  EXPECT_FALSE(Decode(with_value(kMaxValueBytes + 1), kFacetLimits).ok());

  const auto with_cells = [](std::size_t count) {
    Facet facet;
    for (std::size_t i = 1; i <= count; ++i) {
      Cell cell;
      cell.path = Path::Field(static_cast<std::uint16_t>(i), Kind::kMaxi);
      facet.cells.push_back(cell);
    }
    return Encode(facet);
  };
  EXPECT_TRUE(Decode(with_cells(kMaxFacetCells), kFacetLimits).ok());
  EXPECT_FALSE(Decode(with_cells(kMaxFacetCells + 1), kFacetLimits).ok());
  EXPECT_TRUE(Decode(with_cells(kMaxGroupCells), kDeltaLimits).ok());
  EXPECT_FALSE(Decode(with_cells(kMaxGroupCells + 1), kDeltaLimits).ok());

  const auto with_writers = [](std::size_t siblings, std::size_t seen) {
    Facet facet;
    Cell cell;
    cell.path = Path::Field(1, Kind::kReg);
    for (std::size_t i = 1; i <= seen; ++i) {
      cell.seen.push_back({i, 1});
      if (i <= siblings) cell.siblings.push_back({{i, 1}, 0, Id16{}, "v"});
    }
    facet.cells.push_back(cell);
    return Encode(facet);
  };
  EXPECT_TRUE(Decode(with_writers(kMaxSiblings, kMaxContextReplicas), kFacetLimits).ok());
  EXPECT_FALSE(Decode(with_writers(kMaxSiblings + 1, kMaxContextReplicas), kFacetLimits).ok());
  EXPECT_FALSE(Decode(with_writers(kMaxSiblings, kMaxContextReplicas + 1), kFacetLimits).ok());
}

// A facet with every body, both path shapes, several siblings and a two-byte count.
std::string Rich() {
  using halfterm::testing::AmysDot;
  using halfterm::testing::ZoesDot;
  Facet facet;
  const Path note = Path::Entry(2, NumberKey(300), 2, Kind::kPara);
  for (const Facet& written :
       {halfterm::testing::Writes(Facet{}, Path::Field(8, Kind::kReg), ZoesDot(200), "25"),
        halfterm::testing::Writes(Facet{}, note, ZoesDot(201), "Quiet start."),
        halfterm::testing::Writes(Facet{}, note, AmysDot(1), "Lively start."),
        halfterm::testing::Removes(Facet{}, Path::Entry(2, NumberKey(300), 0, Kind::kElem),
                                   AmysDot(2)),
        halfterm::testing::Writes(Facet{}, Path::Field(47, static_cast<Kind>(0x2a)), AmysDot(3),
                                  "")}) {
    JoinInto(facet, Facet(written), nullptr);
  }
  Stamp(facet, ZoesDot(201), 0x0102030405060708);
  Put(facet, Cell{Path::Field(1, Kind::kPhase), {}, {}, {true, 2, 3}, 0});
  Put(facet, Cell{Path::Field(3, Kind::kMaxi), {}, {}, {}, 1000});
  return Encode(facet);
}

TEST(DecodeTest, EveryCutIsRefused) {
  const std::string rich = Rich();
  ASSERT_TRUE(Decode(rich, kFacetLimits).ok());
  for (std::size_t size = 0; size < rich.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees a read beyond it.
    const std::string cut(rich.data(), size);
    const Result<Facet> read = Decode(cut, kFacetLimits);
    ASSERT_FALSE(read.ok()) << "cut to " << size;
    EXPECT_LE(read.refused().offset, size);
    EXPECT_STRNE(read.refused().what, "");
  }
}

TEST(DecodeTest, EveryByteMoreIsRefused) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_FALSE(Decode(Rich() + static_cast<char>(byte), kFacetLimits).ok()) << byte;
  }
}

TEST(DecodeTest, AChangedByteIsRefusedOrIsAnotherFacet) {
  const std::string rich = Rich();
  const Facet meant = *Decode(rich, kFacetLimits);
  for (std::size_t i = 0; i < rich.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = rich;
      changed[i] = static_cast<char>(byte);
      const Result<Facet> read = Decode(changed, kFacetLimits);
      if (!read.ok()) continue;
      ASSERT_EQ(ToHex(Encode(*read)), ToHex(changed)) << "byte " << i << " as " << byte;
      ASSERT_EQ(*read == meant, changed == rich);
    }
  }
}

}  // namespace
}  // namespace halfterm::core
