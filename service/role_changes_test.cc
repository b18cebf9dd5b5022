// Roles that begin, end and move while a tablet is away, over the real calls: S6 to S9, and the
// hostile readers Z8, Z11, Z12 and Y15. In each the tablet ends without what its person may not
// read, with everything that they may, and has proved it.

#include <gtest/gtest.h>

#include "service/limits.h"
#include "service/role_changes_school.h"
#include "tests/support/await.h"

namespace halfterm::service {
namespace {

using RoleChangesTest = RoleChangesSchool;

TEST_F(RoleChangesTest, S6ARoleThatEndsWhileItsTabletIsAwayTakesItsPagesAndLosesNoWork) {
  const struct {
    const char* what;
    bool pushes_before, greets_after;
  } cases[] = {{"written and sent before the end", true, false},
               {"written before, sent after the end", false, false},
               {"written after a greeting that told of the end", false, true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
    const Id16 own = SharedVisit(hana, school_.tom), saras = SharedVisit(sara, school_.tia);
    ExpectPulledAndProved(hana);
    ASSERT_NE(hana.Held(SheetOf(saras, sara)), "") << "the head of the department reads it";

    if (!c.greets_after) hana.Write(SheetOf(own, hana), RatingValues(5, 4));
    v1::PushReply pushed;
    if (c.pushes_before) {
      ASSERT_TRUE(hana.Push(&pushed).ok());
    }
    End(school_.hana, v1::ROLE_HOD);
    EXPECT_THAT(Copy(hana).unproven(), SizeIs(1)) << "the tablet has not been heard of";
    if (c.greets_after) {
      v1::HelloReply told;
      ASSERT_TRUE(hana.Hello(&told).ok());
      for (const v1::CallerGrant& grant : told.grants()) EXPECT_NE(grant.role(), v1::ROLE_HOD);
      hana.Write(SheetOf(own, hana), RatingValues(5, 4));
    }
    if (!c.pushes_before) {
      ASSERT_TRUE(hana.Push(&pushed).ok());
    }
    ASSERT_THAT(pushed.results(), SizeIs(1));
    EXPECT_NE(pushed.results(0).disposition(), v1::DISPOSITION_UNSPECIFIED);
    EXPECT_NE(pushed.results(0).disposition(), v1::DISPOSITION_ERASED);
    EXPECT_THAT(pushed.results(0).receipt(), SizeIs(16));

    ExpectPulledAndProved(hana);
    EXPECT_EQ(hana.Held(SheetOf(saras, sara)), "");
    EXPECT_EQ(hana.Held(PlanOf(saras)), "");
    EXPECT_NE(hana.Held(SheetOf(own, hana)), "") << "what she wrote herself stays with her";
    GrantOf(school_.hana, v1::ROLE_HOD).clear_to_day();
    Change();
  }
}

TEST_F(RoleChangesTest, S7ARoleThatGrowsAndShrinksBeforeTheFirstPullLeavesNoTrace) {
  WireTablet sara = Tablet(school_.sara, 1), tom = Tablet(school_.tom, 2);
  const Id16 visit = SharedVisit(sara, school_.tia);
  ExpectPulledAndProved(tom);
  const auto before = tom.held.records;
  school_.AddGrant(school_.tom, v1::ROLE_HOD, school_.maths);
  Change();
  End(school_.tom, v1::ROLE_HOD);
  v1::TabletCopy copy = Copy(tom);
  ASSERT_THAT(copy.unproven(), SizeIs(1));
  EXPECT_EQ(copy.unproven(0).scope().id(), school_.maths.view());
  EXPECT_GT(copy.unproven(0).seq(), copy.proved_seq());
  ExpectPulledAndProved(tom);
  EXPECT_EQ(tom.Held(PlanOf(visit)), "");
  for (const auto& [id, record] : before) EXPECT_EQ(tom.held.records.count(id), 1u);
}

TEST_F(RoleChangesTest, S7AScopeThatComesBackComesWhole) {
  WireTablet sara = Tablet(school_.sara, 1), hana = Tablet(school_.hana, 2);
  const Id16 visit = SharedVisit(sara, school_.tia);
  ExpectPulledAndProved(hana);
  End(school_.hana, v1::ROLE_HOD);
  ExpectPulledAndProved(hana);
  EXPECT_EQ(hana.Held(SheetOf(visit, sara)), "");
  const Id16 meanwhile = SharedVisit(sara, school_.tom);
  GrantOf(school_.hana, v1::ROLE_HOD).clear_to_day();
  Change();
  ExpectPulledAndProved(hana);
  EXPECT_NE(hana.Held(SheetOf(visit, sara)), "");
  EXPECT_NE(hana.Held(SheetOf(meanwhile, sara)), "");
}

TEST_F(RoleChangesTest, S8AVisitThatMovesToAnotherDepartmentAndBackIsWhereItBelongsEachTime) {
  WireTablet sara = Tablet(school_.sara, 1);
  WireTablet hana = Tablet(school_.hana, 2), hugo = Tablet(school_.hugo, 3);
  WireTablet slow = Tablet(school_.hana, 4);  // Another of Hana's, away until the end.
  const Id16 visit = SharedVisit(sara, school_.tia);
  for (WireTablet* tablet : {&hana, &hugo, &slow}) ExpectPulledAndProved(*tablet);
  const std::string sheet = slow.Held(SheetOf(visit, sara));
  ASSERT_NE(sheet, "");
  EXPECT_EQ(hugo.Held(PlanOf(visit)), "");
  for (const Id16& department : {school_.art, school_.maths}) {
    v1::Intent correct;
    correct.mutable_correct_plan()->set_field(v1::Plan::kDepartmentAtLessonFieldNumber);
    correct.mutable_correct_plan()->set_value(BytesOf(department));
    sara.Intend(PlanOf(visit), correct);
    v1::PushReply reply;
    ASSERT_TRUE(sara.Push(&reply).ok());
    ASSERT_EQ(reply.results(0).outcome(), v1::OUTCOME_DONE) << reply.ShortDebugString();
    ExpectPulledAndProved(hana);
    ExpectPulledAndProved(hugo);
    const bool in_art = department == school_.art;
    EXPECT_EQ(hugo.Held(SheetOf(visit, sara)).empty(), !in_art);
    EXPECT_EQ(hana.Held(SheetOf(visit, sara)).empty(), in_art);
  }
  ExpectPulledAndProved(slow);
  EXPECT_EQ(slow.Held(SheetOf(visit, sara)), sheet) << "it went and came, and nothing was sent";
}

TEST_F(RoleChangesTest, S9AReshuffleOverTheSummerLeavesEverybodyWithTheirNewPartOnly) {
  WireTablet sara = Tablet(school_.sara, 1), hana = Tablet(school_.hana, 2);
  WireTablet tom = Tablet(school_.tom, 3), hugo = Tablet(school_.hugo, 4);
  const Id16 tias = SharedVisit(sara, school_.tia), toms = SharedVisit(sara, school_.tom);
  for (WireTablet* tablet : {&hana, &tom, &hugo}) ExpectPulledAndProved(*tablet);
  ASSERT_NE(hana.Held(SheetOf(toms, sara)), "");
  ASSERT_EQ(tom.Held(SheetOf(toms, sara)), "") << "pages about himself";

  // Tom heads the department in Hana's place, Tia teaches art; the tablets are away.
  server_.clock.Advance(10 * kDayMs);
  const auto today = static_cast<int32_t>(server_.clock.NowMs() / kDayMs);
  GrantOf(school_.hana, v1::ROLE_HOD).set_to_day(today - 1);
  school_.AddGrant(school_.tom, v1::ROLE_HOD, school_.maths).set_from_day(today);
  v1::Person& tia = school_.person(school_.tia);
  tia.clear_departments();
  tia.add_departments()->set_org(BytesOf(school_.art));
  Change();
  const Id16 later = SharedVisit(sara, school_.hana);
  for (WireTablet* tablet : {&hana, &tom, &hugo}) ExpectPulledAndProved(*tablet);
  EXPECT_EQ(hana.Held(SheetOf(tias, sara)), "");
  EXPECT_EQ(hana.Held(SheetOf(toms, sara)), "");
  EXPECT_NE(tom.Held(SheetOf(tias, sara)), "") << "the lesson was given in his department";
  EXPECT_EQ(tom.Held(SheetOf(toms, sara)), "") << "nobody reads leaders' pages about themself";
  EXPECT_NE(tom.Held(SheetOf(later, sara)), "");
  EXPECT_EQ(hugo.Held(SheetOf(tias, sara)), "") << "she came later";
}

TEST_F(RoleChangesTest, Z8AnOpenWatchOfADemotedHeadIsToldWithinFiveSecondsAndNarrows) {
  WireTablet hedy = Tablet(school_.hedy, 1), sara = Tablet(school_.sara, 2);
  const Id16 visit = SharedVisit(sara, school_.tia);
  ExpectPulledAndProved(hedy);
  ASSERT_NE(hedy.Held(SheetOf(visit, sara)), "");
  v1::WatchRequest request;
  request.set_cursor(hedy.held.cursor);
  grpc::ClientContext context;
  hedy.Prepare(context);
  const auto watch = hedy.sync().Watch(&context, request);
  ASSERT_TRUE(testing::ComesTrue([&] { return server_.server().open_watches() > 0; }));

  End(school_.hedy, v1::ROLE_HEAD);
  // So much time passes on the server's clock, and no more: the watch speaks within it, or never.
  static_assert(kSessionCheckMs + kTickMs < 5000);
  server_.clock.Advance(kSessionCheckMs);
  v1::WatchReply reply;
  do {
    ASSERT_TRUE(watch->Read(&reply));
  } while (!reply.has_poke());
  ExpectPulledAndProved(hedy);
  EXPECT_EQ(hedy.Held(SheetOf(visit, sara)), "");
  context.TryCancel();
}

TEST_F(RoleChangesTest, Z11ACursorOfAnotherPersonSchoolOrMakeIsRefusedAlike) {
  server_.Import(school_, "southgate");
  WireTablet hana = Tablet(school_.hana, 1), tom = Tablet(school_.tom, 2);
  WireTablet namesake(server_, "southgate", school_.hana, 3);
  ASSERT_TRUE(hana.Pull().ok());
  ASSERT_TRUE(namesake.Pull().ok());
  std::string forged = hana.held.cursor;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  const struct {
    const char* what;
    std::string cursor;
  } cases[] = {{"of another school's person of the same id", namesake.held.cursor},
               {"with another code", forged},
               {"cut", hana.held.cursor.substr(1)},
               {"of zeros", std::string(64, '\0')}};
  std::string words;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    hana.held.cursor = c.cursor;
    const grpc::Status status = hana.Pull();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    if (words.empty()) words = status.error_message();
    EXPECT_EQ(status.error_message(), words);
  }
  WireTablet again = Tablet(school_.hana, 1);
  ASSERT_TRUE(again.Pull().ok());
  tom.held.cursor = again.held.cursor;
  const grpc::Status status = tom.Pull();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), words);
}

