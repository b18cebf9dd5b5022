// What an import leaves in the store: through the real committer, on a real engine.

#include "storage/import/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/directory_list.h"
#include "storage/directory/reference.h"
#include "sync/core/codec.h"
#include "tests/support/engine_rows.h"
#include "tests/support/open_store.h"
#include "tests/support/roster.h"

namespace halfterm::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::OpenStore;
using testing::Roster;
using ::testing::SizeIs;

constexpr int64_t kDayMs = 86'400'000;

testing::Rows AllRows(OpenStore& store) {
  testing::Rows all;
  for (const Family family : kFamilies) {
    for (auto& row : testing::RowsOf(store.engine(), family)) all.push_back(std::move(row));
  }
  return all;
}

std::string InWords(const sync::Directory& directory) {
  std::string words;
  for (const v1::Reference& reference : ReferencesOf(directory.content())) {
    words += reference.ShortDebugString() + "\n";
  }
  for (const v1::RoleGrant& grant : directory.content().grants) {
    words += grant.ShortDebugString() + "\n";
  }
  return words;
}

v1::ImportReply Imported(OpenStore& store, const v1::ImportRequest& request) {
  const absl::StatusOr<v1::ImportReply> reply = store.Import(request);
  EXPECT_TRUE(reply.ok()) << reply.status();
  if (!reply.ok()) return {};
  EXPECT_TRUE(reply->applied()) << reply->ShortDebugString();
  return *reply;
}

const v1::ImportDifference& DifferenceOf(const v1::ImportReply& reply, v1::RecordKind kind) {
  static const v1::ImportDifference kNone;
  for (const v1::ImportDifference& difference : reply.differences()) {
    if (difference.kind() == kind) return difference;
  }
  return kNone;
}

TEST(ImportTest, TheFirstImportMakesTheSchool) {
  OpenStore store;
  Roster roster;
  roster.AddPolicy();
  roster.AddRubric();
  roster.AddTemplate();
  roster.AddRule();
  roster.AddCycle();
  const v1::ImportReply reply = Imported(store, roster.request);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_PERSON).added(), 10u);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_ORG).added(), 3u);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_ROLE_GRANT).added(), 1u);
  EXPECT_THAT(reply.rejected(), IsEmpty());
  EXPECT_EQ(reply.seq(), 20u) << "19 records, and the grant";

  const auto directory = store.DirectoryOf("riverside");
  EXPECT_EQ(directory->content().people.size(), 10u);
  EXPECT_EQ(directory->content().cycles.size(), 1u);
  EXPECT_TRUE(directory->Holds(testing::IdNumber(Roster::kFirstTeacher), v1::ROLE_HOD,
                               testing::IdNumber(Roster::kMaths)));

  const std::string before = InWords(*directory);
  store.Reopen();
  EXPECT_EQ(InWords(*store.DirectoryOf("riverside")), before);
}

TEST(ImportTest, ReferenceRecordsAreInTheLogAndInTheFeedOfAllStaff) {
  OpenStore store;
  const v1::ImportReply reply = Imported(store, Roster().request);
  const Tenant tenant = *store.directories().TenantNamed("riverside");
  const auto snapshot = store.engine().NewSnapshot();
  const std::string feed = FeedPrefix(tenant, core::StaffScope());
  EXPECT_THAT(testing::RowsOf(*snapshot, Family::kFeed, feed, EndOfPrefix(feed)), SizeIs(14));

  size_t effects = 0, grants = 0;
  const std::string log = OplogPrefix(tenant);
  const testing::Rows rows = testing::RowsOf(*snapshot, Family::kLog, log, EndOfPrefix(log));
  EXPECT_EQ(rows.size(), reply.seq());
  for (const auto& [key, value] : rows) {
    disk::LogRow row;
    ASSERT_TRUE(row.ParseFromString(value));
    EXPECT_EQ(row.replica(), 0u);
    effects += static_cast<size_t>(row.effects_size());
    grants += static_cast<size_t>(row.grants_size());
    for (const disk::ServerEffect& effect : row.effects()) {
      EXPECT_TRUE(core::Decode(effect.delta(), core::kFacetLimits).ok());
    }
  }
  EXPECT_EQ(effects, 14u);
  EXPECT_EQ(grants, 1u);
  disk::HeadRow head;
  ASSERT_TRUE(head.ParseFromString(*snapshot->Get(Family::kMeta, HeadKey(tenant))));
  EXPECT_EQ(head.records(), 14u);
  EXPECT_EQ(head.seq(), reply.seq());
  EXPECT_EQ(head.recomputing_since_ms(), 0);
}

