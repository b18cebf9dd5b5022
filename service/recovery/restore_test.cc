// Restores of a whole server, and what tablets bring back to it: tablets that are honest, late,
// doubled or lying.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "sync/core/codec.h"
#include "tests/support/restored_school.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using testing::BytesOf;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using testing::SmallSchool;
using testing::WireTablet;

using RestoreTest = testing::RestoredSchool;

TEST_F(RestoreTest, ARestoredServerBeginsAnEpochAndIsRefilledToTheSameBytes) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const uint32_t generation = BackUp();
  const FacetId sheet = WriteVisit(hana, 61, 4);
  const std::string before = Served(people.hana, sheet, 40);
  ASSERT_FALSE(before.empty());

  Restore(generation);
  EXPECT_EQ(Served(people.hana, sheet, 41), "");
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_EQ(reply.epoch(), 2u);
  ASSERT_EQ(reply.stores_size(), 1);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).applied_n(), 2u);
  EXPECT_NE(reply.stores(0).new_replica(), 0u);
  EXPECT_NE(reply.stores(0).new_replica(), hana.replica());

  const v1::RefillReply first = Refill(hana, kept[people.hana], 2);
  EXPECT_THAT(EachOf(first.groups()),
              ::testing::ElementsAre(v1::REFILLED_HELD, v1::REFILLED_HELD, v1::REFILLED_TAKEN,
                                     v1::REFILLED_TAKEN));
  EXPECT_EQ(first.groups(3).result().epoch(), 2u);
  EXPECT_EQ(Served(people.hana, sheet, 42), before);
  // The same again, and in the words of the answer: no second effect.
  EXPECT_THAT(EachOf(Refill(hana, kept[people.hana], 2).groups()),
              ::testing::Each(v1::REFILLED_HELD));
  EXPECT_EQ(Served(people.hana, sheet, 43), before);
  EXPECT_EQ(Differences(), 0u);
}

// S21.
TEST_F(RestoreTest, S21AColleaguesCopyBringsAFacetBackWhateverTheyMayReadToday) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const uint32_t generation = BackUp();
  const FacetId sheet = WriteVisit(hana, 61, 4);
  const FacetId plan{sheet.record, core::kPlan, {}};
  WireTablet hedy(server, "northgate", people.hedy, 2);
  const v1::Held held = HeldOf(hana, plan);
  const std::string before = held.state();
  ASSERT_FALSE(before.empty());

  Restore(generation);
  Greet(hana, 1);
  Greet(hedy, 1);
  v1::RefillRequest request;
  *request.add_facets() = HandedBack(held);
  v1::RefillRequest lie = request;
  lie.mutable_facets(0)->set_seq(held.seq() + 1);
  EXPECT_THAT(EachOf(Refill(hedy, lie, 2).facets()), ::testing::ElementsAre(v1::REFILLED_UNPROVEN));
  EXPECT_THAT(EachOf(Refill(hedy, request, 2).facets()),
              ::testing::ElementsAre(v1::REFILLED_TAKEN));
  EXPECT_THAT(EachOf(Refill(hana, request, 2).facets()), ::testing::ElementsAre(v1::REFILLED_HELD));
  EXPECT_EQ(Served(people.hana, plan, 44), before);
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(RestoreTest, ATabletThatLiesBringsNothingIn) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WireTablet hugo(server, "northgate", people.hugo, 2);
  const uint32_t generation = BackUp();
  WriteVisit(hana, 61);
  Restore(generation);
  Greet(hana, 1);
  Greet(hugo, 1);
  const v1::RefillRequest honest = kept[people.hana];
  const struct {
    const char* what;
    std::function<void(v1::RefilledGroup&)> bend;
  } lies[] = {
      {"other bytes", [](v1::RefilledGroup& g) { g.mutable_group()->back() ^= 1; }},
      {"another number", [](v1::RefilledGroup& g) { g.mutable_result()->set_n(9); }},
      {"another store", [](v1::RefilledGroup& g) { g.set_replica(g.replica() + 1); }},
      {"another time", [](v1::RefilledGroup& g) { g.mutable_result()->set_stamp(1); }},
      {"another disposition",
       [](v1::RefilledGroup& g) {
         g.mutable_result()->set_disposition(v1::DISPOSITION_QUARANTINED);
       }},
      {"another epoch", [](v1::RefilledGroup& g) { g.mutable_result()->set_epoch(7); }},
      {"no receipt", [](v1::RefilledGroup& g) { g.mutable_result()->clear_receipt(); }},
  };
  for (const auto& lie : lies) {
    SCOPED_TRACE(lie.what);
    v1::RefillRequest request = honest;
    request.mutable_groups()->DeleteSubrange(1, request.groups_size() - 1);
    lie.bend(*request.mutable_groups(0));
    EXPECT_EQ(Refill(hana, request, 2).groups(0).refilled(), v1::REFILLED_UNPROVEN);
  }
  // A colleague's group is nobody else's to hand back as their own.
  EXPECT_THAT(EachOf(Refill(hugo, honest, 2).groups()), ::testing::Each(v1::REFILLED_UNPROVEN));
  EXPECT_THAT(EachOf(Refill(hana, honest, 2).groups()), ::testing::Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Differences(), 0u);
}