// A tablet that was made to ask for more changes its own requests, and cannot change what they rest
// on: every bit of a cursor is bound to whoever it was given to.
TEST_F(RoleChangesTest, Z19NoBitOfACursorCanBeChangedToSeeMore) {
  WireTablet hugo = Tablet(school_.hugo, 1), sara = Tablet(school_.sara, 2);
  const Id16 visit = SharedVisit(sara, school_.tia);
  ASSERT_TRUE(hugo.Pull().ok());
  ASSERT_EQ(hugo.Held(SheetOf(visit, sara)), "") << "of the department next door";
  const std::string given = hugo.held.cursor;
  ASSERT_GE(given.size(), 16u);
  for (size_t at = 0; at < given.size(); ++at) {
    hugo.held.cursor = given;
    hugo.held.cursor[at] = static_cast<char>(given[at] ^ (1 << (at % 8)));
    EXPECT_EQ(hugo.Pull().error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "byte " << at;
    v1::WatchRequest request;
    request.set_cursor(hugo.held.cursor);
    if (at % 16 != 0) continue;
    grpc::ClientContext context;
    hugo.Prepare(context);
    const auto watch = hugo.sync().Watch(&context, request);
    v1::WatchReply reply;
    while (watch->Read(&reply)) {
    }
    EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "byte " << at;
  }
  hugo.held.cursor = given;
  ASSERT_TRUE(hugo.Pull().ok());
  EXPECT_EQ(hugo.Held(SheetOf(visit, sara)), "");
}

TEST_F(RoleChangesTest, Z12AnOldCursorIsGoodAtAnyAge) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  ASSERT_TRUE(hana.Pull().ok());
  const Id16 first = SharedVisit(sara, school_.tia);
  for (int i = 0; i < 30; ++i) {
    sara.Write(SheetOf(first, sara), RatingValues(2, static_cast<uint32_t>(1 + i % 4)));
    ASSERT_TRUE(sara.Push().ok());
  }
  server_.clock.Advance(7 * kDayMs);
  server_.Restart();
  hana.Reconnect();
  ExpectPulledAndProved(hana);
  EXPECT_NE(hana.Held(SheetOf(first, sara)), "");
}

