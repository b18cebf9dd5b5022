// The calls by which a tablet looks for what it lacks and proves what it holds: Descend, Fetch and
// Confirm.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/pull/pulled_school.h"
#include "sync/core/digest.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

using ::testing::IsEmpty;

TEST_F(PullerTest, AFetchAnswersUnknownAndForbiddenRecordsAlike) {
  Put(FacetOf(1), "of maths", maths_);
  Put(FacetOf(2), "of art", art_);
  v1::FetchRequest request;
  for (const uint64_t i : {2, 1, 3}) request.add_records(Text(Record(i)));
  absl::StatusOr<v1::FetchReply> reply = puller_->Fetch(CallerOf(kZoe), request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->items_size(), 3);
  EXPECT_EQ(reply->items(1).held(0).state(), "of maths");
  v1::Item forbidden = reply->items(0), unknown = reply->items(2);
  EXPECT_EQ(forbidden.record(), Text(Record(2)));
  forbidden.clear_record();
  unknown.clear_record();
  EXPECT_EQ(forbidden.SerializeAsString(), "");
  EXPECT_EQ(unknown.SerializeAsString(), "");

  EXPECT_EQ(puller_->Fetch(CallerOf(kZoe), {}).status().code(), absl::StatusCode::kInvalidArgument);
  request.add_records("short");
  EXPECT_EQ(puller_->Fetch(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PullerTest, AFetchOfTooMuchIsCutAfterARecord) {
  v1::FetchRequest request;
  for (uint64_t i = 1; i <= 4; ++i) {
    Put(FacetOf(i), std::string(i == 1 ? 300'000 : 100'000, 'x'), maths_);
    request.add_records(Text(Record(i)));
  }
  EXPECT_EQ(puller_->Fetch(CallerOf(kZoe), request)->items_size(), 1);
  request.mutable_records()->DeleteSubrange(0, 1);
  EXPECT_EQ(puller_->Fetch(CallerOf(kZoe), request)->items_size(), 2);
}

TEST_F(PullerTest, ADescentListsTheRecordsBehindADigestPageByPage) {
  school_->Begin();
  for (uint64_t i = 1; i <= 5000; ++i) {
    school_->Write(FacetOf(5001 - i), "x");
    school_->SetScopes(FacetOf(5001 - i), maths_);
    if (i % 50 == 0) school_->SetPeriod(Record(5001 - i), kAutumn1);
  }
  school_->File();
  school_->Commit();
  Put(FacetOf(7), "left", art_);

  v1::DescendRequest request;
  request.mutable_scope()->set_type(static_cast<uint32_t>(core::ScopeType::kDepartment));
  request.mutable_scope()->set_id(Text(kMaths));
  absl::StatusOr<v1::DescendReply> reply = puller_->Descend(CallerOf(kZoe), request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->records_size(), 4096);
  EXPECT_TRUE(reply->more());
  std::vector<v1::RecordDigest> all(reply->records().begin(), reply->records().end());
  request.set_after_record(all.back().record());
  reply = puller_->Descend(CallerOf(kZoe), request);
  all.insert(all.end(), reply->records().begin(), reply->records().end());
  EXPECT_FALSE(reply->more());
  EXPECT_EQ(all.size(), 4899U);
  for (size_t i = 1; i < all.size(); ++i) ASSERT_LT(all[i - 1].record(), all[i].record());
  const auto& places = school_->records().at(Record(2)).places;
  EXPECT_EQ(all[0].digest(), places.at(core::DepartmentScope(kMaths)).digest.view());

  request.mutable_scope()->set_id(Text(kArt));
  EXPECT_EQ(puller_->Descend(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kPermissionDenied);
  request.mutable_scope()->set_id("art");
  EXPECT_EQ(puller_->Descend(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PullerTest, ADescentNarrowsToTheRecordsOfOnePart) {
  school_->Begin();
  for (uint64_t i = 1; i <= 3000; ++i) {
    school_->Write(FacetOf(i), "x");
    school_->SetScopes(FacetOf(i), maths_);
  }
  school_->File();
  school_->Commit();
  v1::DescendRequest request;
  request.mutable_scope()->set_type(static_cast<uint32_t>(core::ScopeType::kDepartment));
  request.mutable_scope()->set_id(Text(kMaths));
  request.set_sums(true);
  const absl::StatusOr<v1::DescendReply> parts = puller_->Descend(CallerOf(kZoe), request);
  ASSERT_TRUE(parts.ok()) << parts.status();
  EXPECT_THAT(parts->records(), IsEmpty());
  EXPECT_LE(parts->parts_size(), 256);
  EXPECT_LT(parts->ByteSizeLong(), 12'000U) << "and not the 150 KB of all records";
  uint64_t records = 0;
  for (const v1::PartDigest& part : parts->parts()) {
    records += part.records();
    if (part.next_byte() % 16 != 3) continue;
    request.set_sums(false);
    request.set_place_prefix(std::string(1, static_cast<char>(part.next_byte())));
    const absl::StatusOr<v1::DescendReply> listed = puller_->Descend(CallerOf(kZoe), request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    EXPECT_EQ(static_cast<uint64_t>(listed->records_size()), part.records());
    core::SumDigest sum;
    for (const v1::RecordDigest& record : listed->records()) {
      EXPECT_EQ(core::Sha256(record.record()).bytes[0], part.next_byte());
      sum.Add(*core::Digest32::FromBytes(record.digest()));
    }
    EXPECT_EQ(sum.bytes().view(), part.digest());
  }
  EXPECT_EQ(records, 3000U);
  request.set_place_prefix("12345");
  EXPECT_EQ(puller_->Descend(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PullerTest, AConfirmationIsRightOrSaysWhereItDiffersOrThatMoreHasCome) {
  Put(FacetOf(1), "plan", maths_);
  Put(FacetOf(2), "own", {core::PersonScope(kZoe)});
  const v1::PullReply pulled = PullAll(kZoe, "")[0];
  v1::ConfirmRequest request;
  request.set_cursor(pulled.cursor());
  *request.mutable_held() = pulled.end().digests();
  const auto confirm = [&] { return puller_->Confirm(CallerOf(kZoe), request)->reply; };
  EXPECT_TRUE(confirm().right());

  v1::ScopeDigest* maths = nullptr;
  for (v1::ScopeDigest& digest : *request.mutable_held()) {
    if (digest.scope().id() == Text(kMaths) && digest.period() == 0) maths = &digest;
  }
  ASSERT_NE(maths, nullptr);
  maths->set_count(2);
  v1::ConfirmReply reply = confirm();
  EXPECT_FALSE(reply.right());
  ASSERT_EQ(reply.differing_size(), 1);
  EXPECT_EQ(reply.differing(0).scope().id(), Text(kMaths));
  EXPECT_EQ(reply.differing(0).count(), 1U);
  maths->set_count(1);

  maths->set_period(206);  // Something is held that no period of the interest covers.
  reply = confirm();
  EXPECT_FALSE(reply.right());
  EXPECT_EQ(reply.differing_size(), 2);
  maths->set_period(0);

  Put(FacetOf(2), "own, changed", {core::PersonScope(kZoe)});
  reply = confirm();
  EXPECT_FALSE(reply.right());
  EXPECT_THAT(reply.differing(), IsEmpty());

  request.set_cursor("no cursor");
  EXPECT_EQ(puller_->Confirm(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace halfterm::storage
