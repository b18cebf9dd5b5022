// What is shown of a table, and which correction replaces it, by tables made by hand. What somebody
// works out from many of them is shown in subtracting_test.cc and guessing_test.cc.

#include "storage/aggregates/disclosure.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "storage/aggregates/attacker.h"
#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using testing::IdNumber;

class TableOf {
 public:
  explicit TableOf(TableKind kind = TableKind::kLevels) {
    table_.set_key(std::string(1, static_cast<char>(kind)));
    table_.add_versions();
  }
  TableOf& Add(uint8_t department, size_t teachers, uint64_t weight = 2) {
    for (size_t i = 0; i < teachers; ++i) {
      disk::FrozenShare& share = *table_.mutable_versions(0)->add_shares();
      share.set_teacher(BytesOf(IdNumber(next_++)));
      share.set_department(BytesOf(IdNumber(department)));
      share.set_weight(weight);
      share.add_values(2'000'000 + next_);
      share.set_level(1 + next_ % 4u);
    }
    return *this;
  }
  disk::FrozenShare& Share(int at) { return *table_.mutable_versions(0)->mutable_shares(at); }
  disk::FrozenAttribute Suppressed() {
    Suppress(table_, {});
    return table_;
  }
  // The departments shown, by their number, and T for the total.
  std::string Shown() {
    std::string shown;
    const disk::FrozenAttribute suppressed = Suppressed();
    for (const disk::FrozenMark& mark : suppressed.departments()) {
      if (mark.shown()) shown += static_cast<char>('0' + mark.department().back());
    }
    return shown + (table_.total_shown() ? "T" : "");
  }

 private:
  disk::FrozenAttribute table_;
  uint8_t next_ = 100;
};

TEST(DisclosureTest, WhatIsShownOfATable) {
  EXPECT_EQ(TableOf().Add(1, 5).Add(2, 7).Shown(), "12T");
  EXPECT_EQ(TableOf().Add(1, 4).Shown(), "");
  EXPECT_EQ(TableOf().Add(1, 5).Add(2, 4).Add(3, 6).Add(4, 8).Shown(), "4T")
      << "the next smallest goes too, and one more for the head of that one";
  EXPECT_EQ(TableOf().Add(1, 4).Add(2, 6).Add(3, 8).Shown(), "23")
      << "nothing would be left beside the total: it goes";
  EXPECT_EQ(TableOf().Add(1, 2).Add(2, 3).Add(3, 6).Add(4, 8).Shown(), "4T")
      << "together five, but the head of either knows one's own";
  EXPECT_EQ(TableOf().Add(1, 3).Add(2, 8).Shown(), "2") << "else the total goes";
  EXPECT_EQ(TableOf().Add(1, 4).Add(2, 4).Add(3, 4).Shown(), "T") << "nothing but the total";
  EXPECT_EQ(TableOf().Add(1, 6, 1).Add(2, 9, 2).Shown(), "2") << "six lessons are too few";
  TableOf one_level;
  one_level.Add(1, 6).Add(2, 8).Add(3, 8);
  for (int i = 0; i < 6; ++i) one_level.Share(i).set_level(2);
  EXPECT_EQ(one_level.Shown(), "3T") << "all six at one level";
  TableOf dominated;
  dominated.Add(1, 6).Add(2, 8).Add(3, 8);
  dominated.Share(0).set_weight(7);
  EXPECT_EQ(dominated.Shown(), "3T") << "seven of seventeen lessons are one teacher's";
  dominated.Share(0).set_weight(6);
  EXPECT_EQ(dominated.Shown(), "123T") << "six of sixteen are not too many";
  EXPECT_EQ(TableOf(TableKind::kCoverage).Add(1, 5, 1).Add(2, 7, 1).Shown(), "12T");
}

TEST(DisclosureTest, ACorrectionWaitsUntilFiveTeachersPartHasChanged) {
  TableOf before;
  before.Add(1, 8).Add(2, 8);
  disk::FrozenAttribute table = before.Suppressed();
  disk::FrozenVersion now = table.versions(0);
  EXPECT_EQ(Replace(table, now, {}), Replacement::kSame);
  for (int changed = 1; changed <= 5; ++changed) {
    now.mutable_shares(changed - 1)->set_values(0, changed);
    disk::FrozenAttribute tried = table;
    EXPECT_EQ(Replace(tried, now, {}),
              changed < 5 ? Replacement::kWithheld : Replacement::kReplaced)
        << changed;
  }
  now.mutable_shares(8)->set_values(0, 1);
  disk::FrozenAttribute tried = table;
  EXPECT_EQ(Replace(tried, now, {}), Replacement::kWithheld) << "five here and one there";
  now = table.versions(0);
  now.mutable_shares(0)->set_department(now.shares(8).department());
  EXPECT_EQ(Replace(tried, now, {}), Replacement::kWithheld) << "one who moved";
}

TEST(DisclosureTest, AThirdReplacementIsNeverMade) {
  disk::FrozenAttribute table = TableOf().Add(1, 8).Add(2, 8).Suppressed();
  for (int round = 1; round <= 3; ++round) {
    disk::FrozenVersion now = table.versions(0);
    for (int i = 0; i < now.shares_size(); ++i) now.mutable_shares(i)->set_values(0, round);
    EXPECT_EQ(Replace(table, now, {}), round < 3 ? Replacement::kReplaced : Replacement::kWithheld);
  }
}

// Four versions, of which any two differ in at least five teachers, and all four together in one.
TEST(DisclosureTest, FourVersionsWouldTellOfOneTeacher) {
  const auto version = [](int64_t first_five, int64_t next_five, int64_t last) {
    disk::FrozenVersion made;
    for (uint8_t i = 0; i < 16; ++i) {
      disk::FrozenShare& share = *made.add_shares();
      share.set_teacher(BytesOf(IdNumber(static_cast<uint8_t>(100 + i))));
      share.set_department(BytesOf(IdNumber(1)));
      share.set_weight(2);
      share.add_values(i < 5 ? first_five : i < 10 ? next_five : i == 10 ? last : 7);
      share.set_level(1 + i % 4u);
    }
    return made;
  };
  for (const size_t max_versions : {DisclosureRules{}.max_versions, size_t{4}}) {
    DisclosureRules rules;
    rules.max_versions = max_versions;
    disk::FrozenAttribute table;
    table.set_key(std::string(1, static_cast<char>(TableKind::kLevels)));
    *table.add_versions() = version(1, 1, 1);
    Suppress(table, rules);
    Attacker governor(5);
    governor.Read(table);
    for (const auto& [first, next, last] :
         {std::tuple(1, 2, 1), std::tuple(2, 2, 1), std::tuple(2, 1, 2)}) {
      Replace(table, version(first, next, last), rules);
      governor.Read(table);
    }
    EXPECT_EQ(governor.Wins(), max_versions > 3) << max_versions << " versions";
  }
}

}  // namespace
}  // namespace halfterm::storage
