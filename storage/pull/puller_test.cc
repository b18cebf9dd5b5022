// The claims of puller.h and sync.proto about single pulls, each on a school whose rows the test
// writes. That readers end with the right content whatever happens is shown in
// pull/pull_property_test.cc; cursors and holdings have files of their own.

#include "storage/pull/puller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/pull/pull_cursor.h"
#include "storage/pull/pulled_school.h"
#include "tests/support/pulling_reader.h"

namespace halfterm::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IdOf;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::PullingReader;
using ::testing::SizeIs;

TEST_F(PullerTest, AFreshTabletGetsEachRecordOnceAtItsNewestNumber) {
  const ScopeSet both = {core::DepartmentScope(kMaths), core::PersonScope(kZoe)};
  Put(FacetOf(1, 1), "plan", both);
  Put(FacetOf(2, 1), "plan", maths_);
  Put(FacetOf(1, 2), "sheet", {core::PersonScope(kZoe)});  // Moves record 1 in one scope only.

  for (const uint32_t max_bytes : {0U, 1U}) {
    SCOPED_TRACE(max_bytes);
    const std::vector<v1::PullReply> replies = PullAll(kZoe, "", max_bytes);
    EXPECT_THAT(RecordsOf(replies), ElementsAre(Record(2), Record(1)));
    const v1::Item& item = replies.back().items(replies.back().items_size() - 1);
    EXPECT_EQ(item.seq(), 3U);
    ASSERT_EQ(item.held_size(), 2);
    EXPECT_EQ(item.held(0).state(), "plan");
    EXPECT_EQ(item.held(0).held_by_size(), 2);
    EXPECT_EQ(item.held(1).state(), "sheet");
    EXPECT_EQ(item.held(1).held_by_size(), 1);
    EXPECT_EQ(item.held(1).receipt(), "receipt of it 16");
  }
}

TEST_F(PullerTest, NothingOfAFacetOutsideTheScopesLeaves) {
  Put(FacetOf(1, 1), "plan", maths_);
  Put(FacetOf(1, 2), "the secret sheet", art_);
  Put(FacetOf(2, 1), "a secret record", art_);
  const std::string hidden = FacetOf(1, 2).Bytes();
  const std::string digest(school_->records().at(Record(1)).facets.at(FacetOf(1, 2)).digest.view());

  v1::FetchRequest fetch;
  fetch.add_records(Text(Record(1)));
  fetch.add_records(Text(Record(2)));
  const std::string replies[] = {PullAll(kZoe, "")[0].SerializeAsString(),
                                 puller_->Fetch(CallerOf(kZoe), fetch)->SerializeAsString()};
  for (const std::string& reply : replies) {
    EXPECT_THAT(reply, HasSubstr("plan"));
    EXPECT_THAT(reply, Not(HasSubstr("secret")));
    EXPECT_THAT(reply, Not(HasSubstr(hidden)));
    EXPECT_THAT(reply, Not(HasSubstr(digest)));
    EXPECT_THAT(reply, Not(HasSubstr(Text(kArt))));
  }
  // Nor does a later change of the hidden part show.
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  Put(FacetOf(1, 2), "another secret", art_);
  EXPECT_THAT(RecordsOf(PullAll(kZoe, cursor)), IsEmpty());
}

TEST_F(PullerTest, ATabletIsNotSentWhatItHas) {
  Put(FacetOf(1, 1), "plan", maths_);
  Put(FacetOf(1, 2), "sheet", maths_);
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  Put(FacetOf(1, 2), "the sheet, corrected", maths_);

  const std::vector<v1::PullReply> replies = PullAll(kZoe, cursor);
  ASSERT_THAT(RecordsOf(replies), ElementsAre(Record(1)));
  EXPECT_EQ(replies[0].items(0).held(0).state(), "");
  EXPECT_EQ(replies[0].items(0).held(0).digest().size(), 32U);
  EXPECT_EQ(replies[0].items(0).held(1).state(), "the sheet, corrected");
  EXPECT_THAT(RecordsOf(PullAll(kZoe, replies[0].cursor())), IsEmpty());
}

