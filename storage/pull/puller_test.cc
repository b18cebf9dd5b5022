// The claims of puller.h and sync.proto about single calls, each on a school whose rows the test
// writes. That readers end with the right content whatever happens is shown in
// pull/pull_property_test.cc.

#include "storage/pull/puller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "storage/pull/pull_cursor.h"
#include "storage/rocks/rocks_engine.h"
#include "sync/core/digest.h"
#include "sync/core/limits.h"
#include "sync/core/sha256.h"
#include "tests/support/fake_clock.h"
#include "tests/support/filed_school.h"
#include "tests/support/pulling_reader.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using core::Id16;
using core::Scope;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IdOf;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::PullingReader;
using testing::ScopeSet;
using ::testing::SizeIs;

const Id16 kZoe = IdOf('p', 1), kAmy = IdOf('p', 2);
const Id16 kMaths = IdOf('d', 1), kArt = IdOf('d', 2);
const Id16 kSite = IdOf('s', 1);
constexpr uint16_t kAutumn1 = 209, kAutumn2 = 210;

Id16 Record(uint64_t number) { return IdOf('r', number); }
FacetId FacetOf(uint64_t record, uint8_t facet_class = 1) {
  return {Record(record), facet_class, Id16{}};
}
std::string Text(const Id16& id) { return std::string(id.view()); }

class PullerTest : public ::testing::Test {
 protected:
  PullerTest() {
    RocksEngineOptions options;
    options.directory = directory_.path() + "/store";
    options.low_space_bytes = 0;
    engine_ = *OpenRocksEngine(options);
    school_ = std::make_unique<testing::FiledSchool>(*engine_, Tenant(1));
    PutEpoch(1);
    Heads(kZoe, {kMaths});
  }

  void PutEpoch(uint32_t id) {
    disk::EpochsRow row;
    row.add_epochs()->set_id(id);
    epochs_ = std::make_unique<Epochs>(row);
    puller_ = std::make_unique<Puller>(*engine_, directories_, *epochs_, secrets_, clock_);
  }

  // The person heads exactly these departments, and every other person none.
  void Heads(const Id16& person, const std::vector<Id16>& departments) {
    sync::Directory::Content content;
    v1::Org& site = content.orgs.emplace_back();
    site.set_id(Text(kSite));
    site.set_kind(v1::ORG_KIND_SITE);
    for (const Id16& department : departments) {
      v1::Org& org = content.orgs.emplace_back();
      org.set_id(Text(department));
      org.set_parent(Text(kSite));
      org.set_kind(v1::ORG_KIND_DEPARTMENT);
      v1::RoleGrant& grant = content.grants.emplace_back();
      grant.set_id(Text(IdOf('g', content.grants.size())));
      grant.set_person(Text(person));
      grant.set_role(v1::ROLE_HOD);
      grant.set_org(Text(department));
      grant.set_state(v1::GRANT_STATE_LIVE);
    }
    for (const Id16& id : {kZoe, kAmy}) {
      v1::Person& anybody = content.people.emplace_back();
      anybody.set_id(Text(id));
      anybody.set_type(v1::PERSON_TYPE_STAFF);
    }
    v1::Calendar& calendar = content.calendars.emplace_back();
    calendar.set_id(Text(IdOf('c', 1)));
    calendar.set_org(Text(kSite));
    calendar.set_zone("Europe/London");
    v1::SchoolYear& year = *calendar.add_years();
    year.set_first_year(2026);
    AddHalfTerm(year, 1, 20697, 20749);  // 2026-09-01 to 2026-10-23.
    AddHalfTerm(year, 2, 20759, 20805);  // 2026-11-02 to 2026-12-18.
    for (const Tenant tenant : {Tenant(1), Tenant(2)}) {
      directories_.Put(tenant, tenant == Tenant(1) ? "one" : "two",
                       std::make_shared<const sync::Directory>(content));
    }
  }

  static void AddHalfTerm(v1::SchoolYear& year, uint32_t number, int32_t start, int32_t end) {
    v1::HalfTerm& half_term = *year.add_half_terms();
    half_term.set_number(number);
    half_term.set_start_day(start);
    half_term.set_end_day(end);
  }

  void Put(const FacetId& facet, const std::string& bytes, const ScopeSet& scopes,
           uint16_t period = 0) {
    school_->Begin();
    school_->Write(facet, bytes);
    school_->SetScopes(facet, scopes);
    school_->SetPeriod(facet.record, period);
    school_->File();
    school_->Commit();
  }

  static Caller CallerOf(const Id16& person, Tenant tenant = Tenant(1)) {
    return {tenant, {}, person, {}};
  }

  absl::StatusOr<v1::PullReply> Pull(const Id16& person, const std::string& cursor,
                                     uint32_t max_bytes = 0, std::vector<uint16_t> periods = {}) {
    v1::PullRequest request;
    request.set_cursor(cursor);
    request.set_max_bytes(max_bytes);
    for (const uint16_t period : periods) request.mutable_interest()->add_periods(period);
    return puller_->Next(CallerOf(person), request);
  }

  // Every chunk after the cursor.
  std::vector<v1::PullReply> PullAll(const Id16& person, std::string cursor, uint32_t max_bytes = 0,
                                     std::vector<uint16_t> periods = {}) {
    std::vector<v1::PullReply> replies;
    do {
      const absl::StatusOr<v1::PullReply> reply = Pull(person, cursor, max_bytes, periods);
      EXPECT_TRUE(reply.ok()) << reply.status();
      if (!reply.ok()) break;
      cursor = reply->cursor();
      replies.push_back(*reply);
    } while (replies.back().more());
    return replies;
  }

  static std::vector<Id16> RecordsOf(const std::vector<v1::PullReply>& replies) {
    std::vector<Id16> records;
    for (const v1::PullReply& reply : replies) {
      for (const v1::Item& item : reply.items()) {
        records.push_back(*Id16::FromBytes(item.record()));
      }
    }
    return records;
  }

  const ScopeSet maths_ = {core::DepartmentScope(kMaths)};
  const ScopeSet art_ = {core::DepartmentScope(kArt)};
  testing::TemporaryDirectory directory_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<testing::FiledSchool> school_;
  Directories directories_;
  Secrets secrets_{"a key"};
  testing::FakeClock clock_;
  std::unique_ptr<Epochs> epochs_;
  std::unique_ptr<Puller> puller_;
};

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

TEST_F(PullerTest, SomebodyWithoutAScopeGetsAnEmptyPull) {
  Put(FacetOf(1), "plan", maths_);
  const std::vector<v1::PullReply> replies = PullAll(IdOf('p', 9), "");
  EXPECT_THAT(RecordsOf(replies), IsEmpty());
  EXPECT_THAT(replies[0].end().digests(), IsEmpty());
}

}  // namespace
}  // namespace halfterm::storage
