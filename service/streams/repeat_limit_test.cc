// What is sent again is paid from an allowance; what is new is free.

#include "service/streams/repeat_limit.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "service/grpc_status.h"
#include "tests/support/fake_clock.h"

namespace halfterm::service {
namespace {

class RepeatLimitTest : public ::testing::Test {
 protected:
  static storage::Caller CallerOn(uint8_t device) {
    storage::Caller caller{storage::Tenant(1), {}, {}, {}};
    caller.person.bytes[0] = 1;
    caller.device.bytes[0] = device;
    return caller;
  }

  testing::FakeClock clock_;
  RepeatLimit limit_{clock_};
};

TEST_F(RepeatLimitTest, WhatIsNewIsNoRepeat) {
  for (uint64_t seq = 0; seq < 10'000; seq += 100) {
    EXPECT_FALSE(limit_.IsRepeat(CallerOn(1), absl::StrCat(seq), seq));
    limit_.Note(CallerOn(1), seq + 100, 0);
    EXPECT_TRUE(limit_.MayRepeat(CallerOn(1)).ok());
  }
}

TEST_F(RepeatLimitTest, Y15ACursorThatIsWoundBackInALoopRunsOutOfItsAllowance) {
  limit_.Note(CallerOn(1), 100, 0);
  int64_t sent = 0;
  constexpr int64_t kChunk = 256 * 1024;
  while (limit_.MayRepeat(CallerOn(1)).ok() && sent < 100 * kRepeatAllowanceBytes) {
    ASSERT_TRUE(limit_.IsRepeat(CallerOn(1), "old", 99));
    limit_.Note(CallerOn(1), 100, kChunk);
    sent += kChunk;
  }
  EXPECT_GT(sent, kRepeatAllowanceBytes);
  EXPECT_LE(sent, kRepeatAllowanceBytes + 2 * kChunk);
  const absl::Status refused = limit_.MayRepeat(CallerOn(1));
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(RetryMs(refused).has_value());

  EXPECT_TRUE(limit_.MayRepeat(CallerOn(2)).ok()) << "another tablet of the same person";
  clock_.Advance(*RetryMs(refused));
  EXPECT_TRUE(limit_.MayRepeat(CallerOn(1)).ok());
  EXPECT_FALSE(limit_.IsRepeat(CallerOn(1), "new", 100)) << "what comes next was never paid for";
}

TEST_F(RepeatLimitTest, Y15ATabletThatNeverReadsToTheEndRepeatsToo) {
  EXPECT_FALSE(limit_.IsRepeat(CallerOn(1), "", 0));
  EXPECT_TRUE(limit_.IsRepeat(CallerOn(1), "", 0));
  EXPECT_FALSE(limit_.IsRepeat(CallerOn(1), "after the first chunk", 0));
  EXPECT_TRUE(limit_.IsRepeat(CallerOn(1), "", 0));
}

}  // namespace
}  // namespace halfterm::service
