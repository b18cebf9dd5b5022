// The disk of a simulated tablet does what every engine must do.

#include "tests/support/memory_engine.h"

#include <memory>

#include "storage/engine_conformance.h"

namespace halfterm::storage {
namespace {

class MemoryUnderTest final : public EngineUnderTest {
 public:
  std::unique_ptr<Engine> Open() override { return testing::OpenMemoryEngine(disk_); }
  void SetDiskFull(bool is_full) override { disk_.is_full = is_full; }

 private:
  testing::MemoryDisk disk_;
};

INSTANTIATE_TEST_SUITE_P(Memory, EngineConformanceTest,
                         ::testing::Values(EngineKind{
                             "Memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         NameOfEngine);

TEST(MemoryDiskTest, ACopyKeepsWhatWasThere) {
  testing::MemoryDisk disk;
  const auto engine = testing::OpenMemoryEngine(disk);
  ASSERT_TRUE(engine->Commit(PutOf(Family::kState, {{"amy", "calm start"}})).ok());
  const testing::MemoryDisk copy = disk;
  ASSERT_TRUE(engine->Commit(PutOf(Family::kState, {{"amy", "lively start"}})).ok());
  EXPECT_TRUE(copy.Mentions("calm start"));
  EXPECT_FALSE(copy.Mentions("lively start"));
  EXPECT_TRUE(disk.Mentions("lively start"));
}

TEST(MemoryDiskTest, ACommitThatFailsLeavesNothing) {
  testing::MemoryDisk disk;
  const auto engine = testing::OpenMemoryEngine(disk);
  disk.commits_until_failure = 1;
  ASSERT_TRUE(engine->Commit(PutOf(Family::kState, {{"amy", "1"}})).ok());
  EXPECT_TRUE(absl::IsUnavailable(engine->Commit(PutOf(Family::kState, {{"zoe", "2"}}))));
  EXPECT_TRUE(absl::IsUnavailable(engine->Commit(PutOf(Family::kState, {{"zoe", "2"}}))));
  EXPECT_EQ(ValueOf(testing::OpenMemoryEngine(disk)->Get(Family::kState, "zoe")), "(none)");
}

}  // namespace
}  // namespace halfterm::storage
