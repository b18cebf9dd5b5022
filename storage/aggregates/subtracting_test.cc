// What a governor can work out from frozen figures. Random schools are frozen and corrected for a
// while: visits come in late, are withdrawn, go back to what they were, teachers join, leave and
// move. The attacker keeps every page and takes figures from each other in every way that there is:
// it has won when some combination of them is about one to four teachers. Each rule is then taken
// away once, and the attacker must win, or the rule is not needed, or the attacker is not as good
// as it should be.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/aggregates/attacker.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using testing::IdNumber;

// A school's table, changing.
class ChangingSchool {
 public:
  ChangingSchool(TableKind kind, std::mt19937_64& random) : kind_(kind), random_(random) {
    const size_t departments = 2 + random() % 5;
    for (size_t d = 0; d < departments; ++d) {
      // Small ones more often than in a real school: they are what the rules are about.
      const size_t teachers = 1 + random() % (random() % 2 == 0 ? 6 : 12);
      for (size_t t = 0; t < teachers; ++t) AddTeacher(d);
    }
    department_count_ = departments;
  }

  disk::FrozenVersion Now() const {
    disk::FrozenVersion version;
    for (const auto& [teacher, share] : shares_) *version.add_shares() = share;
    return version;
  }

  void Change() {
    earlier_.push_back(shares_);
    switch (random_() % 8) {
      case 0:
        AddTeacher(random_() % department_count_);
        break;
      case 1:
        if (shares_.size() > 1) shares_.erase(Anybody());
        break;
      case 2:  // Moves to another department.
        Anybody()->second.set_department(
            BytesOf(IdNumber(static_cast<uint8_t>(200 + random_() % department_count_))));
        break;
      case 3:  // Goes back to what was shown before.
        shares_ = earlier_[random_() % earlier_.size()];
        break;
      default: {  // Late arrivals and withdrawals: of a few, or of many.
        const size_t many = random_() % 3 == 0 ? 1 + random_() % 4 : 5 + random_() % 20;
        for (size_t i = 0; i < many; ++i) {
          disk::FrozenShare& share = Anybody()->second;
          if (random_() % 2 == 0) share.set_weight(Weight());
          share.set_values(0, Value());
          share.set_level(Level());
        }
      }
    }
  }

  std::set<std::string> Departments() const {
    std::set<std::string> all;
    for (const auto& [teacher, share] : shares_) all.insert(share.department());
    return all;
  }

 private:
  using ByTeacher = std::map<std::string, disk::FrozenShare>;

  void AddTeacher(size_t department) {
    disk::FrozenShare share;
    share.set_teacher(BytesOf(IdNumber(next_++)));
    share.set_department(BytesOf(IdNumber(static_cast<uint8_t>(200 + department))));
    share.set_weight(Weight());
    share.add_values(Value());
    share.set_level(Level());
    shares_[share.teacher()] = std::move(share);
  }
  ByTeacher::iterator Anybody() {
    return std::next(shares_.begin(), static_cast<int64_t>(random_() % shares_.size()));
  }
  uint64_t Weight() { return kind_ == TableKind::kCoverage ? 1 : 1 + random_() % 4; }
  int64_t Value() {
    return kind_ == TableKind::kCoverage ? static_cast<int64_t>(random_() % 2)
                                         : static_cast<int64_t>(random_() % 4'000'000);
  }
  uint32_t Level() { return static_cast<uint32_t>(1 + random_() % 4); }

  const TableKind kind_;
  std::mt19937_64& random_;
  uint8_t next_ = 1;
  size_t department_count_ = 0;
  ByTeacher shares_;
  std::vector<ByTeacher> earlier_;
};

struct Attacked {
  size_t won = 0, won_as_insider = 0, shown = 0, replaced = 0, withheld = 0;
};