// S15: to a backup, to an older one, and to the first again.
TEST_F(RestoreTest, S15ARestoreAfterARestoreBeginsAnEpochOfItsOwnAndLosesNothing) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const uint32_t oldest = BackUp();
  const FacetId first = WriteVisit(hana, 61);
  const uint32_t newer = BackUp();
  const FacetId second = WriteVisit(hana, 62, 2);
  const std::string was_first = Served(people.hana, first, 40);
  const std::string was_second = Served(people.hana, second, 41);

  uint32_t epoch = 1;
  for (const uint32_t generation : {newer, oldest, newer}) {
    SCOPED_TRACE(generation);
    Restore(generation);
    const v1::HelloReply reply = Greet(hana, epoch);
    EXPECT_EQ(reply.epoch(), epoch + 1);
    EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
    epoch = reply.epoch();
    const v1::RefillReply refilled = Refill(hana, kept[people.hana], epoch);
    for (int i = 0; i < refilled.groups_size(); ++i) {
      *kept[people.hana].mutable_groups(i)->mutable_result() = refilled.groups(i).result();
    }
    EXPECT_EQ(Served(people.hana, first, static_cast<uint8_t>(41 + epoch)), was_first);
    EXPECT_EQ(Served(people.hana, second, static_cast<uint8_t>(45 + epoch)), was_second);
    EXPECT_EQ(Differences(), 0u);
  }
}

// S22: a record that was erased after the backup stays erased, whoever brings what and however
// late.
TEST_F(RestoreTest, S22ErasureSurvivesARestoreAndATabletThatComesAYearLater) {
  people.AddGrant(people.tom, v1::ROLE_PEER, {}).add_people(BytesOf(people.tia));
  server.Import(people, "northgate");
  WireTablet tom(server, "northgate", people.tom, 1), tia(server, "northgate", people.tia, 2);
  const FacetId sheet{IdNumber(70), core::kSheet, people.tom}, plan{IdNumber(70), core::kPlan, {}};
  WireTablet::Values values = PlanValues(people, people.tom, people.tia);
  values[0].second = std::string(1, static_cast<char>(v1::VISIT_KIND_PEER));
  tom.Write(plan, values);
  tom.Write(sheet, RatingValues(1, 2));
  Push(tom);
  const v1::Held held = HeldOf(tom, plan);
  ASSERT_FALSE(held.state().empty());
  const uint32_t generation = BackUp();
  v1::Intent intent;
  intent.mutable_erase_peer();
  tia.Intend(plan, intent);
  v1::PushReply erased;
  ASSERT_TRUE(tia.Push(&erased).ok());
  ASSERT_EQ(erased.results(0).outcome(), v1::OUTCOME_DONE) << erased.ShortDebugString();

  Restore(generation);
  server.clock.Advance(int64_t{365} * 86'400'000);
  EXPECT_EQ(Served(people.tia, plan, 40), "");
  EXPECT_EQ(Served(people.tom, sheet, 41), "");
  EXPECT_THAT(Greet(tom, 1).purge(), ::testing::ElementsAre(BytesOf(plan.record)));
  v1::RefillRequest request = kept[people.tom];
  *request.add_facets() = HandedBack(held);
  const v1::RefillReply refilled = Refill(tom, request, 2);
  EXPECT_THAT(EachOf(refilled.facets()), ::testing::Each(v1::REFILLED_ERASED));
  EXPECT_EQ(Served(people.tia, plan, 42), "");
  EXPECT_EQ(Differences(), 0u);
}

