// A facet has one encoding: the bytes of a known one, and that reading gives back what was written.
// What a decoder refuses is in decode_test.cc.

#include "sync/core/codec.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sync/core/varint.h"
#include "tests/support/hex.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::Amy;
using halfterm::testing::AmysDot;
using halfterm::testing::FromHex;
using halfterm::testing::ToHex;
using halfterm::testing::Zoe;
using halfterm::testing::ZoesDot;

std::string NoSpaces(std::string_view hex) { return ToHex(FromHex(hex)); }

Facet EveryBody() {
  Facet facet;
  facet.cells.push_back(Cell{Path::Field(1, Kind::kPhase), {}, {}, {true, 0x0102, 4}, 0});
  facet.cells.push_back(Cell{Path::Field(1, static_cast<Kind>(0x2a)),
                             {AmysDot(300)},
                             {{AmysDot(300), 7, Amy(), ""}},
                             {},
                             0});
  facet.cells.push_back(
      Cell{Path::Entry(2, NumberKey(9), 1, Kind::kReg),
           {ZoesDot(3), AmysDot(1)},
           {{ZoesDot(3), 0x0102030405060708, Zoe(), "hi"}, {AmysDot(1), 0, Amy(), "ho"}},
           {},
           0});
  facet.cells.push_back(Cell{Path::Entry(2, NumberKey(9), 2, Kind::kReg), {ZoesDot(4)}, {}, {}, 0});
  facet.cells.push_back(Cell{Path::Field(3, Kind::kMaxi), {}, {}, {}, 128});
  return facet;
}

constexpr const char* kEveryBody =
    "01"                                                                    // version
    "02 000000000000020e 0000000000000a44"                                  // replicas, ascending
    "02 20202020202020202020202020202020 a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4"  // authors
    "05"                                                                    // cells
    "00 03 000105 01 0102 04"                                // PHASE: withdrawn, round, level
    "02 01 2a 01 01 ac02 01 01 ac02 0000000000000007 01 00"  // an unknown kind, cleared
    "01 14 02 00000000000000000000000000000009 0001 01"      // an entry shares one byte
    "   02 00 03 01 01"                                      // its context
    "   02 00 03 0102030405060708 00 02 6869 01 01 0000000000000000 01 02 686f"
    "13 02 02 01 01 00 04 00"  // a removal
    "01 02 0304 8001";         // MAXI 128

TEST(CodecTest, EveryBodyHasTheBytesOfTheLayout) {
  EXPECT_EQ(ToHex(Encode(EveryBody())), NoSpaces(kEveryBody));
  const Result<Facet> read = Decode(FromHex(kEveryBody), kFacetLimits);
  ASSERT_TRUE(read.ok()) << read.reason();
  EXPECT_EQ(*read, EveryBody());
}

TEST(CodecTest, AnEmptyFacetIsFourBytes) {
  EXPECT_EQ(ToHex(Encode(Facet{})), "01000000");
  const Result<Facet> read = Decode(Encode(Facet{}), kFacetLimits);
  ASSERT_TRUE(read.ok()) << read.reason();
  EXPECT_EQ(*read, Facet{});
}

TEST(CodecTest, ContentIsTheSameWithEveryStampZero) {
  Facet unstamped = EveryBody();
  for (Cell& cell : unstamped.cells) {
    for (Sibling& sibling : cell.siblings) sibling.stamp = 0;
  }
  EXPECT_NE(EncodeContent(EveryBody()), Encode(EveryBody()));
  EXPECT_EQ(EncodeContent(EveryBody()), Encode(unstamped));
  EXPECT_EQ(EncodeWithContent(EveryBody()).bytes, Encode(EveryBody()));
  EXPECT_EQ(EncodeWithContent(EveryBody()).content, Encode(unstamped));
}

// Tables of more than a handful of ids are sorted and searched in another way.
TEST(CodecTest, ManyWritersReadBack) {
  for (const std::uint64_t writers : {1u, 7u, 8u, 9u, 10u, 63u, 128u, 300u}) {
    SCOPED_TRACE(writers);
    Facet facet;
    for (std::uint16_t field = 1; field <= 3; ++field) {
      Cell cell;
      cell.path = Path::Field(field, Kind::kReg);
      for (std::uint64_t i = 0; i < writers; ++i) {
        const Dot dot{i * 0x9e3779b97f4a7c15u, i + 1};
        Id16 author;
        WriteBig64(reinterpret_cast<char*>(author.bytes.data()), dot.replica * field);
        cell.seen.push_back(dot);
        if (i < kMaxSiblings) cell.siblings.push_back({dot, i, author, "v"});
      }
      std::sort(cell.seen.begin(), cell.seen.end());
      std::sort(cell.siblings.begin(), cell.siblings.end(),
                [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; });
      facet.cells.push_back(cell);
    }
    const Result<Facet> read = Decode(Encode(facet), kFacetLimits);
    ASSERT_TRUE(read.ok()) << read.reason();
    EXPECT_EQ(*read, facet);
  }
}

TEST(CodecTest, TheLargestOfEverythingReadsBack) {
  Facet facet;
  for (std::uint16_t field = 1; field <= 10; ++field) {
    facet.cells.push_back(Cell{Path::Field(field, Kind::kPara),
                               {{~std::uint64_t{0}, ~std::uint64_t{0}}},
                               {{{~std::uint64_t{0}, ~std::uint64_t{0}},
                                 ~std::uint64_t{0},
                                 Zoe(),
                                 std::string(kMaxValueBytes, static_cast<char>(field))}},
                               {},
                               0});
  }
  const Result<Facet> read = Decode(Encode(facet), kFacetLimits);
  ASSERT_TRUE(read.ok()) << read.reason();
  EXPECT_EQ(*read, facet);
}

}  // namespace
}  // namespace halfterm::core
