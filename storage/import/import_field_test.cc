// Failures of roster imports in the field, each by the number of its story: what other systems did
// to schools, and what an import here does instead.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "storage/directory/reference.h"
#include "storage/import/import.h"
#include "tests/support/engine_rows.h"
#include "tests/support/open_store.h"
#include "tests/support/roster.h"

namespace halfterm::storage {
namespace {

using testing::At;
using testing::Day;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;
using testing::OpenStore;
using testing::Roster;
using ::testing::SizeIs;

v1::ImportReply Imported(OpenStore& store, const v1::ImportRequest& request) {
  const absl::StatusOr<v1::ImportReply> reply = store.Import(request);
  EXPECT_TRUE(reply.ok()) << reply.status();
  return reply.ok() ? *reply : v1::ImportReply();
}

const v1::ImportDifference& DifferenceOf(const v1::ImportReply& reply, v1::RecordKind kind) {
  static const v1::ImportDifference kNone;
  for (const v1::ImportDifference& difference : reply.differences()) {
    if (difference.kind() == kind) return difference;
  }
  return kNone;
}

// A person who cared for roles by hand found them gone every morning after the nightly roster.
TEST(ImportFieldTest, C23_ARosterNeverEndsARoleGivenByHand) {
  OpenStore store;
  Imported(store, Roster().request);
  v1::ImportRequest by_hand;
  by_hand.set_tenant("riverside");
  v1::RoleGrant& grant = *by_hand.add_grants();
  grant.set_id(Roster::Bytes(70));
  grant.set_person(Roster::Bytes(16));
  grant.set_role(v1::ROLE_HOD);
  grant.set_org(Roster::Bytes(Roster::kArt));
  grant.set_origin(v1::GRANT_ORIGIN_LOCAL);
  EXPECT_TRUE(Imported(store, by_hand).applied());

  for (int night = 0; night < 3; ++night) {
    const v1::ImportReply reply = Imported(store, Roster().request);
    EXPECT_THAT(reply.changes(), IsEmpty()) << "night " << night;
    EXPECT_TRUE(
        store.DirectoryOf("riverside")->Holds(IdNumber(16), v1::ROLE_HOD, IdNumber(Roster::kArt)));
  }
  // What the roster itself gave, it takes; and says so.
  Roster without;
  without.request.clear_grants();
  without.AddGrant(61, 18, v1::ROLE_SLT, Roster::kSchool);
  const v1::ImportReply reply = Imported(store, without.request);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_ROLE_GRANT).ended(), 1u);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_ROLE_GRANT).added(), 1u);
  EXPECT_FALSE(store.DirectoryOf("riverside")->Holds(IdNumber(10), v1::ROLE_HOD));
  EXPECT_TRUE(store.DirectoryOf("riverside")->Holds(IdNumber(16), v1::ROLE_HOD));
}

// A coach who became head of department stopped being a coach.
TEST(ImportFieldTest, C24_OnePersonHoldsSeveralRoles) {
  OpenStore store;
  Roster roster;
  roster.AddGrant(71, 10, v1::ROLE_COACH, 0).add_people(Roster::Bytes(16));
  roster.AddGrant(72, 10, v1::ROLE_HOD, Roster::kArt);
  Imported(store, roster.request);
  const auto directory = store.DirectoryOf("riverside");
  EXPECT_TRUE(directory->Holds(IdNumber(10), v1::ROLE_HOD, IdNumber(Roster::kMaths)));
  EXPECT_TRUE(directory->Holds(IdNumber(10), v1::ROLE_HOD, IdNumber(Roster::kArt)));
  EXPECT_TRUE(directory->IsPaired(IdNumber(10), v1::ROLE_COACH, IdNumber(16)));
  EXPECT_THAT(directory->ScopesOf(IdNumber(10)),
              ElementsAre(core::StaffScope(), core::PersonScope(IdNumber(10)),
                          core::DepartmentScope(IdNumber(Roster::kMaths)),
                          core::DepartmentScope(IdNumber(Roster::kArt))));
}

// Teachers who moved vanished from reports, or took last year's lessons along.
TEST(ImportFieldTest, C25_AMovedTeachersLessonsStayWhereTheyWereGiven) {
  OpenStore store;
  store.clock().SetWall(At(2026, 9, 1));
  Imported(store, Roster().request);
  Roster moved;
  moved.person(12).mutable_departments(0)->set_org(Roster::Bytes(Roster::kArt));
  store.clock().SetWall(At(2026, 11, 2, 7));
  const v1::ImportReply reply = Imported(store, moved.request);
  EXPECT_EQ(DifferenceOf(reply, v1::RECORD_KIND_PERSON).changed(), 1u);

  auto directory = store.DirectoryOf("riverside");
  EXPECT_EQ(directory->FirstDepartmentOf(IdNumber(12)), IdNumber(Roster::kArt));
  EXPECT_EQ(directory->DepartmentAt(IdNumber(12), At(2026, 11, 1)), IdNumber(Roster::kMaths));
  EXPECT_EQ(directory->DepartmentAt(IdNumber(12), At(2026, 11, 2)), IdNumber(Roster::kArt));
  EXPECT_EQ(DifferenceOf(Imported(store, moved.request), v1::RECORD_KIND_PERSON).changed(), 0u)
      << "the next night knows of it";

  // And back again after Christmas: nothing of the time between is lost.
  store.clock().SetWall(At(2027, 1, 4, 7));
  Imported(store, Roster().request);
  directory = store.DirectoryOf("riverside");
  EXPECT_EQ(directory->DepartmentAt(IdNumber(12), At(2026, 10, 1)), IdNumber(Roster::kMaths));
  EXPECT_EQ(directory->DepartmentAt(IdNumber(12), At(2026, 12, 1)), IdNumber(Roster::kArt));
  EXPECT_EQ(directory->DepartmentAt(IdNumber(12), At(2027, 1, 5)), IdNumber(Roster::kMaths));
  EXPECT_EQ(directory->Person(IdNumber(12))->departments_size(), 3);
}