// Freezes and corrects one table as the freeze job does, with the attacker looking on.
void AttackOne(TableKind kind, const DisclosureRules& rules, int rounds, std::mt19937_64& random,
               Attacked& result) {
  ChangingSchool school(kind, random);
  disk::FrozenAttribute table;
  table.set_key(std::string(1, static_cast<char>(kind)));
  Attacker governor(5);
  std::map<std::string, Attacker> insiders;
  for (const std::string& department : school.Departments()) {
    insiders.emplace(department, Attacker(5, department));
  }
  for (int round = 0; round < rounds; ++round) {
    if (!ShowsAnything(table)) {
      table.clear_versions();
      *table.add_versions() = school.Now();
      Suppress(table, rules);
      result.shown += ShowsAnything(table) ? 1 : 0;
    } else {
      const Replacement replacement = Replace(table, school.Now(), rules);
      result.replaced += replacement == Replacement::kReplaced ? 1 : 0;
      result.withheld += replacement == Replacement::kWithheld ? 1 : 0;
    }
    if (ShowsAnything(table)) {
      governor.Read(table);
      for (auto& [department, insider] : insiders) insider.Read(table);
    }
    school.Change();
  }
  result.won += governor.Wins() ? 1 : 0;
  // A head knows their department: at least five others must remain, or nobody.
  result.won_as_insider +=
      std::any_of(insiders.begin(), insiders.end(),
                  [&table](const auto& insider) {
                    const bool is_hidden =
                        std::any_of(table.departments().begin(), table.departments().end(),
                                    [&](const auto& mark) {
                                      return !mark.shown() && mark.department() == insider.first;
                                    });
                    return is_hidden && insider.second.Wins();
                  })
          ? 1
          : 0;
}

Attacked Attack(const DisclosureRules& rules, int schools, int rounds, uint64_t seed) {
  std::mt19937_64 random(seed);
  Attacked result;
  for (int i = 0; i < schools; ++i) {
    AttackOne(i % 3 == 0 ? TableKind::kCoverage : TableKind::kLevels, rules, rounds, random,
              result);
  }
  return result;
}

constexpr int kSchools = 240;
constexpr int kRounds = 10;

TEST(DisclosureTest, Z10NobodySubtractsTheirWayToFewerThanFiveTeachers) {
  const uint64_t seed = testing::TestSeed();
  const Attacked attacked = Attack(DisclosureRules{}, kSchools, kRounds, seed);
  std::printf("%d schools, %d half-terms each: %zu tables shown, %zu replaced, %zu withheld\n",
              kSchools, kRounds, attacked.shown, attacked.replaced, attacked.withheld);
  EXPECT_EQ(attacked.won, 0u) << "seed " << seed;
  EXPECT_EQ(attacked.won_as_insider, 0u) << "seed " << seed;
  // All of it would also hold if nothing were ever shown.
  EXPECT_GT(attacked.shown, static_cast<size_t>(kSchools) / 2);
  EXPECT_GT(attacked.replaced, static_cast<size_t>(kSchools) / 10);
  EXPECT_GT(attacked.withheld, static_cast<size_t>(kSchools) / 10);
}

TEST(DisclosureTest, WithoutAnyOneOfTheRulesTheAttackerWins) {
  const uint64_t seed = testing::TestSeed();
  const struct {
    const char* without;
    std::function<void(DisclosureRules&)> weaken;
    bool as_insider;
  } cases[] = {
      {"five teachers", [](DisclosureRules& r) { r.min_teachers = 4; }, false},
      {"a look at what is left of the total",
       [](DisclosureRules& r) { r.look_at_what_is_left = false; }, false},
      {"a look at what insiders know", [](DisclosureRules& r) { r.look_at_insiders = false; },
       true},
      {"five changed", [](DisclosureRules& r) { r.min_changed = 4; }, false},
      {"the same departments in each version", [](DisclosureRules& r) { r.keep_units = false; },
       false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.without);
    DisclosureRules rules;
    c.weaken(rules);
    const Attacked attacked = Attack(rules, kSchools / 4, kRounds, seed);
    EXPECT_GT(c.as_insider ? attacked.won_as_insider : attacked.won, 0u) << "seed " << seed;
    std::printf("without %s: %zu of %d schools lost\n", c.without,
                c.as_insider ? attacked.won_as_insider : attacked.won, kSchools / 4);
  }
}

}  // namespace
}  // namespace halfterm::storage