// The generation is older than the end of a role: the role stays ended.
TEST_F(RestoreTest, ARoleThatEndedAfterTheBackupDoesNotComeBackWithIt) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  const FacetId plan{sheet.record, core::kPlan, {}};
  ASSERT_FALSE(Served(people.sara, plan, 40).empty());
  const uint32_t generation = BackUp();
  SmallSchool later = people;
  for (v1::RoleGrant& grant : later.content.grants) {
    if (grant.person() != people.sara.view()) continue;
    grant.set_state(v1::GRANT_STATE_ENDED);
    grant.set_to_day(testing::Day(2026, 9, 13));
  }
  server.Import(later, "northgate");
  ASSERT_EQ(Served(people.sara, plan, 41), "");
  Restore(generation);
  EXPECT_EQ(Served(people.sara, plan, 42), "");
  EXPECT_FALSE(Served(people.hana, plan, 43).empty());
  EXPECT_EQ(Differences(), 0u);
}

// A session that began after the backup still works: its tablet must be able to refill.
TEST_F(RestoreTest, ATabletThatJoinedAfterTheBackupRefillsToo) {
  const uint32_t generation = BackUp();
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  const std::string before = Served(people.hana, sheet, 40);
  Restore(generation);
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).applied_n(), 0u);
  EXPECT_NE(reply.stores(0).new_replica(), hana.replica());
  EXPECT_THAT(EachOf(Refill(hana, kept[people.hana], 2).groups()),
              ::testing::Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_EQ(Differences(), 0u);
}

