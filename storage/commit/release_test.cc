// Who takes in what is kept aside or came late, under whose name, and what cannot be taken in.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/commit/accounted_school.h"
#include "tests/support/stored_directory.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(DispositionTest, WhoeverLeadsTheTeacherNowTakesInALatePlanUnderItsWritersName) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths);
  StoreDirectory(school);
  const core::Dot dot = hana.next_dot();
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  const auto pushed = hana.Push();
  ASSERT_TRUE(pushed.ok());
  EXPECT_EQ(InWords(pushed->results(0)), "LATE ENDED");
  EXPECT_EQ(InWords(pushed->results(1)), "QUARANTINED NEVER_ALLOWED");
  const uint64_t seq = pushed->results(0).seq();

  // Who sees that it waits, and who does not; nobody but its author sees a word of it.
  EXPECT_EQ(Kept(people.tom).groups_size(), 1);
  EXPECT_EQ(Kept(people.sara).groups_size(), 1);
  for (const Id16& person : {people.hana, people.tia, people.hugo, people.ann, people.gus}) {
    EXPECT_EQ(Kept(person).groups_size(), 0);
    PushingTablet tablet = Tablet(person);
    if (person == people.hana) continue;
    EXPECT_EQ(InWords(Release(tablet, seq)), "COMMITTED MISSING");
    EXPECT_EQ(Own(person).groups_size(), 0);
  }
  EXPECT_EQ(Own(people.hana).groups_size(), 2);
  EXPECT_EQ(Own(people.hana).groups(0).content(), hana.last_request().groups(0));
  const v1::KeptGroup waits = Kept(people.tom).groups(0);
  EXPECT_EQ(waits.seq(), seq);
  EXPECT_EQ(waits.author(), BytesOf(people.hana));
  EXPECT_EQ(waits.bytes(), hana.last_request().groups(0).size());
  EXPECT_LE(waits.earliest_ms(), At(2026, 9, 15));
  EXPECT_EQ(waits.latest_ms(), At(2026, 9, 16));

  PushingTablet tom = Tablet(people.tom);
  EXPECT_EQ(InWords(Release(tom, seq)), "COMMITTED DONE");
  EXPECT_EQ(InWords(Release(tom, seq)), "COMMITTED ALREADY");
  const core::Facet plan = school.Stored(Facet(core::kPlan));
  const core::Cell* kind = plan.Find(Path::Field(2, Kind::kReg));
  ASSERT_NE(kind, nullptr);
  ASSERT_EQ(kind->siblings.size(), 1u);
  EXPECT_EQ(kind->siblings[0].dot, dot);
  EXPECT_EQ(kind->siblings[0].author, people.hana);
  EXPECT_EQ(sync::PhaseOf(&plan, 1).level, core::kPlanned);
  // With the plan there, what was right but for its time can follow.
  const v1::KeptReply rest = Kept(people.tom);
  ASSERT_EQ(rest.groups_size(), 1);
  EXPECT_TRUE(rest.groups(0).releasable());
  EXPECT_EQ(InWords(Release(tom, rest.groups(0).seq())), "COMMITTED DONE");
  EXPECT_FALSE(school.Stored(Facet(core::kFeedback)).cells.empty());

  const v1::CountsReply counts = Counts();
  EXPECT_EQ(counts.late(), 1u);
  EXPECT_EQ(counts.quarantined(), 1u);
  ASSERT_EQ(counts.kept_size(), 2);
  EXPECT_EQ(counts.kept(0).released(), 1u);
  EXPECT_EQ(counts.kept(1).released(), 1u);
  ExpectVerified();
  school.Reopen();
  ExpectVerified();
}

