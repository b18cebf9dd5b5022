// How many guesses are checked, by the counts that the server uses, and who is not locked out by
// them. The counts are the store's: here each guess asks one of three servers of it, which remember
// nothing.
#include "service/sign_in/throttle.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "service/grpc_status.h"
#include "service/sign_in/caller_address.h"
#include "service/sign_in/guess_limits.h"
#include "storage/commit/commit_batch.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_engine.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::service {
namespace {

using testing::IdNumber;
constexpr storage::Tenant kSchool(1);

// A store, and servers that decide about guesses by it.
class GuessLimitsTest : public ::testing::Test {
 protected:
  static constexpr int64_t kBeginMs = testing::FakeClock::kFirstMorningMs;

  GuessLimitsTest() {
    for (int i = 0; i < 3; ++i) servers_.push_back(std::make_unique<Server>(*this));
  }

  // A wrong guess after so long, at any of the servers: whether it was checked.
  bool Guess(const storage::GuessBuckets& buckets, int64_t after_ms) {
    clock_.SetWall(kBeginMs + after_ms);
    return servers_[random_() % servers_.size()]->Guess(buckets);
  }
  absl::Status May(const storage::GuessBuckets& buckets, int64_t after_ms) {
    return storage::MayGuess(storage::AnyFromEngine(*engine_), keys_, buckets, kBeginMs + after_ms);
  }

  struct Server {
    explicit Server(GuessLimitsTest& of)
        : test(of), context{*of.engine_, of.clock_,
                            directories, sessions,
                            changes,     secrets,
                            epochs,      [](size_t) { return std::string(); }} {}

    bool Guess(const storage::GuessBuckets& buckets) {
      const absl::Status may = storage::MayGuess(storage::AnyFromEngine(*test.engine_), test.keys_,
                                                 buckets, test.clock_.NowMs());
      if (!may.ok()) {
        EXPECT_TRUE(RetryMs(may).value_or(0) > 0) << may;
        return false;
      }
      storage::RollupCache rollups;
      storage::Batch batch(context, rollups);
      EXPECT_TRUE(storage::CountGuess(batch, test.keys_, buckets).ok());
      EXPECT_TRUE(storage::CommitBatch(context, batch, nullptr).ok());
      ++test.commits_;
      return true;
    }

    GuessLimitsTest& test;
    storage::Directories directories;
    storage::Sessions sessions;
    storage::Changes changes;
    const storage::Secrets secrets{std::string(32, 'k')};
    storage::Epochs epochs = *storage::Epochs::Open(*test.engine_, test.clock_);
    storage::BatchContext context;
  };

