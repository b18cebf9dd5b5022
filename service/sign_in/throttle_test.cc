// How many guesses are checked, by the counts that the server uses, and who is not locked out by
// them.
#include "service/sign_in/throttle.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "service/grpc_status.h"
#include "service/sign_in/caller_address.h"
#include "service/sign_in/guess_limits.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"

namespace halfterm::service {
namespace {

using testing::IdNumber;
constexpr storage::Tenant kSchool(1);

// A wrong guess: whether it was checked.
bool Guess(Throttle& throttle, std::vector<Throttle::Bucket> buckets, int64_t now_ms) {
  const auto taken = throttle.Take(std::move(buckets), now_ms);
  if (taken.ok()) (*taken)->Wrong(now_ms);
  return taken.ok();
}

TEST(ThrottleTest, A13_OfAHundredThousandGuessesAtAPassphraseTenAreCheckedInAQuarterOfAnHour) {
  Throttle throttle;
  std::mt19937_64 random(testing::TestSeed());
  size_t checked = 0;
  for (int i = 0; i < 100'000; ++i) {
    // From any of 200 tablets and 1,000 addresses, within fourteen minutes.
    const core::Id16 tablet = IdNumber(static_cast<uint8_t>(random() % 200));
    const std::string address = std::to_string(random() % 1000);
    checked += Guess(throttle, PassphraseBuckets(kSchool, "hana.owen", tablet, false, address),
                     i * 840 / 100);
  }
  EXPECT_EQ(checked, kTriesOfAccount);
  // Hana's own tablet has tries of its own, and so has everybody else.
  EXPECT_TRUE(
      throttle.Take(PassphraseBuckets(kSchool, "hana.owen", IdNumber(250), true, "home"), 840'000)
          .ok());
  EXPECT_TRUE(
      throttle.Take(PassphraseBuckets(kSchool, "tia.green", IdNumber(251), false, "home"), 840'000)
          .ok());
  // A quarter of an hour after the tenth the count begins anew.
  EXPECT_TRUE(Guess(throttle, PassphraseBuckets(kSchool, "hana.owen", IdNumber(252), false, "z"),
                    840'000 + kThrottleMs));
}

TEST(ThrottleTest, A13_AStolenTabletGuessesTenOfItsOwnersAndThirtyInAll) {
  Throttle throttle;
  const core::Id16 stolen = IdNumber(1), own = IdNumber(2);
  size_t owners = 0, all = 0;
  for (int i = 0; i < 1000; ++i) {
    owners += Guess(throttle, PassphraseBuckets(kSchool, "hana.owen", stolen, true, "a"), i);
  }
  EXPECT_EQ(owners, kTriesOfAccount);
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "name" + std::to_string(i % 50);
    all += Guess(throttle, PassphraseBuckets(kSchool, name, stolen, false, "a"), i);
  }
  EXPECT_EQ(owners + all, kTriesOfTablet);
  EXPECT_TRUE(throttle.Take(PassphraseBuckets(kSchool, "hana.owen", own, true, "b"), 1000).ok());
}

TEST(ThrottleTest, NoMadeUpNameUsesUpTheTriesOfSomebodysOwnTablet) {
  Throttle throttle;
  const core::Id16 own = *core::Id16::FromBytes("their own tablet");
  for (const std::string name :
       {"hana.owen/their own tablet", "their own tablethana.owen", "hana.owentheir own tablet"}) {
    for (int i = 0; i < 20; ++i) {
      Guess(throttle,
            PassphraseBuckets(kSchool, name, IdNumber(static_cast<uint8_t>(i)), false, "a"), i);
    }
  }
  EXPECT_TRUE(throttle.Take(PassphraseBuckets(kSchool, "hana.owen", own, true, "b"), 20).ok());
}

TEST(ThrottleTest, OfAHundredThousandGuessesAtACodeThreeHundredAreCheckedInAQuarterOfAnHour) {
  Throttle throttle;
  std::mt19937_64 random(testing::TestSeed());
  size_t checked = 0;
  for (int i = 0; i < 100'000; ++i) {
    checked += Guess(throttle, EnrolBuckets(true, std::to_string(random() % 10'000)), i * 8);
  }
  EXPECT_EQ(checked, kCodesOfAll);
  EXPECT_FALSE(throttle.Take(EnrolBuckets(true, "home"), 800'000).ok());
  EXPECT_TRUE(throttle.Take(EnrolBuckets(false, "home"), 800'000).ok())
      << "the QR code still works: nobody guesses 128 bits";
  Throttle another;
  checked = 0;
  for (int i = 0; i < 1000; ++i) checked += Guess(another, EnrolBuckets(true, "one place"), i);
  EXPECT_EQ(checked, kCodesOfAddress);
}

TEST(ThrottleTest, TriesUnderWayTakeTheirPlaceAndRightOnesGiveItBack) {
  Throttle throttle;
  const std::vector<Throttle::Bucket> buckets = {{"one", 2}};
  {
    const auto first = throttle.Take(buckets, 0), second = throttle.Take(buckets, 0);
    ASSERT_TRUE(first.ok() && second.ok());
    const auto third = throttle.Take(buckets, 0);
    ASSERT_FALSE(third.ok());
    EXPECT_EQ(RetryMs(third.status()), 1000);
  }
  EXPECT_TRUE(Guess(throttle, buckets, 0));
  EXPECT_TRUE(Guess(throttle, buckets, 5000));
  const auto full = throttle.Take(buckets, 6000);
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(RetryMs(full.status()), kThrottleMs - 6000);
  EXPECT_TRUE(throttle.Take(buckets, kThrottleMs).ok());
}

TEST(CallerAddressTest, AProxyIsBelievedOnThisMachineAndOnlyItsOwnWord) {
  const struct {
    const char *peer, *forwarded, *address;
  } cases[] = {
      {"ipv4:192.0.2.7:5060", "", "192.0.2.7"},
      {"ipv4:192.0.2.7:5060", "198.51.100.1", "192.0.2.7"},
      {"ipv4:127.0.0.1:5060", "198.51.100.1", "198.51.100.1"},
      {"ipv4:127.0.0.1:5060", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
      {"ipv4:127.0.0.1:5060", "", "here"},
      {"ipv4:127.0.0.1:5060", "<script>", "here"},
      {"ipv6:[2001:db8:1:2:3:4:5:6]:5060", "", "2001:db8:1:2::"},
      {"ipv6:%5B2001:db8:1:2:3:4:5:6%5D:5060", "", "2001:db8:1:2::"},
      {"ipv6:[::1]:5060", "2001:db8::9", "2001:db8::"},
      {"ipv6:[::ffff:192.0.2.7]:5060", "", "192.0.2.7"},
      {"unix:", "198.51.100.1", "198.51.100.1"},
      {"inproc", "", "here"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(CallerAddress(c.peer, c.forwarded), c.address) << c.peer << " " << c.forwarded;
  }
}

}  // namespace
}  // namespace halfterm::service
