// The order in which schools are looked after.
#include "service/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sync/directory.h"

namespace halfterm::service {
namespace {

using storage::Tenant;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

class UpkeepRoundTest : public ::testing::Test {
 protected:
  void BeginSchools(uint32_t first, uint32_t count) {
    for (uint32_t handle = first; handle < first + count; ++handle) {
      schools_.Put(Tenant(handle), "school" + std::to_string(handle), nullptr);
    }
  }
  // Asks every half second of so long a time; notes who was looked after, and how many at once.
  void Run(int64_t ms) {
    for (const int64_t end_ms = now_ms_ + ms; now_ms_ < end_ms; now_ms_ += 500) {
      const std::vector<Tenant> part = round_.Next(now_ms_);
      if (part.empty()) continue;
      parts_.push_back(part.size());
      for (const Tenant school : part) ++looked_[school.handle()];
    }
  }
  // How often each school was looked after since the last time.
  std::vector<int> Looked() {
    std::vector<int> times;
    for (const auto& [school, count] : looked_) times.push_back(count);
    looked_.clear();
    return times;
  }

  storage::Directories schools_;
  UpkeepRound round_{schools_};
  int64_t now_ms_ = 1'000'000;
  std::map<uint32_t, int> looked_;
  std::vector<size_t> parts_;
};

TEST_F(UpkeepRoundTest, EachOfFewSchoolsIsLookedAfterOnceAMinute) {
  BeginSchools(1, 3);
  Run(60'000);
  EXPECT_EQ(Looked(), std::vector<int>(3, 1));
  EXPECT_THAT(parts_, SizeIs(1));
  Run(10 * 60'000);
  EXPECT_EQ(Looked(), std::vector<int>(3, 10));
}

TEST_F(UpkeepRoundTest, ManyAreLookedAfterInPartsOneASecond) {
  BeginSchools(1, 900);
  Run(60'000);
  EXPECT_EQ(Looked(), std::vector<int>(900, 1));
  EXPECT_THAT(parts_, Each(Le(UpkeepRound::kAtOnce)));
  EXPECT_GE(parts_.size(), 900 / UpkeepRound::kAtOnce);
}

TEST_F(UpkeepRoundTest, TenThousandTakeFiveMinutes) {
  BeginSchools(1, 10'000);
  constexpr size_t kAtOnce = 34, kParts = 295;
  Run(kParts * UpkeepRound::kPartMs);
  EXPECT_EQ(Looked(), std::vector<int>(10'000, 1));
  EXPECT_THAT(parts_, SizeIs(kParts));
  EXPECT_THAT(parts_, Each(Le(kAtOnce)));
  EXPECT_LE(kParts, UpkeepRound::kPartsAtMost);
}

TEST_F(UpkeepRoundTest, SchoolsThatBeginMeanwhileComeAtTheEndOfTheRound) {
  BeginSchools(1, 40);
  Run(1'000);
  BeginSchools(41, 10);
  Run(59'000);
  EXPECT_EQ(Looked(), std::vector<int>(50, 1));
}

TEST_F(UpkeepRoundTest, WhatIsNotUrgentIsDoneAtTheStartAndOnceAnHour) {
  BeginSchools(1, 40);
  EXPECT_FALSE(round_.Next(now_ms_).empty());
  EXPECT_TRUE(round_.is_thorough());
  std::map<bool, size_t> looked = {{true, UpkeepRound::kAtOnce}};
  for (const int64_t end_ms = now_ms_ + 2 * UpkeepRound::kThoroughMs; now_ms_ < end_ms;
       now_ms_ += 500) {
    const std::vector<Tenant> part = round_.Next(now_ms_);
    looked[round_.is_thorough()] += part.size();
  }
  EXPECT_EQ(looked[true], 2 * 40u);
  EXPECT_EQ(looked[false], (120 - 2) * 40u);
}

TEST_F(UpkeepRoundTest, WithoutSchoolsThereIsNothingToDo) {
  Run(120'000);
  EXPECT_THAT(parts_, IsEmpty());
  BeginSchools(5, 1);
  Run(60'000);
  EXPECT_EQ(Looked(), std::vector<int>(1, 1));
}

}  // namespace
}  // namespace halfterm::service