  std::mt19937_64 random_{testing::TestSeed()};
  testing::TemporaryDirectory folder_;
  const storage::AccountKeys keys_ = *storage::AccountKeys::Open(folder_.path());
  testing::FakeClock clock_;
  testing::MemoryDisk disk_;
  std::unique_ptr<storage::Engine> engine_ = testing::OpenMemoryEngine(disk_);
  std::vector<std::unique_ptr<Server>> servers_;
  size_t commits_ = 0;
};

TEST_F(GuessLimitsTest, A13_OfAHundredThousandGuessesAtAPassphraseTenAreCheckedInAQuarterOfAnHour) {
  size_t checked = 0;
  for (int i = 0; i < 100'000; ++i) {
    // From any of 200 tablets and 1,000 addresses, within fourteen minutes.
    const core::Id16 tablet = IdNumber(static_cast<uint8_t>(random_() % 200));
    const std::string address = std::to_string(random_() % 1000);
    checked +=
        Guess(PassphraseBuckets(kSchool, "hana.owen", tablet, false, address), i * 840 / 100);
  }
  EXPECT_EQ(checked, kTriesOfAccount);
  EXPECT_EQ(commits_, kTriesOfAccount) << "a guess that is not checked writes nothing";
  // Hana's own tablet has tries of its own, and so has everybody else.
  EXPECT_TRUE(
      May(PassphraseBuckets(kSchool, "hana.owen", IdNumber(250), true, "home"), 840'000).ok());
  EXPECT_TRUE(
      May(PassphraseBuckets(kSchool, "tia.green", IdNumber(251), false, "home"), 840'000).ok());
  // A quarter of an hour after the tenth the count begins anew.
  EXPECT_TRUE(Guess(PassphraseBuckets(kSchool, "hana.owen", IdNumber(252), false, "z"),
                    840'000 + storage::kGuessMs));
}

TEST_F(GuessLimitsTest, A13_AStolenTabletGuessesTenOfItsOwnersAndThirtyInAll) {
  const core::Id16 stolen = IdNumber(1), own = IdNumber(2);
  size_t owners = 0, all = 0;
  for (int i = 0; i < 1000; ++i) {
    owners += Guess(PassphraseBuckets(kSchool, "hana.owen", stolen, true, "a"), i);
  }
  EXPECT_EQ(owners, kTriesOfAccount);
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "name" + std::to_string(i % 50);
    all += Guess(PassphraseBuckets(kSchool, name, stolen, false, "a"), i);
  }
  EXPECT_EQ(owners + all, kTriesOfTablet);
  EXPECT_TRUE(May(PassphraseBuckets(kSchool, "hana.owen", own, true, "b"), 1000).ok());
}

TEST_F(GuessLimitsTest, NoMadeUpNameUsesUpTheTriesOfSomebodysOwnTablet) {
  const core::Id16 own = *core::Id16::FromBytes("their own tablet");
  for (const std::string name :
       {"hana.owen/their own tablet", "their own tablethana.owen", "hana.owentheir own tablet"}) {
    for (int i = 0; i < 20; ++i) {
      Guess(PassphraseBuckets(kSchool, name, IdNumber(static_cast<uint8_t>(i)), false, "a"), i);
    }
  }
  EXPECT_TRUE(May(PassphraseBuckets(kSchool, "hana.owen", own, true, "b"), 20).ok());
}

TEST_F(GuessLimitsTest, OfAHundredThousandGuessesAtACodeThreeHundredAreCheckedInAQuarterOfAnHour) {
  size_t checked = 0;
  for (int i = 0; i < 100'000; ++i) {
    checked += Guess(CodeBuckets(std::to_string(random_() % 10'000)), i * 8);
  }
  EXPECT_EQ(checked, kCodesOfAll);
  EXPECT_EQ(commits_, kCodesOfAll);
  EXPECT_FALSE(May(CodeBuckets("home"), 800'000).ok());
  EXPECT_FALSE(May(InvitationBuckets(kSchool, IdNumber(1), /*is_typed=*/true), 800'000).ok());
  EXPECT_TRUE(May(InvitationBuckets(kSchool, IdNumber(1), /*is_typed=*/false), 800'000).ok())
      << "strangers at the page keep nobody out who has a QR code";
}

TEST_F(GuessLimitsTest, A13_WhoeverGuessesAtTheSchoolLocksNobodyOutOfTheirOwnTabletThere) {
  size_t checked = 0;
  for (int i = 0; i < 1000; ++i) {
    const core::Id16 tablet = IdNumber(static_cast<uint8_t>(i % 10));
    const std::string name = "name" + std::to_string(i);
    checked += Guess(PassphraseBuckets(kSchool, name, tablet, false, "the school"), i);
  }
  EXPECT_EQ(checked, kTriesOfAddress);
  EXPECT_TRUE(
      May(PassphraseBuckets(kSchool, "hana.owen", IdNumber(250), true, "the school"), 1000).ok());
}

TEST_F(GuessLimitsTest, OneAddressGuessesTenCodes) {
  size_t checked = 0;
  for (int i = 0; i < 1000; ++i) checked += Guess(CodeBuckets("one place"), i);
  EXPECT_EQ(checked, kCodesOfAddress);
}

TEST_F(GuessLimitsTest, SomebodyWhoWaitsIsToldHowLong) {
  const storage::GuessBuckets buckets = {{kSchool, "one", 2}};
  EXPECT_TRUE(Guess(buckets, 0));
  EXPECT_TRUE(Guess(buckets, 5000));
  EXPECT_EQ(RetryMs(May(buckets, 6000)), 1000) << "the last may be on its way, and right";
  EXPECT_EQ(RetryMs(May(buckets, 8000)), storage::kGuessMs - 8000);
  EXPECT_TRUE(Guess(buckets, storage::kGuessMs));
  EXPECT_FALSE(Guess(buckets, storage::kGuessMs + 4999));
  EXPECT_TRUE(Guess(buckets, storage::kGuessMs + 5000));
}

TEST_F(GuessLimitsTest, NobodysNameOrAddressIsInARow) {
  Guess(PassphraseBuckets(kSchool, "my passphrase, typed in the wrong place", IdNumber(1), false,
                          "192.0.2.7"),
        0);
  Guess(CodeBuckets("192.0.2.7"), 0);
  for (const storage::Family family : {storage::Family::kState, storage::Family::kMeta}) {
    const auto snapshot = engine_->NewSnapshot();
    for (auto cursor = snapshot->NewCursor(family, "", ""); cursor->Valid(); cursor->Next()) {
      for (const std::string words : {"my passphrase", "192.0.2.7"}) {
        EXPECT_EQ(std::string(cursor->key()).find(words), std::string::npos);
        EXPECT_EQ(std::string(cursor->value()).find(words), std::string::npos);
      }
    }
  }
}

TEST(ThrottleTest, SecretsThatLeadNowhereAreLookedForSixtyTimesFromOnePlace) {
  Throttle throttle;
  size_t searched = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto taken = throttle.Take(SecretBuckets("one place"), i);
    if (taken.ok()) (*taken)->Wrong(i);
    searched += taken.ok();
  }
  EXPECT_EQ(searched, kSecretsOfAddress);
  EXPECT_TRUE(throttle.Take(SecretBuckets("another"), 1000).ok());
}

TEST(ThrottleTest, TriesUnderWayTakeTheirPlaceAndRightOnesGiveItBack) {
  Throttle throttle;
  const std::vector<Throttle::Bucket> buckets = {{"one", 2}};
  const auto wrong = [&](int64_t now_ms) {
    const auto taken = throttle.Take(buckets, now_ms);
    if (taken.ok()) (*taken)->Wrong(now_ms);
    return taken.ok();
  };
  {
    const auto first = throttle.Take(buckets, 0), second = throttle.Take(buckets, 0);
    ASSERT_TRUE(first.ok() && second.ok());
    const auto third = throttle.Take(buckets, 0);
    ASSERT_FALSE(third.ok());
    EXPECT_EQ(RetryMs(third.status()), 1000);
  }
  EXPECT_TRUE(wrong(0));
  EXPECT_TRUE(wrong(5000));
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
