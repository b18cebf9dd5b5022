// What becomes of pushes: of tablets that repeat and skip, of a store that is opened again and
// of a disk that is nearly full. pushed_group_test.cc looks at single groups, store_names_test.cc
// at tablets that are copied.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/commit/pushed_school.h"
#include "storage/commit/rollups.h"
#include "sync/contribution.h"

namespace halfterm::testing {
namespace {

using core::GroupKind;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST_F(PushTest, WhatWasAcknowledgedIsThereAfterReopening) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const auto before = school.StoredRow(Facet(core::kSheet, people.hana)).SerializeAsString();
  const disk::HeadRow head = school.Head();
  ASSERT_FALSE(before.empty());

  school.Reopen();

  EXPECT_EQ(school.StoredRow(Facet(core::kSheet, people.hana)).SerializeAsString(), before);
  EXPECT_EQ(school.Head().seq(), head.seq());
  const auto again = hana.PushAgain();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->applied_n(), 3u);
}

// A store whose figures were made by an older program.
TEST_F(PushTest, RowsOfAnotherDefinitionAreMadeAgainWhenTheStoreIsOpened) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const auto before = school.Rollups();
  ASSERT_FALSE(before.empty());
  storage::WriteSet writes;
  disk::HeadRow head = school.Head();
  head.set_contribution_definition(1);
  writes.Put(storage::Family::kMeta, storage::HeadKey(school.tenant()), head.SerializeAsString());
  disk::RecordRow record;
  const std::string key = storage::RecordKey(school.tenant(), visit);
  ASSERT_TRUE(record.ParseFromString(*school.engine().Get(storage::Family::kDerived, key)));
  for (disk::ContributionRow& row : *record.mutable_contributions()) {
    writes.Delete(storage::Family::kDerived, storage::RollupKey(school.tenant(), row.key()));
  }
  record.clear_contributions();
  writes.Put(storage::Family::kDerived, key, record.SerializeAsString());
  school.committer().Drain();
  ASSERT_TRUE(school.engine().Commit(writes).ok());
  school.Reopen();
  // The first greeting after the opening waits behind the first step.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(hana.Hello().ok());
  EXPECT_EQ(school.Rollups(), before);
  EXPECT_EQ(school.Head().contribution_definition(), sync::kContributionDefinition);
}

TEST_F(PushTest, C9ARepeatedPushIsAnsweredAlikeAndHasNoSecondEffect) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  hana.SealBytes("not a group");
  const auto first = hana.Push();
  ASSERT_TRUE(first.ok()) << first.status();
  const size_t log = school.LogRows();
  const auto rollups = school.Rollups();

  for (int i = 0; i < 10; ++i) {
    const auto again = hana.PushAgain();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  }
  EXPECT_EQ(school.LogRows(), log);
  EXPECT_EQ(school.Rollups(), rollups);
  EXPECT_EQ(school.Head().dispositions(v1::DISPOSITION_COMMITTED), 1u);
  EXPECT_EQ(school.Head().dispositions(v1::DISPOSITION_QUARANTINED), 1u);
}

TEST_F(PushTest, AGroupIsCountedOnceAndOnlyWhenItIsDurable) {
  PushingTablet hana = school.Tablet(people.hana, 1);  // Greets, which is a job without a group.
  WriteVisit(hana);
  const storage::CommitterStats first = school.committer().Stats();
  EXPECT_EQ(first.groups, 3u);
  EXPECT_EQ(first.repeats, 0u);

  ASSERT_TRUE(hana.PushAgain().ok());
  const storage::CommitterStats again = school.committer().Stats();
  EXPECT_EQ(again.groups, 3u);
  EXPECT_EQ(again.repeats, 3u);
  EXPECT_EQ(again.commits, first.commits);

  school.SetDiskFull(true);
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(5, 2));
  EXPECT_FALSE(hana.Push().ok());
  EXPECT_EQ(school.committer().Stats().groups, 3u);
  EXPECT_EQ(school.committer().Stats().commits, again.commits);
}

TEST_F(PushTest, ARepeatThatOverlapsWhatIsHeldTakesOnlyTheRest) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  ASSERT_TRUE(hana.Push().ok());
  const v1::PushRequest first = hana.last_request();
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(1, 2));
  ASSERT_TRUE(hana.Push().ok());
  hana.Write(Facet(core::kSheet, people.hana), school.Stored(Facet(core::kSheet, people.hana)),
             RatingValues(2, 2));
  hana.Seal(GroupKind::kDelta, Facet(core::kSteps), "");
  // The third and fourth, sent after the first two once more.
  v1::PushRequest all = first;
  const v1::PushRequest second = hana.last_request();
  all.add_groups(second.groups(0));
  ASSERT_TRUE(hana.Push().ok());
  for (const std::string& group : hana.last_request().groups()) all.add_groups(group);
  const uint64_t seq = school.Head().seq();
  const auto reply = hana.Send(all);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->results_size(), 4);
  EXPECT_EQ(school.Head().seq(), seq);
}

TEST_F(PushTest, C5AGapOrAnotherChainIsRefusedAndNothingIsTaken) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const uint64_t seq = school.Head().seq();
  const v1::PushRequest good = hana.last_request();

  v1::PushRequest gap = good;
  gap.set_first_n(5);
  v1::PushRequest other_past = good;
  other_past.set_first_n(4);
  other_past.set_hash_before(std::string(16, 'x'));
  v1::PushRequest other_words = good;
  other_words.set_groups(1, other_words.groups(2));
  v1::PushRequest other_epoch = good;
  other_epoch.set_epoch(2);
  for (const v1::PushRequest& request : {gap, other_past, other_words, other_epoch}) {
    const auto reply = hana.Send(request);
    EXPECT_EQ(reply.status().code(), absl::StatusCode::kFailedPrecondition) << reply.status();
    EXPECT_THAT(reply.status().message(), HasSubstr("call Hello"));
  }
  v1::PushRequest zero = good;
  zero.set_first_n(0);
  EXPECT_EQ(hana.Send(zero).status().code(), absl::StatusCode::kInvalidArgument);
  v1::PushRequest others = good;
  others.set_replica(school.Tablet(people.hugo, 2).replica());
  EXPECT_EQ(hana.Send(others).status().code(), absl::StatusCode::kPermissionDenied);
  others.set_replica(12345);
  EXPECT_EQ(hana.Send(others).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(school.Head().seq(), seq);
}

TEST_F(PushTest, ADiskThatIsNearlyFullTakesNothingAndForgetsNothing) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  const uint64_t seq = school.Head().seq();
  school.SetDiskFull(true);
  hana.Intend(Facet(core::kPlan), [] {
    v1::Intent share;
    share.mutable_share()->set_round(1);
    return share;
  }());
  const auto refused = hana.Push();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted) << refused.status();
  EXPECT_EQ(school.Head().seq(), seq);

  school.SetDiskFull(false);
  const auto taken = hana.PushAgain();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->results(0).outcome(), v1::OUTCOME_DONE);
  const auto rollups = school.Rollups();
  school.Reopen();
  EXPECT_EQ(school.Rollups(), rollups);
}

}  // namespace
}  // namespace halfterm::testing
