#include "storage/commit/read_ahead.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/memory_engine.h"

namespace halfterm::storage {
namespace {

// Counts what it is asked.
class CountingEngine final : public Engine {
 public:
  explicit CountingEngine(Engine& engine) : engine_(engine) {}

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    ++single;
    if (!failing.ok()) return failing;
    return engine_.Get(family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    ++rounds;
    rows += keys.size();
    if (!failing.ok()) return {keys.size(), failing};
    return engine_.MultiGet(family, keys);
  }
  std::unique_ptr<Snapshot> NewSnapshot() const override { return engine_.NewSnapshot(); }
  absl::Status Commit(const WriteSet& writes) override { return engine_.Commit(writes); }
  uint64_t ApproximateBytes(Family family, absl::string_view begin,
                            absl::string_view end) const override {
    return engine_.ApproximateBytes(family, begin, end);
  }
  EngineStats Stats() const override { return engine_.Stats(); }
  absl::Status CompactRange(Family family, absl::string_view begin,
                            absl::string_view end) override {
    return engine_.CompactRange(family, begin, end);
  }
  absl::Status Close() override { return engine_.Close(); }

  absl::Status failing;
  mutable size_t single = 0, rounds = 0, rows = 0;

 private:
  Engine& engine_;
};

class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAheadTest() {
    WriteSet writes;
    for (int i = 0; i < 10; ++i) writes.Put(Family::kState, KeyOf(i), "state " + KeyOf(i));
    writes.Put(Family::kErased, KeyOf(3), "erased");
    EXPECT_TRUE(stored_->Commit(writes).ok());
  }
  static std::string KeyOf(int number) { return "key " + std::to_string(number); }

  testing::MemoryDisk disk_;
  const std::unique_ptr<Engine> stored_ = testing::OpenMemoryEngine(disk_);
  CountingEngine engine_{*stored_};
  ReadAhead reads_{engine_};
};

TEST_F(ReadAheadTest, WhatIsWantedIsReadOnceAFamilyAndComesFromMemory) {
  for (int times = 0; times < 2; ++times) {
    for (int i = 0; i < 12; ++i) reads_.Want(Family::kState, KeyOf(i));
    reads_.Want(Family::kErased, KeyOf(3));
    reads_.Fetch();
  }
  EXPECT_EQ(engine_.rounds, 2u);
  EXPECT_EQ(engine_.rows, 13u);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(*reads_.Get(Family::kState, KeyOf(i)), "state " + KeyOf(i));
  // That a row is not there is known too.
  EXPECT_TRUE(absl::IsNotFound(reads_.Get(Family::kState, KeyOf(11)).status()));
  EXPECT_EQ(*reads_.Get(Family::kErased, KeyOf(3)), "erased");
  EXPECT_EQ(engine_.single, 0u);
}

TEST_F(ReadAheadTest, WhatNobodyForesawIsReadWhenItIsAskedFor) {
  reads_.Want(Family::kState, KeyOf(1));
  reads_.Fetch();
  EXPECT_EQ(*reads_.Get(Family::kState, KeyOf(2)), "state key 2");
  EXPECT_TRUE(absl::IsNotFound(reads_.Get(Family::kErased, KeyOf(1)).status())) << "another family";
  EXPECT_EQ(engine_.single, 2u);
  const auto rows = reads_.MultiGet(Family::kState, {KeyOf(1), KeyOf(20), KeyOf(4)});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(*rows[0], "state key 1");
  EXPECT_TRUE(absl::IsNotFound(rows[1].status()));
  EXPECT_EQ(*rows[2], "state key 4");
  EXPECT_EQ(engine_.rounds, 2u);
  EXPECT_EQ(engine_.rows, 3u) << "the one that is here is not read again";
}

// A row that could not be read is no row that is not there.
TEST_F(ReadAheadTest, AnErrorIsToldToWhoeverAsksForTheRow) {
  engine_.failing = absl::DataLossError("damaged");
  reads_.Want(Family::kState, KeyOf(1));
  reads_.Fetch();
  engine_.failing = absl::OkStatus();
  EXPECT_TRUE(absl::IsDataLoss(reads_.Get(Family::kState, KeyOf(1)).status()));
  EXPECT_EQ(*reads_.Get(Family::kState, KeyOf(2)), "state key 2");
}

}  // namespace
}  // namespace halfterm::storage
