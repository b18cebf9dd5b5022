// What a governor can work out from frozen figures. Random schools are frozen and corrected for a
// while: visits come in late, are withdrawn, go back to what they were, teachers join, leave and
// move. The attacker keeps every page and takes figures from each other in every way that there is:
// it has won when some combination of them is about one to four teachers. Each rule is then taken
// away once, and the attacker must win, or the rule is not needed, or the attacker is not as good
// as it should be.

#include "storage/aggregates/disclosure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "tests/support/seed.h"
#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::BytesOf;
using testing::IdNumber;

constexpr uint64_t kPrime = 1'000'000'007;

uint64_t Power(uint64_t base, uint64_t exponent) {
  uint64_t power = 1;
  for (; exponent > 0; exponent >>= 1, base = base * base % kPrime) {
    if (exponent & 1) power = power * base % kPrime;
  }
  return power;
}

using Matrix = std::vector<std::vector<uint64_t>>;

size_t RankOf(Matrix rows) {
  size_t rank = 0;
  const size_t columns = rows.empty() ? 0 : rows.front().size();
  for (size_t column = 0; column < columns && rank < rows.size(); ++column) {
    size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    const uint64_t inverse = Power(rows[rank][column], kPrime - 2);
    for (size_t row = 0; row < rows.size(); ++row) {
      if (row == rank || rows[row][column] == 0) continue;
      const uint64_t factor = rows[row][column] * inverse % kPrime;
      for (size_t i = column; i < columns; ++i) {
        rows[row][i] = (rows[row][i] + (kPrime - factor) * rows[rank][i]) % kPrime;
      }
    }
    ++rank;
  }
  return rank;
}

// What is added up in a figure: whether a teacher is there, the weight, the value.
enum Part { kPresence, kWeight, kValue, kParts };

// One unknown: a teacher's number of one part, as it stood at some time.
struct Unknown {
  std::string teacher;
  int64_t number;
  bool operator<(const Unknown& other) const {
    return std::pair(teacher, number) < std::pair(other.teacher, other.number);
  }
};

// Every page of one table that was ever shown.
class Attacker {
 public:
  // `insider`: a department that the reader knows all about; empty: none.
  explicit Attacker(uint32_t enough, std::string insider = "")
      : enough_(enough), insider_(std::move(insider)) {}

  void Read(const disk::FrozenAttribute& table) {
    const disk::FrozenVersion& version = table.versions(table.versions_size() - 1);
    for (const disk::FrozenMark& mark : table.departments()) {
      if (mark.shown()) Add(SharesOf(version, *Id16::FromBytes(mark.department())));
    }
    if (table.total_shown()) Add(SharesOf(version));
  }

  // Whether the sums of some figures, each times some number, are about a few teachers only.
  bool Wins() const {
    for (int part = 0; part < kParts; ++part) {
      if (WinsBy(static_cast<Part>(part))) return true;
    }
    return false;
  }

 private:
  void Add(const Shares& shares) {
    Shares unknown;
    for (const disk::FrozenShare* share : shares) {
      if (share->department() != insider_) unknown.push_back(share);
    }
    for (int part = 0; part < kParts; ++part) {
      std::set<Unknown> figure;
      for (const disk::FrozenShare* share : unknown) {
        figure.insert({share->teacher(), part == kPresence ? 1
                                         : part == kWeight ? static_cast<int64_t>(share->weight())
                                                           : share->values(0)});
      }
      figures_[part].insert(std::move(figure));
    }
  }

  bool WinsBy(Part part) const {
    // By unknown: in which figures it is. Unknowns that look alike are one column.
    std::map<Unknown, std::string> look_of;
    size_t at = 0;
    for (const std::set<Unknown>& figure : figures_[part]) {
      for (const Unknown& unknown : figure) {
        look_of.try_emplace(unknown, std::string(figures_[part].size(), '0')).first->second[at] =
            '1';
      }
      ++at;
    }
    std::map<std::string, std::set<std::string>> columns;     // By look: whose.
    std::map<std::string, std::multiset<std::string>> looks;  // By teacher.
    for (const auto& [unknown, look] : look_of) {
      columns[look].insert(unknown.teacher);
      looks[unknown.teacher].insert(look);
    }
    // Teachers who stand alike in every figure can only be had together.
    std::map<std::multiset<std::string>, std::set<std::string>> classes;
    for (const auto& [teacher, look] : looks) classes[look].insert(teacher);
    std::vector<std::set<std::string>> alike;
    for (auto& [look, teachers] : classes) {
      if (teachers.size() < enough_) alike.push_back(teachers);
    }
    const auto rank_without = [&columns](const std::set<std::string>& few) {
      Matrix rows;
      for (const auto& [look, teachers] : columns) {
        if (std::includes(few.begin(), few.end(), teachers.begin(), teachers.end())) continue;
        std::vector<uint64_t>& row = rows.emplace_back();  // Transposed: the rank is the same.
        for (const char in : look) row.push_back(in == '1' ? 1 : 0);
      }
      return RankOf(std::move(rows));
    };
    const size_t rank = rank_without({});
    // Some of the classes, together fewer teachers than are enough: is there a combination that is
    // about them and nobody else? Then the other columns alone have a smaller rank.
    const std::function<bool(size_t, const std::set<std::string>&)> try_from =
        [&](size_t from, const std::set<std::string>& few) {
          if (!few.empty() && rank_without(few) < rank) return true;
          for (size_t next = from; next < alike.size(); ++next) {
            std::set<std::string> more = few;
            more.insert(alike[next].begin(), alike[next].end());
            if (more.size() < enough_ && try_from(next + 1, more)) return true;
          }
          return false;
        };
    return try_from(0, {});
  }