TEST(ImportTest, TheSameRosterAgainWritesNothing) {
  OpenStore store;
  Imported(store, Roster().request);
  const testing::Rows before = AllRows(store);
  const v1::ImportReply again = Imported(store, Roster().request);
  EXPECT_EQ(DifferenceOf(again, v1::RECORD_KIND_PERSON).unchanged(), 10u);
  EXPECT_EQ(DifferenceOf(again, v1::RECORD_KIND_ROLE_GRANT).unchanged(), 1u);
  EXPECT_THAT(again.changes(), IsEmpty());
  EXPECT_EQ(again.seq(), 0u);
  EXPECT_EQ(AllRows(store), before);
}

TEST(ImportTest, ADryRunSaysTheDifferenceAndWritesNothing) {
  OpenStore store;
  Roster roster;
  roster.request.set_dry_run(true);
  absl::StatusOr<v1::ImportReply> first = store.Import(roster.request);
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->applied());
  EXPECT_EQ(DifferenceOf(*first, v1::RECORD_KIND_PERSON).added(), 10u);
  EXPECT_FALSE(store.directories().TenantNamed("riverside"));

  Imported(store, Roster().request);
  const testing::Rows before = AllRows(store);
  roster.person(12).set_display_name("Twelve");
  const absl::StatusOr<v1::ImportReply> second = store.Import(roster.request);
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->applied());
  ASSERT_THAT(second->changes(), SizeIs(1));
  EXPECT_EQ(second->changes(0).name(), "Twelve");
  EXPECT_THAT(second->changes(0).fields(), ElementsAre("display_name"));
  EXPECT_EQ(AllRows(store), before);
}

TEST(ImportTest, AChangedRecordIsOneGroup) {
  OpenStore store;
  const uint64_t seq = Imported(store, Roster().request).seq();
  Roster roster;
  roster.person(12).set_staff_code("T12");
  const v1::ImportReply reply = Imported(store, roster.request);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_PERSON).changed(), 1u);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_PERSON).unchanged(), 9u);
  EXPECT_EQ(reply.seq(), seq + 1);
  store.Reopen();
  EXPECT_EQ(store.DirectoryOf("riverside")->Person(testing::IdNumber(12))->staff_code(), "T12");
}

TEST(ImportTest, OneWrongRowStopsEverything) {
  OpenStore store;
  Imported(store, Roster().request);
  const testing::Rows before = AllRows(store);
  Roster roster;
  roster.person(10).set_display_name("Ten");
  roster.person(15).clear_display_name();
  const absl::StatusOr<v1::ImportReply> reply = store.Import(roster.request);
  ASSERT_TRUE(reply.ok());
  EXPECT_FALSE(reply->applied());
  EXPECT_EQ(reply->refusal(), v1::IMPORT_REFUSAL_REJECTED_ROWS);
  ASSERT_THAT(reply->rejected(), SizeIs(1));
  EXPECT_EQ(reply->rejected(0).sourced_id(), "staff-15");
  EXPECT_EQ(AllRows(store), before);
}