TEST_F(PullerTest, ARecordThatLeftIsToldToWhoeverHeldItAndToNobodyElse) {
  Put(FacetOf(1), "plan", maths_);
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  Put(FacetOf(1), "plan", art_);

  const std::vector<v1::PullReply> replies = PullAll(kZoe, cursor);
  ASSERT_THAT(RecordsOf(replies), ElementsAre(Record(1)));
  EXPECT_THAT(replies[0].items(0).held(), IsEmpty());
  EXPECT_FALSE(replies[0].items(0).erased());
  EXPECT_THAT(RecordsOf(PullAll(kZoe, "")), IsEmpty());
}

TEST_F(PullerTest, AnErasedRecordSaysSo) {
  Put(FacetOf(1), "plan", maths_);
  const std::string cursor = PullAll(kZoe, "")[0].cursor();
  school_->Begin();
  school_->Erase(Record(1));
  school_->File();
  school_->Commit();

  const std::vector<v1::PullReply> replies = PullAll(kZoe, cursor);
  ASSERT_THAT(RecordsOf(replies), ElementsAre(Record(1)));
  EXPECT_TRUE(replies[0].items(0).erased());
  EXPECT_THAT(RecordsOf(PullAll(kZoe, "")), IsEmpty());
}

TEST_F(PullerTest, ChunksKeepToTheirSizeAndALargerRecordTravelsAlone) {
  for (uint64_t i = 1; i <= 20; ++i) Put(FacetOf(i), std::string(300, 'x'), maths_);
  Put(FacetOf(21), std::string(3000, 'x'), maths_);
  Put(FacetOf(22), std::string(300, 'x'), maths_);

  const std::vector<v1::PullReply> replies = PullAll(kZoe, "", 2000);
  EXPECT_THAT(RecordsOf(replies), SizeIs(22));
  for (const v1::PullReply& reply : replies) {
    v1::PullReply items;
    *items.mutable_items() = reply.items();
    EXPECT_TRUE(items.ByteSizeLong() <= 2000 || items.items_size() == 1);
  }
  EXPECT_LE(replies.size(), 7U);
}

TEST_F(PullerTest, ManyRecordsUnderOneNumberAreResumedAmongThem) {
  school_->Begin();  // As when a head of department changes.
  for (uint64_t i = 1; i <= 50; ++i) {
    school_->Write(FacetOf(i), std::string(200, 'x'));
    school_->SetScopes(FacetOf(i), maths_);
  }
  school_->File();
  school_->Commit();
  const std::vector<v1::PullReply> replies = PullAll(kZoe, "", 1000);
  EXPECT_GT(replies.size(), 10U);
  EXPECT_THAT(RecordsOf(replies), SizeIs(50));
}

TEST_F(PullerTest, ALostScopeIsDroppedAndANewOneComesWhole) {
  const ScopeSet both = {core::DepartmentScope(kMaths), core::DepartmentScope(kArt)};
  Put(FacetOf(1), "of both", both);
  Put(FacetOf(2), "of maths", maths_);
  Put(FacetOf(3), "of art", art_);
  PullingReader tablet;
  ASSERT_EQ(tablet.Apply(PullAll(kZoe, "")[0]), "");

  Heads(kZoe, {kArt});
  const v1::PullReply reply = PullAll(kZoe, tablet.cursor)[0];
  ASSERT_EQ(reply.scope_drops_size(), 1);
  EXPECT_EQ(reply.scope_drops(0).id(), Text(kMaths));
  EXPECT_EQ(tablet.Apply(reply), "");
  EXPECT_EQ(tablet.records.size(), 2U);
  EXPECT_EQ(tablet.records.count(Record(2)), 0U);
}

