// Half-terms are frozen from a school behind the real committer: what is shown of them to whom,
// when that is done, and what becomes of work that comes in afterwards.

#include "storage/aggregates/freeze.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "halfterm/v1/aggregate.pb.h"
#include "storage/aggregates/aggregate_reader.h"
#include "tests/support/committed_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::Id16;
using core::Kind;
using core::Path;

constexpr uint32_t kAutumn1 = SmallSchool::kAutumn1;

class FreezeTest : public ::testing::Test {
 protected:
  // Mathematics, Art and Music with eight new teachers each, Drama with three; Hedy, the head,
  // observes.
  FreezeTest() {
    people.AddOrg(drama, v1::ORG_KIND_DEPARTMENT, people.site, "Drama");
    people.AddOrg(music, v1::ORG_KIND_DEPARTMENT, people.site, "Music");
    for (const auto& [department, count] : {std::pair(people.maths, 8), std::pair(people.art, 8),
                                            std::pair(music, 8), std::pair(drama, 3)}) {
      for (int i = 0; i < count; ++i) {
        const auto number = static_cast<uint8_t>(180 + teachers_.size());
        people.AddPerson(IdNumber(number), "Teacher " + std::to_string(number), {department});
        teachers_.push_back({IdNumber(number), department});
      }
    }
    people.AddOrg(trust, v1::ORG_KIND_FEDERATION, {}, "The trust");
    for (v1::Org& org : people.content.orgs) {
      if (org.id() == people.site.view()) org.set_parent(BytesOf(trust));
    }
    people.AddPerson(eve, "Eve", {});
    people.AddGrant(eve, v1::ROLE_EXEC, trust);
    people.AddPerson(xan, "Xan", {}).set_type(v1::PERSON_TYPE_EXTERNAL);
    people.AddGrant(xan, v1::ROLE_EXTERNAL, people.site);
    people.AddRule(60, "Each half-term", {v1::VISIT_KIND_DEPT});
    school.PutDirectory();
    hedy_ = std::make_unique<PushingTablet>(school.Tablet(people.hedy, 1));
  }

  // A shared visit of a teacher; each teacher's levels differ a little.
  void Observe(size_t teacher, uint32_t level) {
    const auto& [id, department] = teachers_[teacher];
    const Id16 visit = school.NewId();
    PushingTablet& tablet = *hedy_;
    tablet.Write({visit, core::kPlan, {}}, {},
                 {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
                  {Path::Field(3, Kind::kReg), BytesOf(id)},
                  {Path::Field(4, Kind::kReg), BytesOf(department)},
                  {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 21))},
                  {Path::Field(9, Kind::kReg), Number(50)},
                  {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}});
    const Id16 first = core::NumberKey(1), strength = school.NewId();
    tablet.Write({visit, core::kSheet, people.hedy}, {},
                 {{Path::Entry(3, first, 0, Kind::kElem), ""},
                  {Path::Entry(3, first, 1, Kind::kReg), Number(level)}});
    tablet.Write({visit, core::kFeedback, {}}, {},
                 {{Path::Entry(1, strength, 0, Kind::kElem), ""},
                  {Path::Entry(1, strength, 1, Kind::kPara), "calm start"}});
    v1::Intent share;
    share.mutable_share()->set_round(1);
    tablet.Intend({visit, core::kPlan, {}}, share);
    const auto reply = tablet.Push();
    ASSERT_TRUE(reply.ok()) << reply.status();
    ASSERT_EQ(reply->results(3).outcome(), v1::OUTCOME_DONE) << reply->results(3).detail();
  }
  void ObserveEverybodyTwice() {
    for (size_t i = 0; i < teachers_.size(); ++i) {
      Observe(i, 1 + static_cast<uint32_t>(i % 4));
      Observe(i, 2);
    }
  }

  absl::StatusOr<v1::FreezeReply> Freeze(uint32_t half_term = kAutumn1) {
    v1::FreezeRequest request;
    request.set_tenant("Northgate");
    request.set_h2(half_term);
    std::promise<absl::StatusOr<v1::FreezeReply>> done;
    school.committer().Submit(storage::MakeFreeze(
        request, [&done](absl::StatusOr<v1::FreezeReply> reply) { done.set_value(reply); }));
    return done.get_future().get();
  }
  void RunClock() {
    std::promise<absl::Status> done;
    school.committer().Submit(storage::MakeFreezeClock(
        {school.tenant()}, [&done](const absl::Status& status) { done.set_value(status); }));
    const absl::Status ran = done.get_future().get();
    EXPECT_TRUE(ran.ok()) << ran;
  }
  absl::StatusOr<v1::FrozenSchoolReply> Page(const Id16& caller, uint32_t half_term = kAutumn1) {
    v1::FrozenSchoolRequest request;
    request.set_school(BytesOf(people.site));
    request.set_h2(half_term);
    return storage::AggregateReader(school.engine(), school.context().directories)
        .FrozenSchool({school.tenant(), {}, caller, {}}, request);
  }

  CommittedSchool school;
  SmallSchool& people = school.people;
  const Id16 drama = IdNumber(4), music = IdNumber(6), trust = IdNumber(5), eve = IdNumber(18),
             xan = IdNumber(19);
  std::vector<std::pair<Id16, Id16>> teachers_;
  std::unique_ptr<PushingTablet> hedy_;
};