TEST(ImportTest, AMalformedRequestIsAnError) {
  OpenStore store;
  Roster roster;
  roster.request.set_tenant("The Riverside School");
  EXPECT_EQ(store.Import(roster.request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ImportTest, EachSchoolHasAHandleOfItsOwn) {
  OpenStore store;
  Roster roster;
  Imported(store, roster.request);
  roster.request.set_tenant("hilltop");
  Imported(store, roster.request);
  store.Reopen();
  const Tenant riverside = *store.directories().TenantNamed("riverside");
  const Tenant hilltop = *store.directories().TenantNamed("hilltop");
  EXPECT_NE(riverside, hilltop);
  roster.person(12).set_display_name("Twelve of Hilltop");
  Imported(store, roster.request);
  EXPECT_EQ(store.DirectoryOf("riverside")->Person(testing::IdNumber(12))->display_name(),
            "Teacher 12");
}

TEST(ImportTest, WhoIsMissingFromAPartialRosterStays) {
  OpenStore store;
  Imported(store, Roster().request);
  Roster roster;
  roster.request.set_complete(false);
  roster.request.clear_people();
  roster.request.clear_grants();
  const v1::ImportReply reply = Imported(store, roster.request);
  EXPECT_EQ(reply.deactivated_people(), 0u);
  EXPECT_TRUE(store.DirectoryOf("riverside")->Holds(testing::IdNumber(10), v1::ROLE_HOD));
}

TEST(ImportTest, AListWithoutRowsIsNotPartOfTheRoster) {
  OpenStore store;
  Imported(store, Roster().request);
  const testing::Rows before = testing::RowsOf(store.engine(), Family::kState);
  Roster calendar_alone;
  calendar_alone.request.clear_orgs();
  calendar_alone.request.clear_people();
  calendar_alone.request.clear_grants();
  EXPECT_THAT(Imported(store, calendar_alone.request).changes(), IsEmpty());
  EXPECT_EQ(testing::RowsOf(store.engine(), Family::kState), before);
}

TEST(ImportTest, WhoComesBackIsThereAgain) {
  OpenStore store;
  Imported(store, Roster().request);
  Roster without;
  without.Remove(19);
  EXPECT_EQ(Imported(store, without.request).deactivated_people(), 1u);
  EXPECT_THAT(store.DirectoryOf("riverside")->ScopesOf(testing::IdNumber(19)), IsEmpty());
  EXPECT_EQ(Imported(store, without.request).deactivated_people(), 0u) << "once is enough";

  const v1::ImportReply back = Imported(store, Roster().request);
  EXPECT_EQ(DifferenceOf(back, v1::RECORD_KIND_PERSON).changed(), 1u);
  EXPECT_THAT(store.DirectoryOf("riverside")->ScopesOf(testing::IdNumber(19)), SizeIs(2));
}

TEST(ImportTest, APolicyCountsItsVersions) {
  OpenStore store;
  Roster roster;
  v1::Policy& policy = roster.AddPolicy();
  Imported(store, roster.request);
  Imported(store, roster.request);
  EXPECT_EQ(store.DirectoryOf("riverside")->content().policies[0].version(), 1u);
  policy.set_walk_rated(true);
  Imported(store, roster.request);
  EXPECT_EQ(store.DirectoryOf("riverside")->content().policies[0].version(), 2u);
}

TEST(ImportTest, AnIdOfAnObservationIsNotTaken) {
  OpenStore store;
  Imported(store, Roster().request);
  // A visit's plan under the id that the roster is about to give to somebody.
  const Tenant tenant = *store.directories().TenantNamed("riverside");
  const core::Id16 id = testing::IdNumber(77);
  disk::RecordRow record;
  const core::FacetId plan{id, core::kPlan, core::Id16{}};
  record.add_facets(plan.Bytes());
  disk::FacetRow facet;
  facet.set_facet(core::Encode(core::Facet{}));
  facet.set_digest(std::string(32, 'd'));
  WriteSet writes;
  writes.Put(Family::kDerived, RecordKey(tenant, id), record.SerializeAsString());
  writes.Put(Family::kState, FacetKey(tenant, plan), facet.SerializeAsString());
  store.committer().Drain();
  ASSERT_TRUE(store.engine().Commit(writes).ok());
  store.Reopen();

  Roster roster;
  roster.AddPerson(77, Roster::kArt);
  const absl::StatusOr<v1::ImportReply> reply = store.Import(roster.request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_FALSE(reply->applied());
  ASSERT_THAT(reply->rejected(), SizeIs(1));
  EXPECT_THAT(reply->rejected(0).reason(), HasSubstr("observation"));
  EXPECT_EQ(reply->rejected(0).index(), 10u);
}

class GrantClockTest : public ::testing::Test {
 protected:
  // The clock stands on 1 September, 09:00 in London; the grants hold from the 2nd to the 4th.
  GrantClockTest() {
    Roster roster;
    v1::RoleGrant& grant = roster.AddGrant(61, 15, v1::ROLE_HOD, Roster::kArt);
    grant.set_from_day(testing::Day(2026, 9, 2));
    grant.set_to_day(testing::Day(2026, 9, 4));
    roster.person(16).set_to_day(testing::Day(2026, 9, 4));
    Imported(store, roster.request);
  }
  bool HoldsNow() {
    EXPECT_TRUE(store.TickGrantClock().ok());
    return store.DirectoryOf("riverside")
        ->Holds(testing::IdNumber(15), v1::ROLE_HOD, testing::IdNumber(Roster::kArt));
  }
  uint64_t ScopesVersion(uint8_t person) {
    const auto version =
        ScopesVersionOf(*store.engine().NewSnapshot(),
                        *store.directories().TenantNamed("riverside"), testing::IdNumber(person));
    EXPECT_TRUE(version.ok()) << version.status();
    return version.ok() ? *version : 0;
  }
  OpenStore store;
};

TEST_F(GrantClockTest, AGrantBeginsAndEndsAtTheSchoolsMidnight) {
  EXPECT_FALSE(HoldsNow());
  store.clock().SetWall(testing::At(2026, 9, 1, 23, 59));
  EXPECT_FALSE(HoldsNow());
  store.clock().SetWall(testing::At(2026, 9, 2, 0, 0));  // 23:00 the day before in UTC.
  EXPECT_TRUE(HoldsNow());
  store.clock().SetWall(testing::At(2026, 9, 4, 23, 59));
  EXPECT_TRUE(HoldsNow());
  store.clock().SetWall(testing::At(2026, 9, 5, 0, 0));
  EXPECT_FALSE(HoldsNow());
  store.Reopen();
  EXPECT_FALSE(store.DirectoryOf("riverside")->Holds(testing::IdNumber(15), v1::ROLE_HOD));
}

TEST_F(GrantClockTest, WhatChangesIsInTheLogAndRaisesTheScopesVersion) {
  const uint64_t first = ScopesVersion(15);
  EXPECT_GT(first, 0u);
  store.clock().Advance(kDayMs);
  EXPECT_TRUE(HoldsNow());
  const uint64_t second = ScopesVersion(15);
  EXPECT_GT(second, first);
  EXPECT_EQ(ScopesVersion(11), first) << "only theirs";
  // The event of the grant; the one after it files the records anew and opens the scope.
  const auto log = store.engine().Get(
      Family::kLog, OplogKey(*store.directories().TenantNamed("riverside"), second - 1));
  ASSERT_TRUE(log.ok());
  disk::LogRow row;
  ASSERT_TRUE(row.ParseFromString(*log));
  ASSERT_THAT(row.grants(), SizeIs(1));
  EXPECT_EQ(row.grants(0).state(), v1::GRANT_STATE_LIVE);
}

TEST_F(GrantClockTest, ATickWithoutAChangeWritesNothing) {
  EXPECT_FALSE(HoldsNow());
  const testing::Rows before = AllRows(store);
  store.clock().Advance(kDayMs / 24);
  EXPECT_FALSE(HoldsNow());
  EXPECT_EQ(AllRows(store), before);
}

TEST_F(GrantClockTest, SomebodysLastDayEndsTheirScopes) {
  EXPECT_THAT(store.DirectoryOf("riverside")->ScopesOf(testing::IdNumber(16)), SizeIs(2));
  const uint64_t before = ScopesVersion(16);
  store.clock().SetWall(testing::At(2026, 9, 5, 0, 0));
  ASSERT_TRUE(store.TickGrantClock().ok());
  EXPECT_THAT(store.DirectoryOf("riverside")->ScopesOf(testing::IdNumber(16)), IsEmpty());
  EXPECT_GT(ScopesVersion(16), before);
}

TEST_F(GrantClockTest, AClockSetBackBringsNothingBack) {
  store.clock().SetWall(testing::At(2026, 9, 5, 0, 0));
  EXPECT_FALSE(HoldsNow());
  store.clock().SetWall(testing::At(2026, 9, 3));
  EXPECT_FALSE(HoldsNow());
  store.clock().SetWall(testing::At(1999, 1, 1));
  EXPECT_FALSE(HoldsNow());
  EXPECT_TRUE(store.DirectoryOf("riverside")->Holds(testing::IdNumber(10), v1::ROLE_HOD));
}

TEST(DirectoryListTest, PagesHoldEverythingOnce) {
  OpenStore store;
  Imported(store, Roster().request);
  const auto directory = store.DirectoryOf("riverside");
  v1::ListRequest request;
  request.set_kind(v1::RECORD_KIND_PERSON);
  request.set_page_size(3);
  std::vector<std::string> ids;
  for (int page = 0; page < 9; ++page) {
    const absl::StatusOr<v1::ListReply> reply = ListDirectory(*directory, request);
    ASSERT_TRUE(reply.ok());
    EXPECT_LE(reply->records_size(), 3);
    for (const v1::Reference& record : reply->records()) ids.push_back(record.person().id());
    if (reply->next_page_token().empty()) break;
    request.set_page_token(reply->next_page_token());
  }
  ASSERT_THAT(ids, SizeIs(10));
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));

  request = v1::ListRequest();
  request.set_kind(v1::RECORD_KIND_ROLE_GRANT);
  EXPECT_THAT(ListDirectory(*directory, request)->grants(), SizeIs(1));
  for (const char* token : {"x", "00", "AABBCCDDEEFF00112233445566778899"}) {
    request.set_page_token(token);
    EXPECT_EQ(ListDirectory(*directory, request).status().code(),
              absl::StatusCode::kInvalidArgument)
        << token;
  }
  EXPECT_EQ(ListDirectory(*directory, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace halfterm::storage
