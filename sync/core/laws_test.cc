// The laws of the merge, tried on histories made by chance: L1 to L7, L10 and L11 here, what a
// history comes to as a whole (L8, L9) in outcome_test.cc. Each test is one law.

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "sync/core/codec.h"
#include "tests/support/by_chance.h"

namespace halfterm::core {
namespace {

using halfterm::testing::Below;
using halfterm::testing::ForCases;
using halfterm::testing::History;
using halfterm::testing::Random;
using halfterm::testing::RandomCopy;
using halfterm::testing::RandomValue;
using halfterm::testing::SameBytes;

constexpr std::size_t kCases = 100'000;  // Of each law.

class LawsTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { halfterm::testing::PrintCasesTried(); }
};

Facet Joined(const Facet& a, const Facet& b) { return Join(a, b, nullptr); }

const Sibling* SiblingOf(const Cell* cell, const Dot& dot) {
  if (cell == nullptr) return nullptr;
  for (const Sibling& sibling : cell->siblings) {
    if (sibling.dot == dot) return &sibling;
  }
  return nullptr;
}

bool IsUnknown(const Path& path) {
  const auto kind = static_cast<std::uint8_t>(path.kind());
  return kind == 0 || kind > static_cast<std::uint8_t>(Kind::kText2);
}

TEST_F(LawsTest, L1TheOrderOfTwoCopiesDoesNotMatter) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    ASSERT_TRUE(SameBytes(Joined(a, b), Joined(b, a)));
  });
}

TEST_F(LawsTest, L2TheGroupingOfThreeCopiesDoesNotMatter) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history),
                c = RandomCopy(random, history);
    ASSERT_TRUE(SameBytes(Joined(Joined(a, b), c), Joined(a, Joined(b, c))));
  });
}

TEST_F(LawsTest, L3ACopyThatComesAgainChangesNothing) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    JoinReport report;
    ASSERT_TRUE(SameBytes(Join(a, a, &report), a));
    const Facet both = Joined(a, b);
    ASSERT_TRUE(SameBytes(Join(both, b, &report), both));
    ASSERT_FALSE(report.changed);
    Join(a, b, &report);
    ASSERT_EQ(report.changed, Encode(both) != Encode(a));
    ASSERT_TRUE(report.equivocal.empty());
    ASSERT_TRUE(report.restamped.empty());
  });
}

TEST_F(LawsTest, L4AContextOnlyGrows) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    const Facet both = Joined(a, b);
    for (const Facet* before : {&a, &b}) {
      for (const Cell& cell : before->cells) {
        const Cell* after = both.Find(cell.path);
        ASSERT_NE(after, nullptr);
        for (const Dot& dot : cell.seen) ASSERT_TRUE(Covers(*after, dot));
        ASSERT_FALSE(after->phase < cell.phase);
        ASSERT_GE(after->maxi, cell.maxi);
      }
    }
  });
}

TEST_F(LawsTest, L5EverySiblingIsCoveredByItsContext) {
  ForCases(kCases, [](Random& random, const History& history) {
    for (const Cell& cell :
         Joined(RandomCopy(random, history), RandomCopy(random, history)).cells) {
      for (const Sibling& sibling : cell.siblings) ASSERT_TRUE(Covers(cell, sibling.dot));
    }
  });
}

TEST_F(LawsTest, L6EncodingAndJoiningMayChangePlaces) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    const Result<Facet> a_read = Decode(Encode(a), kFacetLimits);
    const Result<Facet> b_read = Decode(Encode(b), kFacetLimits);
    ASSERT_TRUE(a_read.ok()) << a_read.reason();
    ASSERT_TRUE(b_read.ok()) << b_read.reason();
    ASSERT_TRUE(*a_read == a);
    ASSERT_TRUE(*b_read == b);
    ASSERT_TRUE(SameBytes(Joined(*a_read, *b_read), Joined(a, b)));
    ASSERT_EQ(Encode(a) == Encode(b), a == b);
  });
}

TEST_F(LawsTest, L7ASiblingGoesOnlyIfSomebodyWhoHadSeenItReplacedItAndNoneComesFromNowhere) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    const Facet both = Joined(a, b);
    const auto expect_kept = [&both](const Facet& mine, const Facet& theirs) {
      for (const Cell& cell : mine.cells) {
        const Cell* other = theirs.Find(cell.path);
        for (const Sibling& sibling : cell.siblings) {
          const Sibling* kept = SiblingOf(both.Find(cell.path), sibling.dot);
          const bool replaced = other != nullptr && Covers(*other, sibling.dot) &&
                                SiblingOf(other, sibling.dot) == nullptr;
          ASSERT_EQ(kept == nullptr, replaced);
          if (kept == nullptr) continue;
          ASSERT_EQ(kept->value, sibling.value);
          ASSERT_EQ(kept->author, sibling.author);
          ASSERT_GE(kept->stamp, sibling.stamp);
        }
      }
    };
    expect_kept(a, b);
    expect_kept(b, a);
    for (const Cell& cell : both.cells) {
      for (const Sibling& sibling : cell.siblings) {
        ASSERT_TRUE(SiblingOf(a.Find(cell.path), sibling.dot) != nullptr ||
                    SiblingOf(b.Find(cell.path), sibling.dot) != nullptr);
      }
    }
  });
}