TEST_F(RoleChangesTest, Y15ARewindInALoopIsAnsweredLaterAndOthersGoOn) {
  WireTablet sara = Tablet(school_.sara, 1), hana = Tablet(school_.hana, 2);
  const Id16 visit = SharedVisit(sara, school_.tia);
  // A long sheet, so that the loop is short.
  for (int i = 0; i < 120; ++i) {
    WireTablet::Values values = {
        {Path::Field(v1::Plan::kRoomFieldNumber, Kind::kReg), std::to_string(i)}};
    sara.Write(PlanOf(visit), values);
    const Id16 key = IdNumber(static_cast<uint8_t>(i));
    sara.Write(
        SheetOf(visit, sara),
        {{Path::Entry(v1::Sheet::kNotesFieldNumber, key, 0, Kind::kElem), ""},
         {Path::Entry(v1::Sheet::kNotesFieldNumber, key, v1::Note::kTextFieldNumber, Kind::kPara),
          std::string(1500, 'n')}});
    if (i % 40 == 39) {
      ASSERT_TRUE(sara.Push().ok());
    }
  }
  grpc::Status status = grpc::Status::OK;
  int pulls = 0;
  for (; pulls < 2000 && status.ok(); ++pulls) {
    hana.held = testing::PullingReader();
    status = hana.Pull();
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(pulls, 100) << "an honest tablet never comes here";
  EXPECT_TRUE(sara.Pull().ok());
  server_.clock.Advance(3'600'000);
  EXPECT_TRUE(hana.Pull().ok()) << "it may go on later";
}

// A store of somebody else's is answered as one that is not there: with a store of the caller's
// own.
TEST_F(RoleChangesTest, AGreetingThatNamesAColleaguesStoreNotesNothingOfIt) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  v1::HelloReply before, after, told;
  ASSERT_TRUE(sara.Hello(&before).ok());
  v1::HelloRequest request;
  request.set_device(BytesOf(hana.device()));
  request.add_stores()->set_replica(sara.replica());
  grpc::ClientContext context;
  hana.Prepare(context);
  ASSERT_TRUE(hana.sync().Hello(&context, request, &told).ok());
  EXPECT_EQ(told.stores(0).action(), v1::STORE_ACTION_REHOME);
  EXPECT_NE(told.stores(0).new_replica(), sara.replica());
  EXPECT_EQ(told.stores(0).applied_n(), 0u);
  ASSERT_TRUE(sara.Hello(&after).ok());
  EXPECT_EQ(after.hello_no(), before.hello_no() + 1);
  EXPECT_EQ(after.stores(0).action(), v1::STORE_ACTION_OK);
}