// A head of department opens a referral and goes on with it while their tablet is away; meanwhile
// somebody else becomes the head.
TEST_F(DispositionTest, WhatIsLateOnAReferralIsTakenInByWhoeverLeadsTheTeacherNow) {
  PushingTablet hana = Tablet(people.hana);
  const auto opening = [this](const Id16& teacher) {
    return Values{{Path::Field(2, Kind::kReg), BytesOf(teacher)},
                  {Path::Field(3, Kind::kReg), BytesOf(people.maths)}};
  };
  const auto aims = [](uint8_t key) {
    return Values{{Path::Entry(7, IdNumber(key), 0, Kind::kElem), ""},
                  {Path::Entry(7, IdNumber(key), 1, Kind::kPara), "a calm start"}};
  };
  const FacetId opened = Facet(core::kReferral);
  const FacetId draft{school.NewId(), core::kReferral, {}};
  hana.Write(opened, {}, opening(people.tia));
  v1::Intent share;
  share.mutable_share()->set_round(1);
  hana.Intend(opened, share);
  hana.Write(draft, {}, opening(people.tia));
  EXPECT_THAT(PushAll(hana), ElementsAre("COMMITTED", "COMMITTED DONE", "COMMITTED"));
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  people.AddGrant(people.ann, v1::ROLE_HOD, people.maths);
  StoreDirectory(school);

  const FacetId begun{school.NewId(), core::kReferral, {}};
  hana.Write(opened, school.Stored(opened), aims(70));
  hana.Write(draft, school.Stored(draft), aims(71));
  hana.Write(begun, {}, opening(people.tom));
  const auto pushed = hana.Push();
  ASSERT_TRUE(pushed.ok());
  EXPECT_EQ(InWords(pushed->results(0)), "QUARANTINED ENDED") << "others read it";
  EXPECT_EQ(InWords(pushed->results(1)), "LATE ENDED");
  EXPECT_EQ(InWords(pushed->results(2)), "LATE ENDED");

  // Those who lead hear of what was opened and of what was begun, and never of the draft.
  for (const Id16& leader : {people.ann, people.sara, people.hedy}) {
    const v1::KeptReply kept = Kept(leader);
    ASSERT_EQ(kept.groups_size(), 2);
    EXPECT_EQ(kept.groups(0).seq(), pushed->results(0).seq());
    EXPECT_EQ(kept.groups(1).seq(), pushed->results(2).seq());
    EXPECT_TRUE(kept.groups(0).releasable());
    EXPECT_TRUE(kept.groups(1).releasable());
  }
  const auto take_in = [](PushingTablet& tablet, const FacetId& facet, uint64_t seq) {
    v1::Intent intent;
    intent.mutable_release()->set_seq(seq);
    tablet.Intend(facet, intent);
  };
  for (const Id16& person : {people.hana, people.tia, people.tom, people.hugo, people.gus}) {
    EXPECT_EQ(Kept(person).groups_size(), 0);
    PushingTablet tablet = Tablet(person);
    take_in(tablet, opened, pushed->results(0).seq());
    take_in(tablet, draft, pushed->results(1).seq());
    take_in(tablet, begun, pushed->results(2).seq());
    EXPECT_THAT(PushAll(tablet),
                ElementsAre("COMMITTED MISSING", "COMMITTED MISSING", "COMMITTED MISSING"));
  }
  PushingTablet ann = Tablet(people.ann);
  take_in(ann, opened, pushed->results(0).seq());
  take_in(ann, opened, pushed->results(0).seq());
  take_in(ann, draft, pushed->results(1).seq());
  take_in(ann, {begun.record, core::kPlan, {}}, pushed->results(2).seq());
  EXPECT_THAT(PushAll(ann), ElementsAre("COMMITTED DONE", "COMMITTED ALREADY", "COMMITTED MISSING",
                                        "COMMITTED DONE"));
  const core::Facet body = school.Stored(opened);
  const core::Cell* aim = body.Find(Path::Entry(7, IdNumber(70), 1, Kind::kPara));
  ASSERT_NE(aim, nullptr);
  EXPECT_EQ(aim->siblings[0].author, people.hana);
  EXPECT_FALSE(school.Stored(begun).cells.empty());
  EXPECT_EQ(school.Stored(draft).Find(Path::Entry(7, IdNumber(71), 1, Kind::kPara)), nullptr);
  EXPECT_EQ(Own(people.hana).groups_size(), 3) << "what is kept is its writer's to read";
  ExpectVerified();
}

TEST_F(DispositionTest, WhatIsNotReleasableStaysWhereItIs) {
  PushingTablet hana = Tablet(people.hana), hugo = Tablet(people.hugo);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  ASSERT_EQ(InWords(Only(hana)), "COMMITTED");
  hugo.Write(Facet(core::kFeedback), {}, StrengthValues("not his to write"));
  hugo.Write(Facet(core::kVersion, core::NumberKey(1)), {}, {{Path::Field(1, Kind::kBlob), "x"}});
  hugo.SealBytes("noise");
  const auto pushed = hugo.Push();
  ASSERT_TRUE(pushed.ok());
  for (const v1::PushResult& result : pushed->results()) {
    EXPECT_EQ(result.disposition(), v1::DISPOSITION_QUARANTINED);
    EXPECT_EQ(InWords(Release(hana, result.seq())), "COMMITTED MISSING") << InWords(result);
  }
  const v1::KeptReply waits = Kept(people.hana);
  for (const v1::KeptGroup& group : waits.groups()) EXPECT_FALSE(group.releasable());
  EXPECT_TRUE(school.Stored(Facet(core::kFeedback)).cells.empty());
  EXPECT_EQ(InWords(Release(hana, 1'000'000)), "COMMITTED MISSING");
  ExpectVerified();
}

TEST_F(DispositionTest, Z16AnEditByATabletThatKnewOfTheCloseWaitsForTheLead) {
  PushingTablet hana = Tablet(people.hana);
  WriteShared(hana);
  v1::Intent close;
  close.mutable_close()->set_round(1);
  ASSERT_EQ(Intend(hana, close).outcome(), v1::OUTCOME_DONE);
  hana.known = {0, 1, core::kClosed};
  const FacetId sheet = Facet(core::kSheet, people.hana);
  hana.Write(sheet, school.Stored(sheet), RatingValues(4, 1));
  const v1::PushResult kept = Only(hana);
  EXPECT_EQ(InWords(kept), "QUARANTINED CLOSED");
  EXPECT_THAT(Levels(people.hana, 4), ElementsAre(Number(3)));
  hana.known = {};
  EXPECT_EQ(InWords(Release(hana, kept.seq())), "COMMITTED DONE");
  EXPECT_THAT(Levels(people.hana, 4), ElementsAre(Number(1)));
  ExpectVerified();
}

}  // namespace
}  // namespace halfterm::testing
