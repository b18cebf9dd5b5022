// What a cursor holds, for whom it is good, and when a tablet has to greet again instead.

#include "storage/pull/pull_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/pull/pulled_school.h"
#include "sync/core/limits.h"
#include "tests/support/pulling_reader.h"

namespace halfterm::storage {
namespace {

using ::testing::HasSubstr;
using testing::IdOf;
using ::testing::IsEmpty;
using testing::PullingReader;

TEST_F(PullerTest, MoreScopesThanACursorListsWorkTooAndBeginAnewWhenTheyChange) {
  std::vector<Id16> departments;
  for (uint64_t i = 0; i < kMaxCursorScopes + 4; ++i) {
    departments.push_back(IdOf('d', 100 + i));
    Put(FacetOf(i + 1), "plan", {core::DepartmentScope(departments.back())});
  }
  Heads(kZoe, departments);
  PullingReader tablet;
  for (const v1::PullReply& reply : PullAll(kZoe, "", 500)) ASSERT_EQ(tablet.Apply(reply), "");
  EXPECT_EQ(tablet.records.size(), departments.size());
  EXPECT_THAT(RecordsOf(PullAll(kZoe, tablet.cursor)), IsEmpty());

  departments.pop_back();
  Heads(kZoe, departments);
  const v1::PullReply reply = PullAll(kZoe, tablet.cursor)[0];
  ASSERT_EQ(reply.scope_drops_size(), 1);
  EXPECT_EQ(reply.scope_drops(0).type(), 0U);
  EXPECT_EQ(tablet.Apply(reply), "");
  EXPECT_EQ(tablet.records.size(), departments.size());
}

TEST_F(PullerTest, AFullCursorFitsItsLimit) {
  PullCursor cursor;
  cursor.backfill = Place{};
  for (uint64_t i = 0; i < kMaxCursorScopes; ++i) {
    (i % 2 == 0 ? cursor.scopes : cursor.new_scopes).push_back(core::DepartmentScope(IdOf(1, i)));
  }
  for (uint16_t i = 0; i < kMaxInterestPeriods; ++i) cursor.periods.push_back(i);
  const std::string bytes = EncodeCursor(cursor, CallerOf(kZoe), secrets_);
  EXPECT_LE(bytes.size(), core::kMaxCursorBytes);
  const auto decoded = DecodeCursor(bytes, CallerOf(kZoe), secrets_, {});
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(EncodeCursor(decoded->cursor, CallerOf(kZoe), secrets_), bytes);
}

TEST_F(PullerTest, ACursorWorksForNobodyElseAndNoByteOfItMayChange) {
  Put(FacetOf(1), "plan", maths_);
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  std::vector<absl::Status> refusals = {Pull(kAmy, cursor).status()};
  v1::PullRequest request;
  request.set_cursor(cursor);
  refusals.push_back(puller_->Next(CallerOf(kZoe, Tenant(2)), request).status());
  for (size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    refusals.push_back(Pull(kZoe, changed).status());
    refusals.push_back(Pull(kZoe, cursor.substr(0, i + 1 == cursor.size() ? i : i + 1)).status());
  }
  refusals.push_back(Pull(kZoe, cursor + "x").status());
  refusals.push_back(Pull(kZoe, std::string(100000, 'x')).status());
  for (const absl::Status& refusal : refusals) {
    EXPECT_EQ(refusal.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(refusal.message(), refusals[0].message());
  }
}

TEST_F(PullerTest, ACursorOfAnotherEpochSaysHello) {
  Put(FacetOf(1), "plan", maths_);
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  EXPECT_EQ(*puller_->SeqOf(CallerOf(kZoe), cursor), 1U);
  PutEpoch(2);
  const absl::Status refused = Pull(kZoe, cursor).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Hello"));
  EXPECT_EQ(*puller_->SeqOf(CallerOf(kZoe), cursor),
            1U);  // Hello asks how far the server had come.
  EXPECT_FALSE(puller_->SeqOf(CallerOf(kAmy), cursor).ok());
}

TEST_F(PullerTest, ACursorFromBeyondTheHistorySaysHello) {
  PullCursor cursor;
  cursor.epoch = 1;
  cursor.at = EndOf(7);
  EXPECT_EQ(Pull(kZoe, EncodeCursor(cursor, CallerOf(kZoe), secrets_)).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace halfterm::storage
