// Work of a store that got a new replica id keeps its meaning, and no two dots become one
// unnoticed.

#include "sync/core/rehome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/core/codec.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::AmysDot;
using halfterm::testing::kAmysTablet;
using halfterm::testing::kZoesTablet;
using halfterm::testing::ShownAt;
using halfterm::testing::Writes;
using halfterm::testing::Zoe;
using halfterm::testing::ZoesDot;
using ::testing::ElementsAre;

const Path kRoom = Path::Field(12, Kind::kReg);
constexpr std::uint64_t kNew = 0x900;
constexpr std::uint64_t kNewer = 0x100;
const std::vector<Rehome> kMoved = {{kZoesTablet, 5, kNew}};
const std::vector<Rehome> kMovedTwice = {{kZoesTablet, 5, kNew}, {kNew, 2, kNewer}};

Cell With(std::vector<Dot> seen, std::vector<Dot> siblings) {
  Cell cell;
  cell.path = kRoom;
  cell.seen = std::move(seen);
  for (const Dot& dot : siblings) {
    cell.siblings.push_back({dot, 0, Zoe(), std::to_string(dot.count)});
  }
  return cell;
}

TEST(RehomeTest, OnlyDotsAfterTheLastAcknowledgedMove) {
  EXPECT_EQ(Rehomed(ZoesDot(5), kMoved), ZoesDot(5));
  EXPECT_EQ(Rehomed(ZoesDot(6), kMoved), (Dot{kNew, 1}));
  EXPECT_EQ(Rehomed(AmysDot(6), kMoved), AmysDot(6));
  EXPECT_EQ(Rehomed(ZoesDot(7), kMovedTwice), (Dot{kNew, 2}));
  EXPECT_EQ(Rehomed(ZoesDot(8), kMovedTwice), (Dot{kNewer, 1}));
}

TEST(RehomeTest, AGroupIsReadByTheMovesFromTheOneThatRenamesIt) {
  EXPECT_EQ(MovesOf(ZoesDot(5), kMovedTwice).size(), 0u);
  EXPECT_EQ(MovesOf(ZoesDot(6), kMovedTwice).size(), 2u);
  EXPECT_EQ(MovesOf({kNew, 3}, kMovedTwice).size(), 1u);
  EXPECT_EQ(MovesOf({kNew, 2}, kMovedTwice).size(), 0u);
  EXPECT_EQ(MovesOf({kNewer, 9}, kMovedTwice).size(), 0u);
}

TEST(RehomeTest, ContextsAndSiblingsMoveAndStayInOrder) {
  const struct {
    const char* what;
    std::vector<Rehome> moves;
    Cell before, after;
  } cases[] = {
      {"no moves", {}, With({ZoesDot(7)}, {ZoesDot(7)}), With({ZoesDot(7)}, {ZoesDot(7)})},
      {"all acknowledged", kMoved, With({ZoesDot(5)}, {ZoesDot(5)}),
       With({ZoesDot(5)}, {ZoesDot(5)})},
      {"one after", kMoved, With({ZoesDot(7)}, {ZoesDot(7)}),
       [] {
         Cell cell = With({ZoesDot(5), {kNew, 2}}, {{kNew, 2}});
         cell.siblings[0].value = "7";
         return cell;
       }()},
      {"nothing was acknowledged",
       {{kZoesTablet, 0, kNew}},
       With({ZoesDot(2)}, {ZoesDot(2)}),
       With({{kNew, 2}}, {{kNew, 2}})},
      {"the new name is known already", kMoved, With({ZoesDot(6), {kNew, 4}}, {{kNew, 4}}),
       With({ZoesDot(5), {kNew, 4}}, {{kNew, 4}})},
      {"moved twice, and the newest sorts first", kMovedTwice, With({ZoesDot(9)}, {ZoesDot(4)}),
       With({{kNewer, 2}, ZoesDot(5), {kNew, 2}}, {ZoesDot(4)})},
      {"a colleague's dots stay", kMoved, With({ZoesDot(5), AmysDot(8)}, {AmysDot(8)}),
       With({ZoesDot(5), AmysDot(8)}, {AmysDot(8)})},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Facet facet;
    facet.cells.push_back(c.before);
    ASSERT_TRUE(ApplyRehomes(facet, c.moves));
    EXPECT_EQ(facet.cells[0], c.after);
  }
}

TEST(RehomeTest, SiblingsOfOldAndNewNameAreSortedAgain) {
  Facet facet;
  facet.cells.push_back(With({ZoesDot(7), AmysDot(1)}, {ZoesDot(7), AmysDot(1)}));
  ASSERT_TRUE(ApplyRehomes(facet, {{kZoesTablet, 5, 0xfff}}));
  ASSERT_EQ(facet.cells[0].siblings.size(), 2u);
  EXPECT_EQ(facet.cells[0].siblings[0].dot, AmysDot(1));
  EXPECT_EQ(facet.cells[0].siblings[1].dot, (Dot{0xfff, 2}));
}

TEST(RehomeTest, DecodingAppliesIt) {
  const std::string bytes = Encode(Writes(Facet{}, kRoom, ZoesDot(7), "B7"));
  const Result<Facet> moved = Decode(bytes, kFacetLimits, kMoved);
  ASSERT_TRUE(moved.ok()) << moved.reason();
  EXPECT_EQ(moved->cells[0].siblings[0].dot, (Dot{kNew, 2}));
  EXPECT_THAT(ShownAt(*moved, kRoom), ElementsAre("B7"));
  EXPECT_EQ(Encode(*Decode(bytes, kFacetLimits, {})), bytes);
}

TEST(RehomeTest, TwoValuesThatWouldShareADotAreRefused) {
  Facet facet;
  facet.cells.push_back(With({ZoesDot(6), {kNew, 1}}, {ZoesDot(6), {kNew, 1}}));
  const Result<Facet> moved = Decode(Encode(facet), kFacetLimits, kMoved);
  EXPECT_FALSE(moved.ok());
  EXPECT_EQ(moved.reason(), "facet has two siblings of one dot after its replica moved, at byte 0");
}

// What was written under the old name and what the server holds under the new one must meet.
TEST(RehomeTest, AMovedWriteStillReplacesTheWritersEarlierOne) {
  const Facet acked = Writes(Facet{}, kRoom, ZoesDot(5), "B7");
  const Facet first = Writes(acked, kRoom, ZoesDot(6), "B8");
  const Facet second = Writes(Join(acked, first, nullptr), kRoom, ZoesDot(7), "B9");
  Facet server = acked;
  for (const Facet& sent : {first, second}) {
    JoinInto(server, *Decode(Encode(sent), kFacetLimits, kMoved), nullptr);
  }
  EXPECT_THAT(ShownAt(server, kRoom), ElementsAre("B9"));
  EXPECT_THAT(server.cells[0].seen, ElementsAre(ZoesDot(5), Dot{kNew, 2}));
}

}  // namespace
}  // namespace halfterm::core
