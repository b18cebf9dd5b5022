// Histories of the scope simulation, as scopes_simulation_test.cc has them, over PostgreSQL: what
// is decided does not depend on the engine. HALFTERM_SEED is the number of the first history,
// HALFTERM_SEEDS how many there are.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "storage/postgres/postgres_engine.h"
#include "tests/simulation/scopes_world.h"
#include "tests/support/own_postgres.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr int kSteps = 150;
constexpr uint64_t kUsualSeeds = 1;

TEST(ScopesPostgresTest, NobodyHoldsMoreThanTheyMayAndEverybodyEndsWithAll) {
  const char* const wanted = std::getenv("HALFTERM_SEEDS");
  const uint64_t first = TestSeed();
  const uint64_t seeds = wanted == nullptr ? kUsualSeeds : std::strtoull(wanted, nullptr, 10);
  storage::PostgresEngineOptions options;
  options.conninfo = OwnPostgres::Shared().NewDatabase();
  const auto engine = storage::OpenPostgresEngine(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  uint64_t commits = 0, chunks = 0;
  for (uint64_t i = 0; i < seeds; ++i) {
    ScopesWorld world(**engine, static_cast<uint32_t>(i + 1), first + i, Missing::kNothing);
    std::string wrong;
    for (int step = 0; step < kSteps && wrong.empty(); ++step) wrong = world.Step();
    if (wrong.empty()) wrong = world.Finish();
    ASSERT_EQ(wrong, "") << "HALFTERM_SEED=" << first + i << " HALFTERM_SEEDS=1";
    commits += world.commits();
    chunks += world.chunks();
  }
  EXPECT_GT(commits, 0u);
  std::printf("%llu seeds from %llu: %llu commits, %llu chunks\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(commits), static_cast<unsigned long long>(chunks));
}

}  // namespace
}  // namespace halfterm::testing