TEST_F(RoleChangesTest, AGreetingSaysTheCallersOwnScopesVersionAndComingGrants) {
  WireTablet tom = Tablet(school_.tom, 1), ann = Tablet(school_.ann, 2);
  v1::HelloReply tom_before, ann_before, told;
  ASSERT_TRUE(tom.Hello(&tom_before).ok());
  ASSERT_TRUE(ann.Hello(&ann_before).ok());
  const auto today = static_cast<int32_t>(server_.clock.NowMs() / kDayMs);
  v1::RoleGrant& coming = school_.AddGrant(school_.tom, v1::ROLE_HOD, school_.art);
  coming.set_from_day(today + 2);
  coming.set_to_day(today + 30);
  Change();
  ASSERT_TRUE(tom.Hello(&told).ok());
  EXPECT_EQ(told.scopes_version(), tom_before.scopes_version()) << "it has not begun";
  ASSERT_THAT(told.grants(), SizeIs(tom_before.grants_size() + 1));
  EXPECT_EQ(told.grants(told.grants_size() - 1).from_day(), today + 2);
  EXPECT_THAT(told.grants(told.grants_size() - 1).scopes(), SizeIs(1));
  coming.set_from_day(today);
  Change();
  ASSERT_TRUE(tom.Hello(&told).ok());
  EXPECT_GT(told.scopes_version(), tom_before.scopes_version());
  ASSERT_TRUE(ann.Hello(&told).ok());
  EXPECT_EQ(told.scopes_version(), ann_before.scopes_version()) << "only his";
}

}  // namespace
}  // namespace halfterm::service
