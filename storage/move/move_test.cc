// A move that is cut off after any of its commits leaves at most one store that may be served, and
// run again it ends with the other one having the same rows.

#include "storage/move/move.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "storage/keys.h"
#include "storage/move/move_mark.h"
#include "tests/support/engine_rows.h"
#include "tests/support/memory_engine.h"
#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using ::testing::HasSubstr;
using testing::MemoryDisk;
using testing::OpenMemoryEngine;
using testing::PutOf;
using testing::ValueOf;

constexpr int64_t kNow = 1'790'000'000'000;
constexpr char kOld[] = "rocks:/var/lib/halfterm", kNew[] = "postgres:halfterm at db";

std::string RandomBytes(std::mt19937_64& random, size_t most) {
  std::string bytes(random() % (most + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

bool MayServe(MemoryDisk& disk) {
  const auto engine = OpenMemoryEngine(disk);
  return MayBeServed(*engine->NewSnapshot()).ok();
}

class MoveTest : public ::testing::Test {
 protected:
  MoveTest() { Fill(old_disk_, "whose it is"); }

  void Fill(MemoryDisk& disk, const std::string& identity) {
    const auto engine = OpenMemoryEngine(disk);
    WriteSet writes;
    writes.Put(Family::kMeta, IdentityKey(), identity);
    for (int i = 0; i < 300; ++i) {
      const Family family = kFamilies[random_() % kFamilies.size()];
      writes.Put(family, "x" + RandomBytes(random_, 20), RandomBytes(random_, 20'000));
    }
    ASSERT_TRUE(engine->Commit(writes).ok());
  }
  absl::StatusOr<Moved> MoveOver(MemoryDisk& from, MemoryDisk& to, const char* from_name = kOld,
                                 const char* to_name = kNew) {
    const auto source = OpenMemoryEngine(from), target = OpenMemoryEngine(to);
    return Move({*source, from_name}, {*target, to_name}, kNow);
  }
  static RowsDigest Digest(MemoryDisk& disk) {
    const auto digest = DigestOf(*OpenMemoryEngine(disk));
    EXPECT_TRUE(digest.ok()) << digest.status();
    return *digest;
  }

  std::mt19937_64 random_{testing::TestSeed()};
  MemoryDisk old_disk_, new_disk_;
};

TEST_F(MoveTest, EverythingIsThereAndTheOldStoreIsServedNoMore) {
  const RowsDigest before = Digest(old_disk_);
  const auto moved = MoveOver(old_disk_, new_disk_);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->written, before.rows);
  EXPECT_TRUE(Digest(new_disk_) == before);
  EXPECT_TRUE(MayServe(new_disk_));
  const auto old = OpenMemoryEngine(old_disk_);
  const absl::Status why = MayBeServed(*old->NewSnapshot());
  EXPECT_TRUE(absl::IsFailedPrecondition(why)) << why;
  EXPECT_THAT(std::string(why.message()), HasSubstr(kNew));
}

TEST_F(MoveTest, CutOffAfterAnyCommitItIsRunAgain) {
  const RowsDigest before = Digest(old_disk_);
  bool is_whole = false;
  for (int64_t commits = 0; !is_whole; ++commits) {
    for (const bool at_the_old : {true, false}) {
      SCOPED_TRACE(std::to_string(commits) + " commits at the " + (at_the_old ? "old" : "new"));
      MemoryDisk from = old_disk_, to;
      (at_the_old ? from : to).commits_until_failure = commits;
      const auto first = MoveOver(from, to);
      EXPECT_FALSE(MayServe(from) && MayServe(to) && Digest(to).rows > 0) << "both";
      is_whole = first.ok() && !at_the_old;
      from.commits_until_failure = to.commits_until_failure = -1;
      const auto again = MoveOver(from, to);
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(again->was_done, first.ok());
      EXPECT_TRUE(Digest(to) == before);
      EXPECT_FALSE(MayServe(from));
      EXPECT_TRUE(MayServe(to));
    }
    ASSERT_LT(commits, 100);
  }
}

// The new store was served in between: nothing of that is taken back.
TEST_F(MoveTest, AFinishedMoveIsNotDoneAgain) {
  ASSERT_TRUE(MoveOver(old_disk_, new_disk_).ok());
  ASSERT_TRUE(OpenMemoryEngine(new_disk_)->Commit(PutOf(Family::kState, {{"new", "1"}})).ok());
  const auto again = MoveOver(old_disk_, new_disk_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->was_done);
  EXPECT_EQ(ValueOf(OpenMemoryEngine(new_disk_)->Get(Family::kState, "new")), "1");
}

TEST_F(MoveTest, BackAgainWhatCameAndWentMeanwhileIsThereToo) {
  ASSERT_TRUE(MoveOver(old_disk_, new_disk_).ok());
  {
    const auto engine = OpenMemoryEngine(new_disk_);
    WriteSet writes;
    const auto snapshot = engine->NewSnapshot();
    const auto first = snapshot->NewCursor(Family::kState, {}, {});
    writes.Delete(Family::kState, std::string(first->key()));
    writes.Put(Family::kFeed, "came", "1");
    ASSERT_TRUE(engine->Commit(writes).ok());
  }
  const RowsDigest served = Digest(new_disk_);
  const auto back = MoveOver(new_disk_, old_disk_, kNew, kOld);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->written, 1u);
  EXPECT_EQ(back->deleted, 1u);
  EXPECT_TRUE(Digest(old_disk_) == served);
  EXPECT_TRUE(MayServe(old_disk_));
  EXPECT_FALSE(MayServe(new_disk_));
}

TEST_F(MoveTest, WhatHoldsAnotherStoreIsLeftAlone) {
  Fill(new_disk_, "another's");
  const RowsDigest before = Digest(new_disk_);
  EXPECT_TRUE(absl::IsFailedPrecondition(MoveOver(old_disk_, new_disk_).status()));
  EXPECT_TRUE(Digest(new_disk_) == before);
  EXPECT_TRUE(MayServe(new_disk_));
  EXPECT_TRUE(MayServe(old_disk_));
  MemoryDisk third;
  ASSERT_TRUE(MoveOver(old_disk_, third).ok());
  EXPECT_TRUE(
      absl::IsFailedPrecondition(MoveOver(old_disk_, new_disk_, kOld, "a fourth").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(MoveOver(new_disk_, old_disk_).status()))
      << "it left, and not for here";
  MemoryDisk nothing, nowhere;
  EXPECT_TRUE(absl::IsFailedPrecondition(MoveOver(nothing, nowhere).status()));
}

TEST_F(MoveTest, AMoveThatIsTakenBackIsServedAgain) {
  new_disk_.commits_until_failure = 2;
  ASSERT_FALSE(MoveOver(old_disk_, new_disk_).ok());
  EXPECT_FALSE(MayServe(old_disk_));
  EXPECT_FALSE(MayServe(new_disk_));
  {
    const auto old = OpenMemoryEngine(old_disk_);
    ASSERT_TRUE(Stay({*old, kOld}).ok());
    EXPECT_TRUE(absl::IsFailedPrecondition(Stay({*old, kOld})));
  }
  EXPECT_TRUE(MayServe(old_disk_));
  EXPECT_FALSE(MayServe(new_disk_));
  new_disk_.commits_until_failure = -1;
  ASSERT_TRUE(MoveOver(old_disk_, new_disk_).ok()) << "another day";
  const auto old = OpenMemoryEngine(old_disk_);
  EXPECT_TRUE(absl::IsFailedPrecondition(Stay({*old, kOld}))) << "it is finished";
}

}  // namespace
}  // namespace halfterm::storage
