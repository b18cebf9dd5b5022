// Facets merge cell by cell, and a join says what it learned.

#include "sync/core/facet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::Amy;
using halfterm::testing::AmysDot;
using halfterm::testing::Joined;
using halfterm::testing::kZoesTablet;
using halfterm::testing::Person;
using halfterm::testing::Removes;
using halfterm::testing::ShownAt;
using halfterm::testing::Writes;
using halfterm::testing::Zoe;
using halfterm::testing::ZoesDot;
using ::testing::ElementsAre;

Path Field(std::uint16_t number) { return Path::Field(number, Kind::kReg); }

Facet FieldsOf(std::initializer_list<std::uint16_t> fields, const Dot& dot) {
  Facet facet;
  for (const std::uint16_t field : fields) {
    Put(facet, Written(Facet{}, Field(field), dot, Zoe(), "v" + std::to_string(field)));
  }
  return facet;
}

std::vector<int> FieldsIn(const Facet& facet) {
  std::vector<int> fields;
  for (const Cell& cell : facet.cells) fields.push_back(cell.path.field());
  return fields;
}

TEST(FacetTest, CellsOfBothStandInTheirOrder) {
  const struct {
    const char* what;
    std::initializer_list<std::uint16_t> into, delta;
    std::vector<int> joined;
  } cases[] = {
      {"both empty", {}, {}, {}},
      {"into nothing", {}, {2, 4}, {2, 4}},
      {"nothing new", {2, 4}, {}, {2, 4}},
      {"before", {4, 5}, {1, 2, 3}, {1, 2, 3, 4, 5}},
      {"after", {1, 2}, {3, 4, 5}, {1, 2, 3, 4, 5}},
      {"between", {1, 3, 5}, {2, 4}, {1, 2, 3, 4, 5}},
      {"some in both", {1, 2, 4}, {2, 3, 4, 5}, {1, 2, 3, 4, 5}},
      {"the same", {1, 2, 3}, {1, 2, 3}, {1, 2, 3}},
      {"one far away", {1, 2, 3, 4, 5, 6, 7, 8, 9}, {9, 10}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Facet into = FieldsOf(c.into, ZoesDot(1));
    const Facet delta = FieldsOf(c.delta, ZoesDot(2));
    EXPECT_EQ(FieldsIn(Join(into, delta, nullptr)), c.joined);
    EXPECT_EQ(FieldsIn(Join(delta, into, nullptr)), c.joined);
    JoinInto(into, Facet(delta), nullptr);
    EXPECT_EQ(FieldsIn(into), c.joined);
    for (const std::uint16_t field : c.delta) {
      EXPECT_EQ(SeenCount(*into.Find(Field(field)), kZoesTablet), 2u) << field;
    }
  }
}

TEST(FacetTest, FindsACellByItsPath) {
  Facet facet = FieldsOf({2, 4}, ZoesDot(1));
  ASSERT_NE(facet.Find(Field(4)), nullptr);
  EXPECT_EQ(facet.Find(Field(4))->siblings[0].value, "v4");
  EXPECT_EQ(facet.Find(Field(3)), nullptr);
  EXPECT_EQ(facet.Find(Field(5)), nullptr);
  EXPECT_EQ(facet.Find(Path::Field(4, Kind::kPara)), nullptr);
  EXPECT_EQ(Facet{}.Find(Field(1)), nullptr);
}

TEST(FacetTest, AValueThatStaysIsNotCopied) {
  const std::string words(500, 'w');
  Facet into = Writes(Facet{}, Field(1), ZoesDot(1), words);
  const char* const where = into.cells[0].siblings[0].value.data();
  Facet delta = Writes(Facet{}, Field(2), ZoesDot(2), words);
  const char* const new_words = delta.cells[0].siblings[0].value.data();
  JoinInto(into, std::move(delta), nullptr);
  EXPECT_EQ(into.cells[0].siblings[0].value.data(), where);
  EXPECT_EQ(into.cells[1].siblings[0].value.data(), new_words);
}

TEST(FacetTest, TheReportSaysWhetherAnythingWasLearned) {
  const Facet held = FieldsOf({1, 2}, ZoesDot(1));
  Facet stamped = held;
  Stamp(stamped, ZoesDot(1), 9);
  Facet phase;
  phase.cells.push_back(Cell{Path::Field(1, Kind::kPhase), {}, {}, {false, 1, 4}, 0});
  const struct {
    const char* what;
    Facet into, from;
    bool changed;
  } cases[] = {
      {"the same again", held, held, false},
      {"nothing", held, Facet{}, false},
      {"a part of it", held, FieldsOf({2}, ZoesDot(1)), false},
      {"into nothing", Facet{}, held, true},
      {"a new cell", held, FieldsOf({3}, ZoesDot(1)), true},
      {"a new value", held, Writes(held, Field(1), AmysDot(1), "x"), true},
      {"a replaced value", Joined(held, Writes(held, Field(1), AmysDot(1), "x")), held, false},
      {"a removal", held, Removes(held, Field(1), AmysDot(1)), true},
      {"a removal of nothing", held, Removes(Facet{}, Field(1), AmysDot(1)), true},
      {"a stamp", held, stamped, true},
      {"no stamp", stamped, held, false},
      {"a phase", held, phase, true},
      {"the phase again", phase, phase, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    JoinReport report;
    EXPECT_EQ(Join(c.into, c.from, &report) != c.into, c.changed);
    EXPECT_EQ(report.changed, c.changed);
  }
}

TEST(FacetTest, AStampIsTheServersWhateverTheBytesBroughtAlong) {
  Facet facet = Joined(FieldsOf({1, 2}, ZoesDot(1)), FieldsOf({3}, ZoesDot(2)));
  facet.cells[0].siblings[0].stamp = ~std::uint64_t{0};
  Stamp(facet, ZoesDot(1), 5);
  EXPECT_EQ(facet.cells[0].siblings[0].stamp, 5u);
  EXPECT_EQ(facet.cells[1].siblings[0].stamp, 5u);
  EXPECT_EQ(facet.cells[2].siblings[0].stamp, 0u);
}

TEST(FacetTest, AnAuthorIsTheSessionsWhateverTheBytesBroughtAlong) {
  Facet facet = Joined(FieldsOf({1}, ZoesDot(1)), FieldsOf({2}, ZoesDot(2)));
  Attribute(facet, ZoesDot(1), Amy());
  EXPECT_EQ(facet.cells[0].siblings[0].author, Amy());
  EXPECT_EQ(facet.cells[1].siblings[0].author, Zoe());
}

TEST(FacetTest, AJoinThatOutgrowsALimitIsNamed) {
  const Limits limits{1000, 2, 4, 2, 2};
  EXPECT_FALSE(OverLimit(FieldsOf({1, 2}, ZoesDot(1)), limits).has_value());
  const auto writers = [](int count) {
    Facet facet;
    for (int i = 1; i <= count; ++i) {
      const Dot dot{static_cast<std::uint64_t>(i), 1};
      JoinInto(facet, Writes(Facet{}, Field(1), dot, "v"), nullptr);
    }
    return facet;
  };
  EXPECT_FALSE(OverLimit(writers(2), limits).has_value());
  const struct {
    const char* what;
    Facet facet;
  } cases[] = {
      {"cell count", FieldsOf({1, 2, 3}, ZoesDot(1))},
      {"value length", Writes(Facet{}, Field(1), ZoesDot(1), "12345")},
      {"context size", Joined(writers(3), Removes(writers(3), Field(1), {1, 2}))},
      {"sibling count", writers(3)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Limits one = limits;
    if (std::string(c.what) == "sibling count") one.context_replicas = 9;
    const auto over = OverLimit(c.facet, one);
    ASSERT_TRUE(over.has_value());
    EXPECT_STREQ(over->what, c.what);
    EXPECT_TRUE(over->over_limit);
  }
}

}  // namespace
}  // namespace halfterm::core
