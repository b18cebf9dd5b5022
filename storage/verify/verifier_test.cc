// What verify() says: a school that was written through the real committer is found right, and what
// waits and what adds up in it is told. record_damage_test.cc and log_damage_test.cc damage it.

#include "storage/verify/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/commit/rollups.h"
#include "storage/verify/rejoin.h"
#include "storage/verify/verified_school.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using ::testing::IsEmpty;

TEST_F(VerifierTest, AWellKeptSchoolHasNoDifference) {
  const v1::VerifyReply reply = Verified();
  EXPECT_THAT(reply.differences(), IsEmpty());
  EXPECT_EQ(reply.difference_count(), 0U) << reply.DebugString();
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(reply.as_of_seq(), school.Head().seq());
  EXPECT_EQ(reply.groups(), school.LogRows());
  EXPECT_EQ(reply.records(), school.Head().records());
  EXPECT_EQ(reply.rollups(), school.Rollups().size());
  EXPECT_GT(reply.facets(), reply.records());
  EXPECT_GT(reply.feed_rows(), 0U);
  EXPECT_GT(reply.digests(), 0U);
  EXPECT_EQ(reply.chains(), 4U);
}

TEST_F(VerifierTest, RecordsThatWaitToBeMadeAgainAreComparedWithThemselves) {
  // Hana's department changes hands in the stored directory; nothing is derived again yet.
  const std::string key = RecordKey(tenant, visits[2]);
  const std::string grants = GrantPrefix(tenant, people.hana);
  const std::string grant = FirstKey(Family::kState, grants);
  const std::string before = *Get(Family::kState, grant);
  Put(Family::kState, grant, std::nullopt);
  const uint64_t differences = Verified().difference_count();
  EXPECT_GT(differences, 1U);
  disk::HeadRow head = school.Head();
  head.set_recomputing_since_ms(1);
  Put(Family::kMeta, HeadKey(tenant), head.SerializeAsString());
  const v1::VerifyReply waiting = Verified();
  EXPECT_EQ(waiting.difference_count(), 1U) << waiting.DebugString();  // The grant itself.
  head.set_recomputed_to(key);
  Put(Family::kMeta, HeadKey(tenant), head.SerializeAsString());
  EXPECT_GT(Verified().difference_count(), 0U);
}

// As of a backup that an older program made, which counted no lessons.
TEST_F(VerifierTest, RowsOfAnotherDefinitionAreNoDifferenceUntilTheyAreMadeAgain) {
  size_t lessons = 0;
  for (const core::Id16& visit : visits) {
    const std::string key = RecordKey(tenant, visit);
    disk::RecordRow row;
    ASSERT_TRUE(row.ParseFromString(*Get(Family::kDerived, key)));
    auto& rows = *row.mutable_contributions();
    for (auto one = rows.begin(); one != rows.end();) {
      if (one->key()[0] != static_cast<char>(sync::RollupKind::kLesson)) {
        ++one;
        continue;
      }
      Put(Family::kDerived, RollupKey(tenant, one->key()), std::nullopt);
      one = rows.erase(one);
      ++lessons;
    }
    Put(Family::kDerived, key, row.SerializeAsString());
  }
  ASSERT_GT(lessons, 0u);
  EXPECT_GT(Verified().difference_count(), 0U);
  disk::HeadRow head = school.Head();
  head.set_contribution_definition(head.contribution_definition() - 1);
  Put(Family::kMeta, HeadKey(tenant), head.SerializeAsString());
  const v1::VerifyReply older = Verified();
  EXPECT_EQ(older.difference_count(), 0U) << older.DebugString();
}

TEST_F(VerifierTest, TheFirstHundredDifferencesAreKeptAndAllAreCounted) {
  WriteSet writes;
  for (uint8_t i = 0; i < 150; ++i) {
    writes.Put(Family::kDerived, RollupKey(tenant, 1, std::string(1, static_cast<char>(i))),
               EncodeVector({1}));
  }
  ASSERT_TRUE(school.engine().Commit(writes).ok());
  const v1::VerifyReply reply = Verified();
  EXPECT_EQ(reply.differences_size(), 100);
  EXPECT_EQ(reply.difference_count(), 150U);
}

TEST_F(VerifierTest, ItStopsWhenNobodyListens) {
  v1::VerifyRequest request;
  int calls = 0;
  EXPECT_TRUE(Verify(school.engine(), request, [&](const v1::VerifyReply&) {
                return ++calls < 0;
              }).ok());  // Too little work to be asked before the end.
  EXPECT_EQ(calls, 1);
  request.set_tenant("Southgate");
  EXPECT_EQ(Verify(school.engine(), request, [](const v1::VerifyReply&) { return true; }).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(VerifierTest, RawSumsCountEverySheetWhateverItsPhase) {
  const v1::VerifyReply reply = Verified(/*raw_sums=*/true);
  ASSERT_EQ(reply.raw_sums_size(), 2);
  for (const v1::RawSums& sums : reply.raw_sums()) {
    const bool is_tia = sums.teacher() == people.tia.view();
    EXPECT_EQ(sums.records(), is_tia ? 3U : 1U);
    ASSERT_EQ(sums.sums_size(), 5);
    // Element 4 of the first visit has two values, which wait for their author.
    EXPECT_EQ(sums.sums(3), is_tia ? 6U : 3U);
    EXPECT_EQ(sums.sums(4), is_tia ? 6U : 2U);
  }
}

TEST_F(VerifierTest, PartsOfTheLogAddUpToAllOfIt) {
  const std::unique_ptr<Snapshot> snapshot = school.engine().NewSnapshot();
  const auto all = TouchesOf(*snapshot, tenant, Part{});
  ASSERT_TRUE(all.ok());
  size_t touches = 0;
  for (uint64_t index = 0; index < 3; ++index) {
    const Part part{index, 3};
    const auto some = TouchesOf(*snapshot, tenant, part);
    ASSERT_TRUE(some.ok());
    touches += some->size();
    for (const Touch& touch : *some) EXPECT_TRUE(part.Has(touch.record));
  }
  EXPECT_EQ(touches, all->size());
}

TEST_F(VerifierTest, WhatWaitsIsListedWithThePersonAsked) {
  v1::WaitingRequest request;
  request.set_tenant("Northgate");
  const auto reply = Waiting(school.engine(), request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->conflicts(), 1U);
  EXPECT_EQ(reply->diverted(), 2U);
  ASSERT_EQ(reply->items_size(), 3);
  const v1::WaitingItem& rating = reply->items(0);
  EXPECT_EQ(rating.record(), BytesOf(visits[0]));
  EXPECT_EQ(rating.person(), BytesOf(people.hana));
  EXPECT_EQ(rating.field(), 3U);
  EXPECT_EQ(rating.entry(), 4U);
  EXPECT_EQ(rating.values(), 2U);
  EXPECT_EQ(reply->items(1).diverted_reason(), "late: ended");
  EXPECT_EQ(reply->items(1).person(), BytesOf(people.hugo));
  EXPECT_EQ(reply->items(2).diverted_reason(), "malformed");

  request.set_max_items(1);
  const auto one = Waiting(school.engine(), request);
  EXPECT_EQ(one->items_size(), 1);
  EXPECT_EQ(one->diverted(), 2U);
  request.set_tenant("Southgate");
  EXPECT_EQ(Waiting(school.engine(), request).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace halfterm::storage