TEST_F(LawsTest, L10WhatABuildDoesNotKnowIsMergedLikeARegisterAndCarriedBitForBit) {
  const auto as_register = [](Cell cell) {
    cell.path = Path::Field(1, Kind::kReg);
    return cell;
  };
  ForCases(kCases, [&](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), b = RandomCopy(random, history);
    const Facet both = Joined(a, b);
    for (const Cell& cell : a.cells) {
      if (!IsUnknown(cell.path)) continue;
      const Cell* other = b.Find(cell.path);
      const Cell& after = *both.Find(cell.path);
      if (other == nullptr) {
        ASSERT_TRUE(SameBytes(Facet{{cell}}, Facet{{after}}));
      } else {
        ASSERT_TRUE(as_register(after) == Join(as_register(cell), as_register(*other), nullptr));
      }
    }
  });
}

TEST_F(LawsTest, L11EqualValuesOfTwoWritersStayTwoAndAreShownOnce) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet held = RandomCopy(random, history);
    const Path path = Path::Field(8, Kind::kReg);
    const std::string value = RandomValue(random);
    const Dot dots[] = {{random(), 1}, {random(), 1}};
    Facet both = held;
    for (const Dot& dot : dots) {
      JoinInto(both, Facet{{Written(held, path, dot, Id16{}, value)}}, nullptr);
    }
    const Cell& cell = *both.Find(path);
    ASSERT_NE(SiblingOf(&cell, dots[0]), nullptr);
    ASSERT_NE(SiblingOf(&cell, dots[1]), nullptr);
    const auto shown = Shown(cell);
    ASSERT_EQ(std::count_if(shown.begin(), shown.end(),
                            [&](const Sibling* sibling) { return sibling->value == value; }),
              1);

    // Who saw one of the two replaces that one only.
    Facet one = held;
    JoinInto(one, Facet{{Written(held, path, dots[0], Id16{}, value)}}, nullptr);
    JoinInto(both, Facet{{Written(one, path, {random(), 1}, Id16{}, value + "!")}}, nullptr);
    ASSERT_EQ(SiblingOf(both.Find(path), dots[0]), nullptr);
    ASSERT_NE(SiblingOf(both.Find(path), dots[1]), nullptr);
  });
}

// A replica id that was used twice breaks L7 for the lesser value, and must break nothing else.
TEST_F(LawsTest, OneDotForTwoWritesIsReportedAndCopiesStillConverge) {
  ForCases(kCases, [](Random& random, const History& history) {
    const Facet a = RandomCopy(random, history), c = RandomCopy(random, history);
    Facet b = RandomCopy(random, history);
    std::vector<Dot> doubled;
    for (Cell& cell : b.cells) {
      for (Sibling& sibling : cell.siblings) {
        if (Below(random, 2) == 0) sibling.stamp = Below(random, 3);
        if (Below(random, 2) == 0) continue;
        sibling.value = RandomValue(random);
        if (Below(random, 4) == 0) sibling.author.bytes[0] ^= 1;
        const Sibling* other = SiblingOf(a.Find(cell.path), sibling.dot);
        if (other != nullptr &&
            (other->value != sibling.value || other->author != sibling.author)) {
          doubled.push_back(sibling.dot);
        }
      }
    }
    JoinReport report;
    const Facet both = Join(a, b, &report);
    ASSERT_EQ(report.equivocal, doubled);
    ASSERT_TRUE(SameBytes(both, Joined(b, a)));
    ASSERT_TRUE(SameBytes(Joined(both, c), Joined(a, Joined(b, c))));
    ASSERT_TRUE(SameBytes(Joined(both, b), both));
    for (const Cell& cell : both.cells) {
      for (const Sibling& sibling : cell.siblings) {
        for (const Facet* copy : std::initializer_list<const Facet*>{&a, &b}) {
          const Sibling* before = SiblingOf(copy->Find(cell.path), sibling.dot);
          if (before == nullptr) continue;
          ASSERT_GE(std::make_pair(sibling.author.view(), std::string_view(sibling.value)),
                    std::make_pair(before->author.view(), std::string_view(before->value)));
        }
      }
    }
  });
}

}  // namespace
}  // namespace halfterm::core
