// A path is its bytes: what was put in comes out, and the order is that of the bytes.

#include "sync/core/path.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/hex.h"

namespace halfterm::core {
namespace {

using halfterm::testing::ToHex;

const Id16 kNote = *Id16::FromBytes("a note's own key");

TEST(PathTest, AFieldIsThreeBytes) {
  const Path path = Path::Field(0x0123, Kind::kReg);
  EXPECT_EQ(ToHex(path.bytes()), "012301");
  EXPECT_FALSE(path.is_entry());
  EXPECT_EQ(path.field(), 0x0123);
  EXPECT_EQ(path.kind(), Kind::kReg);
  EXPECT_TRUE(path.key().IsZero());
  EXPECT_EQ(path.sub(), 0);
}

TEST(PathTest, AnEntryIsTwentyOneBytes) {
  const Path path = Path::Entry(2, kNote, 0x0304, Kind::kPara);
  EXPECT_EQ(ToHex(path.bytes()), "0002" + ToHex(kNote.view()) + "0304" + "08");
  EXPECT_TRUE(path.is_entry());
  EXPECT_EQ(path.field(), 2);
  EXPECT_EQ(path.key(), kNote);
  EXPECT_EQ(path.sub(), 0x0304);
  EXPECT_EQ(path.kind(), Kind::kPara);
}

TEST(PathTest, BytesOfAnotherLengthAreNoPath) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string bytes(size, '\2');
    const auto path = Path::FromBytes(bytes);
    ASSERT_EQ(path.has_value(), size == 3 || size == 21) << size;
    if (path) {
      EXPECT_EQ(path->bytes(), bytes);
    }
  }
}

TEST(PathTest, TheOrderIsThatOfTheBytes) {
  const std::vector<Path> ascending = {
      Path(),
      Path::Field(1, Kind::kPhase),
      Path::Entry(2, Id16{}, 0, Kind::kElem),
      Path::Entry(2, Id16{}, 1, Kind::kReg),
      Path::Field(2, Kind::kReg),
      Path::Entry(2, kNote, 0, Kind::kElem),
      Path::Entry(2, kNote, 0x0100, Kind::kReg),
      Path::Field(0x0200, Kind::kReg),
      Path::Field(0xff00, static_cast<Kind>(0xff)),
  };
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(ascending[i] < ascending[j], i < j) << i << " " << j;
      EXPECT_EQ(ascending[i] == ascending[j], i == j) << i << " " << j;
    }
  }
}

TEST(PathTest, ANumberIsAKey) {
  for (const std::uint16_t number : std::initializer_list<std::uint16_t>{0, 1, 9, 256, 65535}) {
    const Id16 key = NumberKey(number);
    EXPECT_TRUE(IsNumberKey(key));
    EXPECT_EQ(KeyNumber(key), number);
  }
  EXPECT_EQ(ToHex(NumberKey(0x0102).view()), "00000000000000000000000000000102");
  EXPECT_FALSE(IsNumberKey(kNote));
}

TEST(FacetIdTest, ReadsBackAndSortsByItsBytes) {
  const FacetId plan{kNote, kPlan, Id16{}};
  const FacetId sheet{kNote, kSheet, *Id16::FromBytes("the observer's..")};
  for (const FacetId& id : {plan, sheet}) {
    EXPECT_EQ(id.Bytes().size(), FacetId::kSize);
    ASSERT_TRUE(FacetId::Parse(id.Bytes()).has_value());
    EXPECT_EQ(*FacetId::Parse(id.Bytes()), id);
  }
  EXPECT_TRUE(plan < sheet);
  EXPECT_TRUE(plan.Bytes() < sheet.Bytes());
  EXPECT_FALSE(FacetId::Parse(plan.Bytes() + "x").has_value());
  EXPECT_FALSE(FacetId::Parse(plan.Bytes().substr(1)).has_value());
}

}  // namespace
}  // namespace halfterm::core
