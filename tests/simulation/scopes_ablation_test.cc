// The simulation of scopes notices each rule that is left out: a simulation that cannot is not to
// be trusted with those that are there.

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/simulation/scopes_history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr uint64_t kMostSeeds = 500;

class ScopesAblation : public ScopesHistory {
 protected:
  void ExpectNoticed(Missing missing) {
    const uint64_t first = TestSeed();
    for (uint64_t i = 0; i < kMostSeeds; ++i) {
      const Told told = Live(first + i, missing);
      if (told.wrong.empty()) continue;
      std::printf("noticed in history %llu: %s\n", static_cast<unsigned long long>(i + 1),
                  told.wrong.c_str());
      return;
    }
    FAIL() << "not noticed in " << kMostSeeds << " histories";
  }
};

TEST_F(ScopesAblation, NoLeft) { ExpectNoticed(Missing::kLeft); }
TEST_F(ScopesAblation, NoScopeDrop) { ExpectNoticed(Missing::kScopeDrop); }
TEST_F(ScopesAblation, NoAudienceSeq) { ExpectNoticed(Missing::kAudienceSeq); }
TEST_F(ScopesAblation, DigestFollowsContentOnly) { ExpectNoticed(Missing::kDigestOfAudience); }
TEST_F(ScopesAblation, CursorPastAnUnreadPage) { ExpectNoticed(Missing::kUnreadPage); }
TEST_F(ScopesAblation, NoBackfillOfARegainedScope) { ExpectNoticed(Missing::kRegainedBackfill); }
TEST_F(ScopesAblation, ScopesOpenBeforeRecordsAreFiled) { ExpectNoticed(Missing::kHeldBack); }

}  // namespace
}  // namespace halfterm::testing
