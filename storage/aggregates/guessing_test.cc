// Subtracting is not the only way: a figure may say what one teacher was given although it is about
// many. What somebody learns who only reads.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "storage/aggregates/disclosure.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::BytesOf;
using testing::IdNumber;

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

}  // namespace
}  // namespace halfterm::storage