  const uint32_t enough_;
  const std::string insider_;
  std::set<std::set<Unknown>> figures_[kParts];
};

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

// Subtracting is not the only way: a figure may say what one teacher was given although it is about
// many. What somebody learns who only reads.
struct Guessed {
  size_t one_level = 0;   // Everybody in it was given the same.
  size_t mostly_one = 0;  // It is one teacher's within 60 % of the scale: over 40 % are theirs.
  size_t too_few = 0;     // So few lessons that one more or less shows which it was.
  size_t shown = 0;
};

void GuessFrom(const Shares& shares, Guessed& guessed) {
  if (shares.empty()) return;
  uint64_t lessons = 0, most = 0;
  bool same = true;
  for (const disk::FrozenShare* share : shares) {
    lessons += share->weight();
    most = std::max<uint64_t>(most, share->weight());
    same = same && share->level() == shares.front()->level();
  }
  ++guessed.shown;
  guessed.one_level += same ? 1 : 0;
  guessed.mostly_one += most * 100 > lessons * 40 ? 1 : 0;
  guessed.too_few += lessons < 10 ? 1 : 0;
}

// Of every figure on the page, and of what is left of the total.
void GuessFrom(const disk::FrozenAttribute& table, Guessed& guessed) {
  const disk::FrozenVersion& version = table.versions(table.versions_size() - 1);
  std::set<std::string> shown;
  for (const disk::FrozenMark& mark : table.departments()) {
    if (!mark.shown()) continue;
    shown.insert(mark.department());
    GuessFrom(SharesOf(version, *Id16::FromBytes(mark.department())), guessed);
  }
  Shares left;
  for (const disk::FrozenShare& share : version.shares()) {
    if (shown.count(share.department()) == 0) left.push_back(&share);
  }
  if (!table.total_shown()) return;
  GuessFrom(SharesOf(version), guessed);
  GuessFrom(left, guessed);
}

// Departments that are large enough, of which some are all alike, one teacher's, or hardly seen.
disk::FrozenVersion LopsidedSchool(std::mt19937_64& random) {
  disk::FrozenVersion version;
  uint8_t next = 1;
  const size_t departments = 2 + random() % 4;
  for (size_t d = 0; d < departments; ++d) {
    const size_t teachers = 5 + random() % 5;
    const size_t lopsided = random() % 5;
    const auto level = static_cast<uint32_t>(1 + random() % 4);
    for (size_t t = 0; t < teachers; ++t) {
      disk::FrozenShare& share = *version.add_shares();
      share.set_teacher(BytesOf(IdNumber(next++)));
      share.set_department(BytesOf(IdNumber(static_cast<uint8_t>(200 + d))));
      share.set_level(lopsided == 0 ? level : static_cast<uint32_t>(1 + random() % 4));
      share.set_weight(lopsided == 1 ? 1 : lopsided == 2 && t == 0 ? 20 : 2 + random() % 3);
      share.add_values(static_cast<int64_t>(share.level()) * 1'000'000);
    }
  }
  return version;
}

Guessed GuessAt(const DisclosureRules& rules, int schools, uint64_t seed) {
  std::mt19937_64 random(seed);
  Guessed guessed;
  for (int i = 0; i < schools; ++i) {
    disk::FrozenAttribute table;
    table.set_key(std::string(1, static_cast<char>(TableKind::kLevels)));
    *table.add_versions() = LopsidedSchool(random);
    Suppress(table, rules);
    if (!ShowsAnything(table)) continue;
    GuessFrom(table, guessed);
    // A correction of everybody's part, which may replace what was shown.
    disk::FrozenVersion now = LopsidedSchool(random);
    if (Replace(table, std::move(now), rules) == Replacement::kReplaced) GuessFrom(table, guessed);
  }
  return guessed;
}

TEST(DisclosureTest, Z10NobodyGuessesFromAFigureWhatOneTeacherWasGiven) {
  const uint64_t seed = testing::TestSeed();
  const Guessed guessed = GuessAt(DisclosureRules{}, 400, seed);
  EXPECT_EQ(guessed.one_level, 0u) << "seed " << seed;
  EXPECT_EQ(guessed.mostly_one, 0u) << "seed " << seed;
  EXPECT_EQ(guessed.too_few, 0u) << "seed " << seed;
  EXPECT_GT(guessed.shown, 200u) << "nothing shown would also do; seed " << seed;
  std::printf("%zu figures shown, none says what one teacher was given\n", guessed.shown);
}

TEST(DisclosureTest, WithoutTenLessonsFortyPerCentOrOneLevelTheGuesserLearns) {
  const uint64_t seed = testing::TestSeed();
  const struct {
    const char* without;
    std::function<void(DisclosureRules&)> weaken;
    size_t Guessed::*learnt;
  } cases[] = {
      {"ten lessons", [](DisclosureRules& r) { r.min_weight = 1; }, &Guessed::too_few},
      {"forty per cent", [](DisclosureRules& r) { r.max_percent_of_one = 100; },
       &Guessed::mostly_one},
      {"one level", [](DisclosureRules& r) { r.hide_one_level = false; }, &Guessed::one_level},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.without);
    DisclosureRules rules;
    c.weaken(rules);
    const Guessed guessed = GuessAt(rules, 400, seed);
    EXPECT_GT(guessed.*c.learnt, 0u) << "seed " << seed;
    std::printf("without %s: %zu of %zu figures give somebody away\n", c.without, guessed.*c.learnt,
                guessed.shown);
  }
}

// ---- by hand
// -------------------------------------------------------------------------------------

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