TEST_F(PullerTest, WithoutAnInterestThisHalfTermAndTheOneBeforeAreHeld) {
  Put(FacetOf(1), "open", maths_, 0);
  Put(FacetOf(2), "last year's", maths_, 206);
  Put(FacetOf(3), "autumn 1", maths_, kAutumn1);
  Put(FacetOf(4), "autumn 2", maths_, kAutumn2);
  EXPECT_THAT(RecordsOf(PullAll(kZoe, "")), ElementsAre(Record(1), Record(3)));

  clock_.SetWall(int64_t{20770} * 86'400'000);  // In the second half-term.
  const std::vector<v1::PullReply> replies = PullAll(kZoe, "");
  EXPECT_THAT(RecordsOf(replies), ElementsAre(Record(1), Record(3), Record(4)));
  std::set<uint32_t> periods;
  for (const v1::ScopeDigest& digest : replies[0].end().digests()) periods.insert(digest.period());
  EXPECT_THAT(periods, ElementsAre(0, kAutumn1, kAutumn2));
  EXPECT_THAT(RecordsOf(PullAll(kZoe, "", 0, {206})), ElementsAre(Record(1), Record(2)));
}

TEST_F(PullerTest, ANewPeriodComesWholeAndARecordThatMovesOutOfTheInterestLeaves) {
  Put(FacetOf(1), "autumn 1", maths_, kAutumn1);
  Put(FacetOf(2), "autumn 2", maths_, kAutumn2);
  std::string cursor = PullAll(kZoe, "", 0, {kAutumn1})[0].cursor();
  std::vector<v1::PullReply> replies = PullAll(kZoe, cursor, 0, {kAutumn1, kAutumn2});
  ASSERT_THAT(RecordsOf(replies), ElementsAre(Record(2)));
  EXPECT_EQ(replies[0].items(0).held(0).state(), "autumn 2");
  EXPECT_EQ(replies[0].items(0).period(), kAutumn2);

  Put(FacetOf(1), "autumn 1", maths_, 206);
  replies = PullAll(kZoe, replies[0].cursor(), 0, {kAutumn1, kAutumn2});
  ASSERT_THAT(RecordsOf(replies), ElementsAre(Record(1)));
  EXPECT_THAT(replies[0].items(0).held(), IsEmpty());
}

TEST_F(PullerTest, AnInterestHasBounds) {
  std::vector<uint16_t> many(kMaxInterestPeriods + 1);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<uint16_t>(i + 1);
  EXPECT_EQ(Pull(kZoe, "", 0, many).status().code(), absl::StatusCode::kInvalidArgument);
  v1::PullRequest request;
  request.mutable_interest()->add_periods(70000);
  EXPECT_EQ(puller_->Next(CallerOf(kZoe), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PullerTest, NoCallGoesByRolesThatAreOlderThanItsRows) {
  Put(FacetOf(1), "plan", maths_);
  sync::Directory::Content content = directories_.Of(Tenant(1))->content();
  content.as_of = 5;
  directories_.Put(Tenant(1), "one", std::make_shared<const sync::Directory>(content));
  ASSERT_TRUE(Pull(kZoe, "").ok());
  // The commit of an event that changes Zoe's scopes is there, its directory is not.
  disk::AccountRow account;
  account.set_scopes_version(6);
  WriteSet writes;
  writes.Put(Family::kState, AccountKey(Tenant(1), kZoe), account.SerializeAsString());
  ASSERT_TRUE(engine_->Commit(writes).ok());
  EXPECT_EQ(Pull(kZoe, "").status().code(), absl::StatusCode::kUnavailable);
  v1::FetchRequest fetch;
  fetch.add_records(Text(Record(1)));
  EXPECT_EQ(puller_->Fetch(CallerOf(kZoe), fetch).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Pull(kAmy, "").ok()) << "nothing of hers has changed";
  content.as_of = 6;
  content.grants.clear();
  directories_.Put(Tenant(1), "one", std::make_shared<const sync::Directory>(content));
  EXPECT_EQ(Pull(kZoe, "")->items_size(), 0);
}

TEST_F(PullerTest, SomebodyWithoutAScopeGetsAnEmptyPull) {
  Put(FacetOf(1), "plan", maths_);
  const std::vector<v1::PullReply> replies = PullAll(IdOf('p', 9), "");
  EXPECT_THAT(RecordsOf(replies), IsEmpty());
  EXPECT_THAT(replies[0].end().digests(), IsEmpty());
}

}  // namespace
}  // namespace halfterm::storage