TEST_F(FreezeTest, AGovernorReadsFrozenFiguresWithoutSmallGroups) {
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 10, 24));
  const auto frozen = Freeze();
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  const auto page = Page(people.gus);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->h2(), kAutumn1);
  EXPECT_EQ(page->frozen_ms(), At(2026, 10, 24));
  EXPECT_EQ(page->replaced_ms(), 0);
  ASSERT_EQ(page->departments_size(), 4);
  // Drama has three teachers. So that nobody has them from the total, also not the head of the next
  // one that is hidden, two of eight go with it.
  EXPECT_EQ(page->departments(1).name(), "Drama");
  EXPECT_TRUE(page->departments(1).levels().empty());
  EXPECT_TRUE(page->departments(1).coverage().empty());
  EXPECT_TRUE(page->departments(1).loop().empty());
  int shown = 0;
  for (const v1::FrozenUnit& unit : page->departments()) shown += unit.levels_size();
  EXPECT_EQ(shown, 1);
  ASSERT_EQ(page->school().levels_size(), 1);
  EXPECT_EQ(page->school().levels(0).teachers(), 27u);
  EXPECT_EQ(page->school().levels(0).lessons(), 54u);
  EXPECT_EQ(page->school().levels(0).element(), 1u);
  EXPECT_GE(page->school().levels(0).mean_tenths(), 20u);
  EXPECT_LE(page->school().levels(0).mean_tenths(), 25u);
  ASSERT_EQ(page->school().coverage_size(), 1);
  EXPECT_EQ(page->school().coverage(0).title(), "Each half-term");
  EXPECT_EQ(page->school().coverage(0).done(), 27u);
  EXPECT_GT(page->school().coverage(0).eligible(), 27u) << "nobody observed Tia and her colleagues";
  ASSERT_EQ(page->school().loop_size(), 2);
  EXPECT_EQ(page->school().loop(0).part(), v1::FROZEN_LOOP_PART_SHARING);
  EXPECT_EQ(page->school().loop(0).of(), 54u);
}

