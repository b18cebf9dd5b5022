// What becomes of values that meet in one cell, case by case. The laws for all cases are in
// laws_test.cc.

#include "sync/core/cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::Amy;
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
using ::testing::UnorderedElementsAreArray;

const Path kSubject = Path::Field(11, Kind::kReg);
const Facet kNothing;

TEST(CellTest, AWriteReplacesOnlyWhatItsWriterHadSeen) {
  const Facet before = Writes(kNothing, kSubject, ZoesDot(1), "quiet start");
  const struct {
    const char* what;
    Facet zoe, amy;
    std::vector<std::string> shown;
  } cases[] = {
      {"amy had seen it",
       before,
       Writes(before, kSubject, AmysDot(1), "lively start"),
       {"lively start"}},
      {"amy had not",
       before,
       Writes(kNothing, kSubject, AmysDot(1), "lively start"),
       {"lively start", "quiet start"}},
      {"amy removed what she had seen", before, Removes(before, kSubject, AmysDot(1)), {}},
      {"amy removed what she had not seen",
       before,
       Removes(kNothing, kSubject, AmysDot(1)),
       {"quiet start"}},
      {"amy cleared it", before, Writes(before, kSubject, AmysDot(1), ""), {""}},
      {"zoe wrote on while amy removed",
       Joined(before, Writes(before, kSubject, ZoesDot(2), "quiet, then lively")),
       Removes(before, kSubject, AmysDot(1)),
       {"quiet, then lively"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_THAT(ShownAt(Joined(c.zoe, c.amy), kSubject), UnorderedElementsAreArray(c.shown));
    EXPECT_THAT(ShownAt(Joined(c.amy, c.zoe), kSubject), UnorderedElementsAreArray(c.shown));
  }
}

TEST(CellTest, ALateCopyOfAReplacedValueDoesNotComeBack) {
  const Facet first = Writes(kNothing, kSubject, ZoesDot(1), "Maths");
  const Facet second = Writes(first, kSubject, ZoesDot(2), "Further maths");
  EXPECT_THAT(ShownAt(Joined(second, first), kSubject), ElementsAre("Further maths"));
}

TEST(CellTest, AThirdValueReplacesBothSiblings) {
  const Facet both = Joined(Writes(kNothing, kSubject, ZoesDot(1), "2"),
                            Writes(kNothing, kSubject, AmysDot(1), "3"));
  EXPECT_THAT(ShownAt(Joined(both, Writes(both, kSubject, ZoesDot(2), "3")), kSubject),
              ElementsAre("3"));
}

TEST(CellTest, TheLatestStampIsShownFirstAndTheDotDecidesBetweenEqualOnes) {
  Facet both = Joined(Writes(kNothing, kSubject, ZoesDot(1), "zoe's"),
                      Writes(kNothing, kSubject, AmysDot(1), "amy's"));
  EXPECT_THAT(ShownAt(both, kSubject), ElementsAre("amy's", "zoe's"));  // 0xa44 > 0x20e
  Stamp(both, AmysDot(1), 100);
  EXPECT_THAT(ShownAt(both, kSubject), ElementsAre("amy's", "zoe's"));
  Stamp(both, ZoesDot(1), 200);
  EXPECT_THAT(ShownAt(both, kSubject), ElementsAre("zoe's", "amy's"));
  EXPECT_EQ(ShownFirst(both.cells[0])->value, "zoe's");
  EXPECT_EQ(ShownFirst(Cell{}), nullptr);
}

TEST(CellTest, OneValueOfTwoWritersIsShownOnceAndKeptTwice) {
  const Facet both = Joined(Writes(kNothing, kSubject, ZoesDot(1), "Maths"),
                            Writes(kNothing, kSubject, AmysDot(1), "Maths"));
  EXPECT_THAT(ShownAt(both, kSubject), ElementsAre("Maths"));
  EXPECT_EQ(both.cells[0].siblings.size(), 2u);
}

TEST(CellTest, ACommittedStampWinsOverNone) {
  const Facet sent = Writes(kNothing, kSubject, ZoesDot(1), "Maths");
  Facet committed = sent;
  Stamp(committed, ZoesDot(1), 77);
  JoinReport report;
  EXPECT_EQ(Join(sent, committed, &report), committed);
  EXPECT_EQ(Join(committed, sent, &report), committed);
  EXPECT_THAT(report.restamped, IsEmpty());
}

TEST(CellTest, TwoStampsOfOneCommitAreReported) {
  Facet a = Writes(kNothing, kSubject, ZoesDot(1), "Maths"), b = a;
  Stamp(a, ZoesDot(1), 77);
  Stamp(b, ZoesDot(1), 78);
  JoinReport report;
  EXPECT_EQ(Join(a, b, &report), b);
  EXPECT_THAT(report.restamped, ElementsAre(ZoesDot(1)));
  EXPECT_THAT(report.equivocal, IsEmpty());
}

TEST(CellTest, OneDotForTwoValuesIsReportedAndTheLargerStays) {
  const struct {
    const char* what;
    Sibling lesser, larger;
  } cases[] = {
      {"value", {ZoesDot(1), 0, Zoe(), "a"}, {ZoesDot(1), 0, Zoe(), "b"}},
      {"longer value", {ZoesDot(1), 0, Zoe(), "a"}, {ZoesDot(1), 0, Zoe(), "aa"}},
      {"bytes are unsigned", {ZoesDot(1), 0, Zoe(), "a"}, {ZoesDot(1), 0, Zoe(), "\xc3"}},
      {"author before value", {ZoesDot(1), 0, Zoe(), "b"}, {ZoesDot(1), 0, Amy(), "a"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const Cell lesser{kSubject, {ZoesDot(1)}, {c.lesser}, {}, 0};
    const Cell larger{kSubject, {ZoesDot(1)}, {c.larger}, {}, 0};
    JoinReport report;
    EXPECT_EQ(Join(lesser, larger, &report), larger);
    EXPECT_EQ(Join(larger, lesser, &report), larger);
    EXPECT_THAT(report.equivocal, ElementsAre(ZoesDot(1), ZoesDot(1)));
  }
}

TEST(CellTest, APhaseOnlyMovesForward) {
  const Phase ascending[] = {{false, 0, 0},   {false, 0, 3}, {false, 1, 2},
                             {false, 256, 1}, {true, 0, 0},  {true, 1, 4}};
  const Path path = Path::Field(1, Kind::kPhase);
  for (const Phase& a : ascending) {
    for (const Phase& b : ascending) {
      const Cell joined = Join(Cell{path, {}, {}, a, 0}, Cell{path, {}, {}, b, 0}, nullptr);
      EXPECT_EQ(joined.phase, &a < &b ? b : a);
    }
  }
}

TEST(CellTest, TheLargerNumberOfAMaxiCellWins) {
  const Path path = Path::Field(1, Kind::kMaxi);
  const Cell less{path, {}, {}, {}, 7}, more{path, {}, {}, {}, ~std::uint64_t{0}};
  EXPECT_EQ(Join(less, more, nullptr), more);
  EXPECT_EQ(Join(more, less, nullptr), more);
}

TEST(CellTest, TheContextCoversWhatItHasHeardOf) {
  const Cell cell{kSubject, {{kZoesTablet, 3}, {kAmysTablet, 1}}, {}, {}, 0};
  EXPECT_TRUE(Covers(cell, ZoesDot(1)));
  EXPECT_TRUE(Covers(cell, ZoesDot(3)));
  EXPECT_FALSE(Covers(cell, ZoesDot(4)));
  EXPECT_TRUE(Covers(cell, AmysDot(1)));
  EXPECT_FALSE(Covers(cell, {1, 1}));
  EXPECT_FALSE(Covers(cell, {~std::uint64_t{0}, 1}));
  EXPECT_EQ(SeenCount(cell, kZoesTablet), 3u);
  EXPECT_EQ(SeenCount(cell, 1), 0u);
}

}  // namespace
}  // namespace halfterm::core
