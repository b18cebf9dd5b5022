// What a tablet writes, and how gestures that were never sent become one group.

#include "sync/core/delta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/core/codec.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::AmysDot;
using halfterm::testing::Joined;
using halfterm::testing::kAmysTablet;
using halfterm::testing::kZoesTablet;
using halfterm::testing::Removes;
using halfterm::testing::ShownAt;
using halfterm::testing::Writes;
using halfterm::testing::Zoe;
using halfterm::testing::ZoesDot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Path kRoom = Path::Field(12, Kind::kReg);
const Path kPeriod = Path::Field(14, Kind::kReg);
const Facet kNothing;

TEST(DeltaTest, AWriteNamesWhatItsWriterHadOnTheScreen) {
  const Facet held = Writes(kNothing, kRoom, AmysDot(4), "B7");
  const Cell cell = Written(held, kRoom, ZoesDot(2), Zoe(), "B8");
  EXPECT_THAT(cell.seen, ElementsAre(Dot{kZoesTablet, 2}, Dot{kAmysTablet, 4}));
  ASSERT_EQ(cell.siblings.size(), 1u);
  EXPECT_EQ(cell.siblings[0], (Sibling{ZoesDot(2), 0, Zoe(), "B8"}));
}

TEST(DeltaTest, ARemovalIsAContextWithoutSiblings) {
  const Facet held = Writes(kNothing, kRoom, ZoesDot(1), "B7");
  const Cell cell = Removed(held, kRoom, ZoesDot(2));
  EXPECT_THAT(cell.seen, ElementsAre(ZoesDot(2)));
  EXPECT_THAT(cell.siblings, IsEmpty());
}

TEST(DeltaTest, PutKeepsTheOrderAndReplacesACellOfTheSamePath) {
  Facet delta;
  Put(delta, Written(kNothing, kPeriod, ZoesDot(1), Zoe(), "3"));
  Put(delta, Written(kNothing, kRoom, ZoesDot(1), Zoe(), "B7"));
  Put(delta, Written(kNothing, kPeriod, ZoesDot(1), Zoe(), "4"));
  ASSERT_EQ(delta.cells.size(), 2u);
  EXPECT_THAT(ShownAt(delta, kRoom), ElementsAre("B7"));
  EXPECT_THAT(ShownAt(delta, kPeriod), ElementsAre("4"));
}

TEST(DeltaTest, AnOpenDeltaKeepsTheLastValueWithTheFirstContext) {
  const Facet held = Writes(kNothing, kRoom, AmysDot(1), "B7");
  Facet open = Writes(held, kRoom, ZoesDot(1), "B8");
  // Amy's next value arrives after Zoe's first gesture: it must stay beside what Zoe sends.
  const Facet amys_next = Writes(held, kRoom, AmysDot(2), "B9");
  const Facet shown = Joined(Joined(held, amys_next), open);
  Facet gesture = Writes(shown, kRoom, ZoesDot(1), "C1");
  for (Cell& cell : Writes(shown, kPeriod, ZoesDot(1), "3").cells) Put(gesture, std::move(cell));
  Squash(open, std::move(gesture), ZoesDot(1));

  EXPECT_TRUE(IsDeltaOf(open, ZoesDot(1)));
  EXPECT_THAT(open.Find(kRoom)->seen, ElementsAre(ZoesDot(1), AmysDot(1)));
  EXPECT_THAT(ShownAt(Joined(Joined(held, amys_next), open), kRoom), ElementsAre("B9", "C1"));
  EXPECT_THAT(ShownAt(open, kPeriod), ElementsAre("3"));
}

TEST(DeltaTest, AnOpenDeltaMayEndInARemoval) {
  Facet open = Writes(kNothing, kRoom, ZoesDot(1), "B8");
  Squash(open, Removes(open, kRoom, ZoesDot(1)), ZoesDot(1));
  EXPECT_THAT(open.Find(kRoom)->siblings, IsEmpty());
  EXPECT_THAT(open.Find(kRoom)->seen, ElementsAre(ZoesDot(1)));
}

TEST(DeltaTest, AnOpenDeltaIsNumberedWhenItIsSealed) {
  const Facet held =
      Joined(Writes(kNothing, kRoom, ZoesDot(3), "B7"), Writes(kNothing, kPeriod, AmysDot(1), "2"));
  Facet open = Writes(held, kRoom, ZoesDot(4), "B8");
  Squash(open, Writes(held, kPeriod, ZoesDot(4), "3"), ZoesDot(4));
  Renumber(open, ZoesDot(4), ZoesDot(6));
  EXPECT_TRUE(IsDeltaOf(open, ZoesDot(6)));
  EXPECT_THAT(open.Find(kPeriod)->seen, ElementsAre(ZoesDot(6), AmysDot(1)));
  EXPECT_THAT(ShownAt(Joined(held, open), kRoom), ElementsAre("B8"));
}

TEST(DeltaTest, ADeltaHoldsOneDotEverywhere) {
  const Facet right = Writes(kNothing, kRoom, ZoesDot(2), "B7");
  EXPECT_TRUE(IsDeltaOf(right, ZoesDot(2)));
  EXPECT_TRUE(IsDeltaOf(Removes(right, kRoom, ZoesDot(3)), ZoesDot(3)));
  EXPECT_TRUE(IsDeltaOf(kNothing, ZoesDot(2)));

  Facet claims_the_future = right;
  claims_the_future.cells[0].seen[0].count = 9;
  Facet two_values = right;
  two_values.cells[0].siblings.insert(two_values.cells[0].siblings.begin(),
                                      Sibling{ZoesDot(1), 0, Zoe(), "A1"});
  const struct {
    const char* what;
    const Facet& facet;
    Dot dot;
  } cases[] = {
      {"of another replica", right, AmysDot(2)},
      {"of another count", right, ZoesDot(3)},
      {"its context claims groups that come later", claims_the_future, ZoesDot(2)},
      {"a sibling of an earlier group", two_values, ZoesDot(2)},
      {"a state of two writers", Joined(right, Writes(kNothing, kRoom, AmysDot(2), "B8")),
       ZoesDot(2)},
  };
  for (const auto& c : cases) EXPECT_FALSE(IsDeltaOf(c.facet, c.dot)) << c.what;
}

}  // namespace
}  // namespace halfterm::core