TEST_F(FreezeTest, WhatComesInLateShowsOnlyOnceItIsAboutFiveTeachers) {
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 10, 24));
  ASSERT_TRUE(Freeze().ok());
  const std::string before = Page(people.gus)->SerializeAsString();
  for (size_t teacher = 0; teacher < 5; ++teacher) {
    EXPECT_EQ(Page(people.gus)->SerializeAsString(), before);
    Observe(teacher, 4);
    const auto again = Freeze();
    ASSERT_TRUE(again.ok()) << again.status();
    if (teacher < 4) {
      EXPECT_EQ(again->replaced(), 0u) << teacher;
      EXPECT_GT(again->withheld(), 0u) << teacher;
    } else {
      EXPECT_GT(again->replaced(), 0u);
    }
  }
  const auto after = Page(people.gus);
  EXPECT_NE(after->SerializeAsString(), before);
  EXPECT_EQ(after->replaced_ms(), At(2026, 10, 24));
  EXPECT_EQ(after->school().levels(0).lessons(), 59u);
}

TEST_F(FreezeTest, TheServerFreezesAWeekAfterTheCloseAndNotAgain) {
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 10, 29, 23));
  RunClock();
  EXPECT_FALSE(Page(people.gus).ok());
  school.clock.SetWall(At(2026, 10, 30));
  RunClock();
  const auto page = Page(people.gus, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->frozen_ms(), At(2026, 10, 30));
  for (size_t i = 0; i < 8; ++i) Observe(i, 4);
  school.clock.SetWall(At(2026, 11, 30));
  RunClock();
  EXPECT_EQ(Page(people.gus)->SerializeAsString(), page->SerializeAsString())
      << "looked at again when the next half-term is frozen";
  school.clock.SetWall(At(2026, 12, 27));
  RunClock();
  EXPECT_EQ(Page(people.gus)->replaced_ms(), At(2026, 12, 27));
}

TEST_F(FreezeTest, AHalfTermThatHadClosedBeforeTheSchoolCameIsNotFrozenByItself) {
  school.clock.SetWall(At(2026, 11, 2));
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 11, 9));
  RunClock();
  EXPECT_FALSE(Page(people.gus).ok());
  EXPECT_TRUE(Freeze().ok());
  EXPECT_TRUE(Page(people.gus).ok());
}

TEST_F(FreezeTest, AHalfTermThatRunsIsNotFrozen) {
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 10, 23, 23));
  EXPECT_TRUE(absl::IsFailedPrecondition(Freeze().status())) << Freeze().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(Freeze(0).status()));
}

TEST_F(FreezeTest, Z10WhoReadsFrozenFigures) {
  ObserveEverybodyTwice();
  school.clock.SetWall(At(2026, 10, 24));
  ASSERT_TRUE(Freeze().ok());
  const struct {
    const char* who;
    Id16 caller;
    bool reads, reads_federation;
  } cases[] = {{"a governor", people.gus, true, false},
               {"the executive head", eve, true, true},
               {"a partner", xan, true, false},
               {"a head of department", people.hana, true, false},
               {"a senior leader", people.sara, true, false},
               {"the head", people.hedy, true, false},
               {"a teacher", people.tia, false, false},
               {"nobody", IdNumber(99), false, false}};
  std::string same;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.who);
    const auto page = Page(c.caller);
    EXPECT_EQ(page.ok(), c.reads) << page.status();
    if (page.ok()) {
      if (same.empty()) same = page->SerializeAsString();
      EXPECT_EQ(page->SerializeAsString(), same) << "the same page for everybody";
    } else {
      EXPECT_EQ(page.status(), Page(c.caller, 777).status()) << "not yours as not there";
    }
    v1::FrozenFederationRequest request;
    request.set_org(BytesOf(trust));
    request.set_h2(kAutumn1);
    const auto federation = storage::AggregateReader(school.engine(), school.context().directories)
                                .FrozenFederation({school.tenant(), {}, c.caller, {}}, request);
    EXPECT_EQ(federation.ok(), c.reads_federation) << federation.status();
    if (!federation.ok()) continue;
    ASSERT_EQ(federation->schools_size(), 1);
    EXPECT_EQ(federation->schools(0).SerializeAsString(), page->school().SerializeAsString());
  }
}

}  // namespace
}  // namespace halfterm::testing