// A changed validation rule removed a thousand people overnight.
TEST(ImportFieldTest, C26_ARosterThatWouldDeactivateMoreThanATenthStops) {
  OpenStore store;
  Roster roster;
  for (uint8_t number = 100; number < 110; ++number) roster.AddPerson(number, Roster::kArt);
  Imported(store, roster.request);
  const testing::Rows before = testing::RowsOf(store.engine(), Family::kState);

  Roster three_fewer = roster;
  for (const uint8_t number : std::initializer_list<uint8_t>{105, 106, 107}) {
    three_fewer.Remove(number);
  }
  v1::ImportReply reply = Imported(store, three_fewer.request);
  EXPECT_FALSE(reply.applied());
  EXPECT_EQ(reply.refusal(), v1::IMPORT_REFUSAL_MANY_LEAVERS);
  EXPECT_EQ(reply.active_people(), 20u);
  EXPECT_EQ(reply.deactivated_people(), 3u);
  EXPECT_THAT(reply.changes(), SizeIs(3)) << "and names them";
  EXPECT_EQ(testing::RowsOf(store.engine(), Family::kState), before);

  Roster two_fewer = roster;
  for (const uint8_t number : std::initializer_list<uint8_t>{105, 106}) two_fewer.Remove(number);
  EXPECT_TRUE(Imported(store, two_fewer.request).applied()) << "a tenth is no mistake";

  three_fewer.request.set_allow_many_leavers(true);
  for (const uint8_t number : std::initializer_list<uint8_t>{100, 101}) three_fewer.Remove(number);
  EXPECT_TRUE(Imported(store, three_fewer.request).applied()) << "the office knows better";
}

// Rows without ids were skipped without a word, and repeated ones doubled people.
TEST(ImportFieldTest, C26_NoRowIsSkippedInSilence) {
  OpenStore store;
  Roster roster;
  roster.person(11).clear_id();
  roster.person(12).set_id(roster.person(13).id());
  const v1::ImportReply reply = Imported(store, roster.request);
  EXPECT_FALSE(reply.applied());
  ASSERT_THAT(reply.rejected(), SizeIs(2));
  EXPECT_EQ(reply.rejected(0).sourced_id(), "staff-11");
  EXPECT_EQ(reply.rejected(1).sourced_id(), "staff-13");
  EXPECT_FALSE(store.directories().TenantNamed("riverside"));

  // Every row of a good roster is in one of the counts.
  const v1::ImportReply good = Imported(store, Roster().request);
  uint32_t counted = 0;
  for (const v1::ImportDifference& difference : good.differences()) {
    counted +=
        difference.added() + difference.changed() + difference.ended() + difference.unchanged();
  }
  EXPECT_EQ(counted, 15u) << "3 orgs, 10 people, a grant, a calendar";
}

// Nobody could see beforehand what an import was about to do, or undo it.
TEST(ImportFieldTest, C26_TheDryRunSaysWhatTheImportThenDoes) {
  OpenStore store;
  Imported(store, Roster().request);
  Roster next;
  next.Remove(19);
  next.AddPerson(80, Roster::kArt);
  next.person(11).set_display_name("Eleven");
  next.request.set_dry_run(true);
  v1::ImportReply said = Imported(store, next.request);
  next.request.set_dry_run(false);
  v1::ImportReply done = Imported(store, next.request);
  EXPECT_TRUE(done.applied());
  done.clear_applied();
  done.clear_seq();
  EXPECT_EQ(said.ShortDebugString(), done.ShortDebugString());

  // Yesterday's roster puts yesterday's people back.
  EXPECT_TRUE(Imported(store, Roster().request).applied());
  const auto directory = store.DirectoryOf("riverside");
  EXPECT_THAT(directory->ScopesOf(IdNumber(19)), SizeIs(2));
  EXPECT_THAT(directory->ScopesOf(IdNumber(80)), IsEmpty());
  EXPECT_EQ(directory->Person(IdNumber(11))->display_name(), "Teacher 11");
}

}  // namespace
}  // namespace halfterm::storage