// Somebody puts back a copy of the whole directory, the ledger among it: only tablets can tell.
TEST_F(RestoreTest, ATabletsCursorShowsThatTheServerWasRestoredWithoutAWord) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const std::string copy = elsewhere.Path("copy");
  server.Restart([&] { fs::copy(server.data(), copy, fs::copy_options::recursive); });
  hana.Reconnect();
  ASSERT_TRUE(hana.Hello().ok());
  const FacetId sheet = WriteVisit(hana, 61);
  ASSERT_TRUE(hana.Pull().ok());
  const std::string before = hana.Held(sheet);
  server.Restart([&] {
    fs::remove_all(server.data());
    fs::copy(copy, server.data(), fs::copy_options::recursive);
  });
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_GT(reply.epoch(), 1u);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).branch_seq(), 0u);  // Nobody knows when: all of the epoch is asked for.
  Refill(hana, kept[people.hana], reply.epoch());
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_EQ(Differences(), 0u);
  // A push that was built for the old epoch does not land.
  v1::PushRequest late = hana.Request();
  late.add_groups(kept[people.hana].groups(0).group());
  late.set_first_n(1);
  late.clear_hash_before();
  late.set_epoch(1);
  v1::PushReply pushed;
  EXPECT_EQ(hana.Send(late, &pushed).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

// The same, and others have pushed since: the numbers that the tablet was answered are taken, by
// other groups.
TEST_F(RestoreTest, ARestoreWithoutAWordShowsAlsoWhereItsNumbersAreOvertaken) {
  WireTablet hana(server, "northgate", people.hana, 1), tom(server, "northgate", people.tom, 2);
  WriteVisit(hana, 60);
  const std::string copy = elsewhere.Path("copy");
  server.Restart([&] { fs::copy(server.data(), copy, fs::copy_options::recursive); });
  hana.Reconnect();
  tom.Reconnect();
  ASSERT_TRUE(hana.Hello().ok());
  const FacetId sheet = WriteVisit(hana, 61);
  const std::string before = Served(people.hana, sheet, 40);
  server.Restart([&] {
    fs::remove_all(server.data());
    fs::copy(copy, server.data(), fs::copy_options::recursive);
  });
  tom.Reconnect();
  ASSERT_TRUE(tom.Hello().ok());
  for (uint8_t number = 70; number < 73; ++number) WriteVisit(tom, number);

  const v1::RefilledGroup& newest = *kept[people.hana].groups().rbegin();
  const v1::HelloReply reply = Greet(hana, 1, &newest);
  EXPECT_GT(reply.epoch(), 1u);
  ASSERT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_THAT(EachOf(Refill(hana, kept[people.hana], reply.epoch()).groups()),
              ::testing::Contains(v1::REFILLED_TAKEN));
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_EQ(Differences(), 0u);

  // Whoever shows what is held shows nothing new.
  const v1::HelloReply again = Greet(hana, reply.epoch(), &newest);
  EXPECT_EQ(again.epoch(), reply.epoch());
}

// An app of before would adopt the epoch at once and hand nothing back.
TEST_F(RestoreTest, AnAppThatCannotRefillIsToldToBeUpdatedFirst) {
  const uint32_t generation = BackUp();
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 61);
  Restore(generation);
  hana.Reconnect();
  v1::HelloRequest request;
  request.set_device(BytesOf(hana.device()));
  request.set_epoch(1);
  request.set_core_version(1);
  request.add_stores()->set_replica(hana.replica());
  v1::HelloReply reply;
  grpc::ClientContext context;
  hana.Prepare(context);
  const grpc::Status greeted = hana.sync().Hello(&context, request, &reply);
  EXPECT_EQ(greeted.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(greeted.error_message(), ::testing::HasSubstr("update the app"));
}

// A store's name of before is known again by the proof that its tablet shows, and what it writes
// then may say that it has seen what it wrote.
TEST_F(RestoreTest, WhatATabletWritesWhileItRefillsIsTaken) {
  const uint32_t generation = BackUp();
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  Restore(generation);
  const v1::RefilledGroup newest = *kept[people.hana].groups().rbegin();
  const v1::HelloReply reply = Greet(hana, 1, &newest);
  ASSERT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  Refill(hana, kept[people.hana], reply.epoch());

  const core::Dot old{hana.replica(), hana.last_n()};
  hana.GoOnAs(reply.stores(0).new_replica(), reply.epoch());
  core::Facet delta = hana.DeltaOf(sheet, RatingValues(2, 4));
  for (core::Cell& cell : delta.cells) {
    cell.seen.push_back(old);
    std::sort(cell.seen.begin(), cell.seen.end(),
              [](const core::Dot& a, const core::Dot& b) { return a.replica < b.replica; });
  }
  hana.Keep(hana.Sealed(hana.Header(sheet), core::Encode(delta)));
  v1::PushReply pushed;
  const grpc::Status sent = hana.Push(&pushed);
  ASSERT_TRUE(sent.ok()) << sent.error_message();
  EXPECT_EQ(pushed.results(0).disposition(), v1::DISPOSITION_COMMITTED)
      << pushed.results(0).detail();

  // Nothing goes on under the old name.
  hana.GoOnAs(old.replica, reply.epoch());
  hana.Write(sheet, RatingValues(3, 1));
  EXPECT_EQ(hana.Push().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Greet(hana, reply.epoch()).stores(0).action(), v1::STORE_ACTION_REHOME);
}

// The counts of what became of everything that was ever pushed add up in a restored store too.
TEST_F(RestoreTest, TheFourCountsAddUpToEverythingPushedAlsoWhereItWasHandedBack) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const uint32_t generation = BackUp();
  WriteVisit(hana, 61);
  Restore(generation);
  const v1::HelloReply reply = Greet(hana, 1);
  Refill(hana, kept[people.hana], reply.epoch());
  const auto keeping = v1::KeepingAdmin::NewStub(
      grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::KeepingAdminCountsRequest request;
  request.set_tenant("northgate");
  v1::CountsReply counts;
  const grpc::Status counted = keeping->Counts(&context, request, &counts);
  ASSERT_TRUE(counted.ok()) << counted.error_message();
  EXPECT_EQ(counts.pushed(), 4u);
  EXPECT_TRUE(counts.accounts_for_everything()) << counts.ShortDebugString();
}

}  // namespace
}  // namespace halfterm::service
