// What becomes of what somebody wrote around the end of a right, and that everything pushed is
// accounted for. release_test.cc takes it in, intents_test.cc asks for what a right allows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/commit/accounted_school.h"
#include "sync/core/limits.h"
#include "tests/support/stored_directory.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(DispositionTest, T5WhatWasWrittenBeforeATabletCouldKnowThatARoleEndedIsLate) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(hana)), "LATE ENDED");
  EXPECT_TRUE(school.Stored(Facet(core::kPlan)).cells.empty());

  // Told of it at a greeting after the last day: the same gesture is no longer late.
  ASSERT_TRUE(hana.Hello().ok());
  visit = school.NewId();
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(hana)), "QUARANTINED ENDED");
  EXPECT_EQ(Counts().late(), 1u);
  ExpectVerified();
}

TEST_F(DispositionTest, EachPageIsLateOrQuarantinedByWhoseItIs) {
  people.AddGrant(people.tom, v1::ROLE_SLT, people.site);
  StoreDirectory(school);
  PushingTablet sara = Tablet(people.sara), tom = Tablet(people.tom);
  for (PushingTablet* tablet : {&sara, &tom}) ASSERT_TRUE(tablet->Hello().ok());
  sara.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_TEAM, people.tia, people.tom));
  sara.Write(Facet(core::kSheet, people.sara), {}, RatingValues(4, 2));
  EXPECT_THAT(PushAll(sara), ElementsAre("COMMITTED", "COMMITTED"));
  tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(4, 3));
  EXPECT_EQ(InWords(Only(tom)), "COMMITTED");
  EXPECT_EQ(Submit(tom).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Submit(sara).outcome(), v1::OUTCOME_DONE);

  school.clock.SetWall(At(2026, 9, 16));
  End(people.tom, v1::ROLE_SLT);
  const FacetId sheet = Facet(core::kSheet, people.tom), consensus = Facet(core::kConsensus);
  tom.Write(sheet, school.Stored(sheet), RatingValues(5, 1));
  tom.Write(consensus, {}, {{Path::Entry(1, core::NumberKey(4), 0, Kind::kElem), ""}});
  EXPECT_THAT(PushAll(tom), ElementsAre("LATE ENDED", "QUARANTINED ENDED"));
  // The lead goes on, and takes in what was late.
  const v1::KeptReply waits = Kept(people.sara);
  ASSERT_EQ(waits.groups_size(), 2);
  EXPECT_EQ(waits.groups(0).author(), BytesOf(people.tom));
  EXPECT_TRUE(waits.groups(0).releasable());
  EXPECT_EQ(Release(sara, waits.groups(0).seq()).outcome(), v1::OUTCOME_DONE);
  EXPECT_THAT(Levels(people.tom, 5), ElementsAre(Number(1)));
  ExpectVerified();
}

TEST_F(DispositionTest, APairingEndsAsARoleDoes) {
  const struct {
    v1::Role role;
    v1::VisitKind kind;
  } cases[] = {{v1::ROLE_COACH, v1::VISIT_KIND_COACH},
               {v1::ROLE_MENTOR, v1::VISIT_KIND_MENTOR},
               {v1::ROLE_PEER, v1::VISIT_KIND_PEER},
               {v1::ROLE_AST, v1::VISIT_KIND_AST}};
  school.clock.SetWall(At(2026, 9, 14));
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::Role_Name(c.role));
    v1::RoleGrant& grant = people.AddGrant(people.tom, c.role, {});
    grant.add_people(BytesOf(people.tia));
    StoreDirectory(school);
    PushingTablet tom = Tablet(people.tom);
    ASSERT_TRUE(tom.Hello().ok());
    visit = school.NewId();
    tom.Write(Facet(core::kPlan), {}, PlanValues(c.kind, people.tia));
    EXPECT_EQ(InWords(Only(tom)), "COMMITTED");
    // A pairing is with the people it names.
    const Id16 paired = visit;
    visit = school.NewId();
    tom.Write(Facet(core::kPlan), {}, PlanValues(c.kind, people.hana));
    EXPECT_EQ(InWords(Only(tom)), "QUARANTINED NEVER_ALLOWED");
    visit = paired;

    school.clock.SetWall(At(2026, 9, 16));
    End(people.tom, c.role);
    tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(2, 2));
    tom.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
    EXPECT_THAT(PushAll(tom), ElementsAre("LATE ENDED", "LATE ENDED"));
    ASSERT_TRUE(tom.Hello().ok());
    tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(2, 3));
    EXPECT_EQ(InWords(Only(tom)), "QUARANTINED ENDED");
    school.clock.SetWall(At(2026, 9, 14));
  }
  ExpectVerified();
}

TEST_F(DispositionTest, ARoleThatIsStillToComeAllowsNothing) {
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths).set_state(v1::GRANT_STATE_COMING);
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom);
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(tom)), "QUARANTINED NEVER_ALLOWED");
}

TEST_F(DispositionTest, C15WhatSomebodyWroteBeforeTheyLeftArrivesAsLate) {
  PushingTablet tom = Tablet(people.tom);
  ASSERT_TRUE(tom.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  people.person(people.tom).set_state(v1::GRANT_STATE_ENDED);
  people.person(people.tom).set_to_day(kLastDay);
  StoreDirectory(school);
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_INFORMAL, people.tia));
  EXPECT_EQ(InWords(Only(tom)), "LATE ENDED");
  EXPECT_EQ(Own(people.tom).groups_size(), 1);
}

TEST_F(DispositionTest, ADispositionIsStickyWhateverHappensAfterwards) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.SealBytes("no group");
  const auto first = hana.Push();
  ASSERT_TRUE(first.ok());
  // The role comes back, the group is taken in, the server starts anew: the answer is the same.
  people.AddGrant(people.hana, v1::ROLE_HOD, people.maths);
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths);
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom);
  Release(tom, first->results(0).seq());
  for (int i = 0; i < 2; ++i) {
    const auto again = hana.PushAgain();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(again->results(0).receipt().size(), 16u);
    school.Reopen();
  }
}

TEST_F(DispositionTest, BeyondTheDaysAllowanceTheTabletKeepsTheGroup) {
  PushingTablet hana = Tablet(people.hana);
  const std::string noise(core::kMaxGroupBytes, '\xff');
  const size_t fit = core::kMaxQuarantineBytesADay / noise.size();
  for (size_t i = 0; i < fit; ++i) hana.SealBytes(noise);
  EXPECT_EQ(PushAll(hana).size(), fit);
  hana.SealBytes(noise);
  const auto refused = hana.Push();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted) << refused.status();
  EXPECT_EQ(Counts().quarantined(), fit);
  EXPECT_EQ(hana.PushAgain().status().code(), absl::StatusCode::kResourceExhausted);
  school.clock.Advance(86'400'000);
  const auto taken = hana.PushAgain();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(InWords(taken->results(0)), "QUARANTINED MALFORMED");
  EXPECT_EQ(Counts().quarantined(), fit + 1);
}

}  // namespace
}  // namespace halfterm::testing
